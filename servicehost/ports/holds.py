"""Units that are kept out as a whole: held for a person to look, or carried elsewhere."""

from collections.abc import Collection, Sequence
from typing import Protocol

__all__ = ["Holds"]


class Holds(Protocol):
    """In a batch."""

    def hold_units(self, unit_ids: Collection[int], at: int) -> None:
        """Those that are held already keep their time."""
        ...

    def release_unit(self, unit_id: int) -> bool:
        """Whether it was held. What was remembered of its takeovers is forgotten."""
        ...

    def move_unit(self, unit_id: int, hosts: Sequence[str]) -> tuple[str, ...] | None:
        """Which hosts carry the unit, none: this one. Those that carried it before; None when nothing changes."""
        ...
