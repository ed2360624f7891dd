"""The units of a fleet, as their maker lists them: typed TOML or JSON.

    [[unit]]
    distribution_id = "0001-0000-0000-000B-02E0-4DFF-FE10-0128"
    model = "SA-W2"
    serial = "A00001"
    token = "…"                     # once, to enrol; or certificate = "unit.pem" and key = "unit.key"
    birth_certificate = "born.pem"  # its maker's, with birth_key = "born.key": enrols without a token, at any age

    [[unit.module]]                 # beside the main one, as often as there are
    module = 1
    name = "filter list"
    version = "2.0"

JSON may also be the bare list. Paths are relative to the file. A unit that needs neither has its certificate in the
fleet's state folder already.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from adapter_sim.modules import BoxModule
from protocol.identity import DistributionId, IdentityError, parse_distribution_id, parse_model_serial

__all__ = ["InventoryError", "UnitEntry", "load_inventory", "read_entry"]


_PATHS: Final = ("certificate", "key", "birth_certificate", "birth_key")


class InventoryError(ValueError):
    """An inventory that cannot be used; the text names the file, the place and the fault."""


class UnitEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One unit."""

    distribution_id: str
    model: str
    serial: str
    token: str | None = None
    certificate: str | None = None
    key: str | None = None
    birth_certificate: str | None = None
    birth_key: str | None = None
    module: tuple[BoxModule, ...] = ()
    """Its modules beside the main one."""

    @property
    def unit(self) -> DistributionId:
        """Its Distribution ID; `read_entry` has seen to its form."""
        return DistributionId(self.distribution_id)

    @property
    def model_serial(self) -> str:
        """As printed on the box and in its certificate."""
        return f"{self.model}-{self.serial}"


class _Inventory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: tuple[UnitEntry, ...] = ()


def load_inventory(path: Path) -> tuple[UnitEntry, ...]:
    """The units that a `.json` or `.toml` file lists, in its order. Raises InventoryError."""
    try:
        entries = _decode(path)
        checked = tuple(read_entry(entry, beside=path.parent) for entry in entries)
        _refuse_twins(checked)
    except (OSError, ValueError) as error:
        raise InventoryError(f"{path}: {error}") from error
    return checked


def _decode(path: Path) -> Sequence[UnitEntry]:
    data = path.read_bytes()
    if path.suffix != ".json":
        return msgspec.toml.decode(data, type=_Inventory).unit
    if data.lstrip()[:1] == b"[":
        return msgspec.json.decode(data, type=tuple[UnitEntry, ...])
    return msgspec.json.decode(data, type=_Inventory).unit


def read_entry(entry: UnitEntry, *, beside: Path) -> UnitEntry:
    """`entry` in its canonical form, its paths resolved from `beside`. Raises InventoryError."""
    try:
        unit = parse_distribution_id(entry.distribution_id)
        printed = parse_model_serial(entry.model_serial)
    except IdentityError as error:
        raise InventoryError(str(error)) from error
    if printed.serial != entry.serial:
        raise InventoryError(f"{unit}: the serial {entry.serial!r} has a hyphen")
    if (entry.certificate is None) != (entry.key is None):
        raise InventoryError(f"{unit}: certificate and key go together")
    if (entry.birth_certificate is None) != (entry.birth_key is None):
        raise InventoryError(f"{unit}: birth_certificate and birth_key go together")
    return msgspec.structs.replace(
        entry,
        distribution_id=unit,
        **{name: _beside(beside, getattr(entry, name)) for name in _PATHS},
    )


def _beside(folder: Path, path: str | None) -> str | None:
    return None if path is None else str(folder / path)


def _refuse_twins(entries: Sequence[UnitEntry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.unit in seen:
            raise InventoryError(f"{entry.unit} is listed twice")
        seen.add(entry.unit)
