"""The host looks for work that waits, in case a nudge was lost: one question for all its sessions."""

from servicehost.domain.contract import EVERYTHING
from servicehost.ports.line import Line
from servicehost.ports.reads import Reads

__all__ = ["nudge_waiting"]


async def nudge_waiting(*, reads: Reads, line: Line) -> int:
    """Nudge every unit whose adapter has a push or a task that may be offered now; how many there are.

    Those on other hosts or without a session are passed over by the line. Harmless at any time and as often as wanted.
    """
    waiting = await reads.units_with_work(EVERYTHING)
    line.nudge(waiting)
    return len(waiting)
