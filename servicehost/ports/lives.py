"""What the store keeps of units' lives and of the ends of contracts: a part of the batch verb."""

from collections.abc import Collection, Sequence
from typing import Protocol

from servicehost.domain.unit import Binding, Life, Unit

__all__ = ["Lives"]


class Lives(Protocol):
    """Plain calls, within the batch's scope. `bind` and `unbind` move lives by themselves."""

    def add_units(self, units: Sequence[Unit]) -> None:
        """All of them, their numbers chosen here. Look with `taken` first: raises Conflict `unit_exists`."""
        ...

    def taken(
        self, distribution_ids: Collection[str], printed: Collection[tuple[str, str]]
    ) -> tuple[set[str], set[tuple[str, str]]]:
        """Which of these Distribution IDs, and which of these (model, serial), are registered."""
        ...

    def set_life(self, unit_id: int, life: Life, at: int, reason: str) -> None: ...

    def fence_off(self, unit_id: int, at: int, ending: str) -> None:
        """The session in force, if there is one, has no place any more from this commit on, wherever it is held:
        whatever it says, or asks, is stale. `ending` is a close code's name in small letters."""
        ...

    def set_out_of_service(self, service_code: str, at: int | None) -> None:
        """When the contract of the adapter ends or has ended; None: no end is known."""
        ...

    def overdue(self, now: int, limit: int) -> list[Binding]:
        """Bindings in force of adapters whose contract has ended, and whose unit is in session all the same."""
        ...
