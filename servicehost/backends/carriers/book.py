"""The simulated carrier's book: its errands, in a file if it has one, so that a restart of the host loses none."""

import enum
import os
from pathlib import Path
from typing import Final

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.ports.carrier import CarrierOrder, CarrierUnreachable, CollectionOrder

__all__ = ["Book", "Collection", "Delivery", "Errand"]

_MOST_ERRANDS: Final = 10_000


class Delivery(enum.StrEnum):
    """How it goes when a unit is brought."""

    USUAL = "usual"
    LATE = "late"
    NOBODY_THERE = "nobody_there"
    """The driver finds nobody: the first visit comes to nothing."""
    LOST = "lost"
    """The parcel is lost on the way, and it says so when it should have arrived."""


class Collection(enum.StrEnum):
    """How it goes when a unit is fetched."""

    USUAL = "usual"
    NOT_RETURNED = "not_returned"
    """Nobody hands the box over: it stays where it is."""
    SHORT = "short"
    """The box comes back without one of its main accessories, the first of the list."""


class Errand(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One errand, in one of the two directions. Instants are milliseconds; the words say how it goes.

    `set_out_at` is of the present visit."""

    taken_at: int
    set_out_at: int
    visit: int = 1
    delivery: CarrierOrder | None = None
    collection: CollectionOrder | None = None
    brings: Delivery = Delivery.USUAL
    fetches: Collection = Collection.USUAL
    called_off: bool = False
    delivered: bool = False

    @property
    def order_id(self) -> str:
        """The name of the errand."""
        order = self.delivery or self.collection
        assert order is not None  # noqa: S101 - every errand is one of the two
        return order.order_id


class _Kept(msgspec.Struct, kw_only=True):
    errands: dict[str, Errand] = {}
    acknowledged: dict[str, int] = {}


class Book:
    """Read once, written whole at every change: it is small, and it belongs to a simulation."""

    def __init__(self, file: Path | None = None) -> None:
        """Raises Invalid `carrier_book_unreadable` for a file that is there and is no such book; OSError."""
        self._file = file
        self._kept = _read(file)

    @property
    def errands(self) -> dict[str, Errand]:
        """By their names, the oldest first."""
        return self._kept.errands

    def enter(self, errand: Errand) -> None:
        """Once for each name. Raises CarrierUnreachable for a book that is full or cannot be written."""
        if len(self.errands) >= _MOST_ERRANDS:
            raise CarrierUnreachable("the carrier's book is full")
        self.errands[errand.order_id] = errand
        try:
            self.write()
        except CarrierUnreachable:
            del self.errands[errand.order_id]
            raise

    def times_acknowledged(self, message_id: str) -> int:
        """How often that message was acknowledged."""
        return self._kept.acknowledged.get(message_id, 0)

    def acknowledge(self, message_ids: list[str]) -> None:
        """Raises CarrierUnreachable as `write` does."""
        for message_id in message_ids:
            self._kept.acknowledged[message_id] = self.times_acknowledged(message_id) + 1
        if message_ids:
            self.write()

    def write(self) -> None:
        """After a change of an errand. Raises CarrierUnreachable, code `carrier_fails`, when that is impossible."""
        if self._file is None:
            return
        fresh = self._file.with_name(f"{self._file.name}.new")
        try:
            fresh.write_bytes(msgspec.json.encode(self._kept))
            os.replace(fresh, self._file)
        except OSError as error:
            text = f"the simulated carrier's book cannot be written: {error}"
            raise CarrierUnreachable(text, "carrier_fails") from error


def _read(file: Path | None) -> _Kept:
    if file is None or not file.exists():
        return _Kept()
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept)
    except msgspec.DecodeError as error:
        text = f"{file}: this is no book of the simulated carrier ({error}); remove it, and its errands are forgotten"
        raise Invalid("carrier_book_unreadable", text) from error
