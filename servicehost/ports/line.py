"""From a use case to a session: "go and look". Everything said here may be lost."""

from collections.abc import Iterable
from typing import Protocol

from protocol.codes import CloseCode
from protocol.messages import Renew

__all__ = ["Line"]


class Line(Protocol):
    """Reaches the sessions, on this host or another.

    Correctness never rests on it: the unit's next greeting, the session's reconcile tick and the fences in the
    store lead to the same state. Never raises, never waits.
    """

    def nudge(self, unit_ids: Iterable[int]) -> None:
        """Hint that work waits for these units. May be lost, repeated or late."""
        ...

    def renew(self, unit_ids: Iterable[int], renew: Renew) -> None:
        """Ask these units for a younger certificate. The welcome says the same until they come with one; units that
        have not named the capability `renew` are passed over."""
        ...

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        """Hint that sessions of the unit with an epoch below `below_epoch` have no place any more."""
        ...
