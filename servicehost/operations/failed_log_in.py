"""The records of log-ins that failed: each one while they are few, their number when they are many."""

from datetime import UTC, datetime
from typing import Final

from servicehost.domain.audit import Action, AuditEntry, Personal, Whose
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import Person
from servicehost.domain.throttle import Rate, Throttle
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["STRANGER", "FailedLogIns"]

STRANGER: Final = "stranger"
_ALL: Final = "all"


class FailedLogIns:
    """A record costs the one writer a commit, so strangers may cause 100 at once and one more every 6 seconds.

    What is not recorded singly is counted, and the next record says how many; a host that ends loses that number.
    What was typed is never recorded: people type passwords into the wrong field.
    """

    def __init__(self, rate: Rate | None = None) -> None:
        self._throttle = Throttle(rate or Rate(burst=100, refill_s=6.0), keys=1)
        self._uncounted = 0

    async def record(self, person: Person | None, address: str, store: Store, clock: Clock) -> None:
        """One failed try from `address`, with the Master ID of `person` or with one that nobody has."""
        if self._throttle.wait_s(_ALL, clock.monotonic()) > 0:
            self._uncounted += 1
            return
        self._throttle.take(_ALL, clock.monotonic())
        missed, self._uncounted = self._uncounted, 0
        entry = _entry(person, address, missed, clock.wall())
        async with store.transaction(EVERYTHING) as tx:
            await tx.append_audit([entry])


def _entry(person: Person | None, address: str, missed: int, now: int) -> AuditEntry:
    # Whoever fails has not shown who they are: the address goes under a key of the month's strangers.
    month = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
    return AuditEntry(
        management_code=None,
        at=now,
        action=Action.LOG_IN,
        subject="" if person is None else person.master_id,
        actor=STRANGER,
        source=Personal(whose=Whose.named(f"{STRANGER}s {month}", None), text=address),
        after={"refused": "log_in_failed", "unrecorded_before": missed},
    )
