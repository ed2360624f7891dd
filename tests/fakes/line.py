"""A line that reaches nobody and remembers what was said on it."""

from collections.abc import Iterable

from protocol.codes import CloseCode
from protocol.messages import Renew

__all__ = ["RecordingLine"]


class RecordingLine:
    """Implements `ports.line.Line`."""

    def __init__(self) -> None:
        self.nudged: list[int] = []
        self.renewed: list[tuple[int, str]] = []
        self.ended: list[tuple[int, int, CloseCode]] = []

    def nudge(self, unit_ids: Iterable[int]) -> None:
        self.nudged += unit_ids

    def renew(self, unit_ids: Iterable[int], renew: Renew) -> None:
        self.renewed += [(unit_id, renew.reason) for unit_id in unit_ids]

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        self.ended.append((unit_id, below_epoch, code))
