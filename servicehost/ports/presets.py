"""What the store keeps of preset commands."""

from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.preset import Preset

__all__ = ["PresetReads", "Presets"]


class Presets(Protocol):
    """The part of the batch verb that keeps them. Within the batch's scope."""

    def add_preset(self, preset: Preset) -> Preset:
        """With its number. Raises NotFound outside the scope, Conflict `preset_exists`."""
        ...

    def preset(self, number: int) -> Preset | None: ...

    def presets_of(self, management_code: str) -> list[Preset]:
        """By name."""
        ...

    def save_preset(self, preset: Preset) -> None:
        """Writes all but whose it is. Raises Conflict `preset_exists`."""
        ...

    def drop_preset(self, number: int) -> None: ...

    def erase_presets_of(self, management_code: str) -> int:
        """Drops every preset of the contract, in whose texts people may be named; how many."""
        ...


class PresetReads(Protocol):
    """Snapshots within the caller's scope."""

    async def presets(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[Preset]:
        """In the order of their numbers, after such a number (exclusive)."""
        ...

    async def preset(self, scope: Scope, number: int) -> Preset | None: ...
