"""What the store keeps of calls, and of whom it knows who call."""

from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.people import Person
from servicehost.domain.phone_call import CallerMatch, Manager, PhoneCall

__all__ = ["CallReads", "Calls"]


class Calls(Protocol):
    """The part of the batch verb that keeps calls. Within the batch's scope."""

    def operation_managers(self, management_code: str) -> list[Manager]:
        """Those registered now, in the order of their Master IDs; who was erased is none."""
        ...

    def known_person(self, master_id: str) -> Person | None:
        """None for who was erased, too."""
        ...

    def add_call(self, call: PhoneCall) -> PhoneCall:
        """With its number; numbers grow. Raises NotFound outside the scope."""
        ...

    def call(self, call: int) -> PhoneCall | None: ...

    def save_call(self, call: PhoneCall) -> None:
        """Writes what it led to: outcome, reference, answered, concluded_at and concluded_by."""
        ...


class CallReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def calls(
        self,
        scope: Scope,
        *,
        management_code: str | None = None,
        service_code: str | None = None,
        match: CallerMatch | None = None,
        open_only: bool = False,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[PhoneCall]:
        """After the number `after`; newest_first turns the order and reads before it (0: from the newest)."""
        ...

    async def call(self, scope: Scope, call: int) -> PhoneCall | None: ...
