"""Depots: where the provider's stock lies, which one is nearest to an adapter, and when one runs low."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.custody import Holder, Place
from servicehost.domain.rule import Text
from servicehost.domain.spare import Spare

__all__ = [
    "DEPOT_PATTERN",
    "MAIN_STOCK",
    "Depot",
    "StockCount",
    "StockThreshold",
    "in_order_of_nearness",
    "is_low",
    "place_of",
    "serves",
]

DEPOT_PATTERN: Final = "^[a-z0-9][a-z0-9-]{0,31}$"
MAIN_STOCK: Final = "main"
"""Where whatever lies in stock lies unless a depot was named; it needs no record."""


class Depot(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the provider's stock. `area` names what it serves, as addresses begin: `東京都, 神奈川県`."""

    depot: str
    label: str
    area: str
    changed_at: int
    changed_by: str


class StockThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """Below `least` free units of a model a depot is low."""

    depot: str
    model: str
    least: int
    changed_at: int
    changed_by: str


class StockCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many spares of a model and firmware (empty: not known) are free, reserved and out at a depot."""

    depot: str
    model: str
    firmware: str
    free: int
    reserved: int
    out: int


def is_low(free: int, threshold: StockThreshold | None) -> bool:
    """Whether so few free units, of any firmware, are below the threshold; without one nothing is low."""
    return threshold is not None and free < threshold.least


def place_of(depot: str) -> Place:
    """The depot as a place of custody; the main stock is the stock without a name."""
    return Place(holder=Holder.STOCK, name="" if depot == MAIN_STOCK else depot)


def serves(depot: Depot, location: str) -> str | None:
    """The longest part of the depot's area that the location names, without regard to case; None: it names none."""
    where = location.casefold()
    parts = (part.strip() for part in depot.area.replace("、", ",").split(","))
    return max((part for part in parts if part and part.casefold() in where), key=len, default=None)


def in_order_of_nearness(
    spares: Iterable[Spare], depots: Collection[Depot], location: str
) -> Sequence[tuple[Spare, Text]]:
    """Every spare, the nearest first, with why it stands where it does.

    Near are those of a depot whose area the adapter's declared location names, the closer named the nearer; the others
    follow. Among equals the one that has lain in stock longest comes first.
    """
    part_of = {depot.depot: serves(depot, location) for depot in depots}
    ranked = sorted(spares, key=lambda one: (-len(part_of.get(one.depot) or ""), one.stocked_at, one.unit_id))
    return [(one, _why(one, part_of.get(one.depot))) for one in ranked]


def _why(spare: Spare, part: str | None) -> Text:
    depot = spare.depot
    if part is None:
        return Text(
            ja=f"設置場所を担当する倉庫に適合する在庫がないため、保管期間の最も長い機器（倉庫 {depot}）を選びました。",
            en=f"No fitting unit lies nearer: the one longest in stock, at depot {depot}.",
        )
    return Text(
        ja=f"設置場所（{part}）を担当する倉庫 {depot} の、保管期間の最も長い機器を選びました。",
        en=f"Depot {depot} serves the adapter's location ({part}): the one longest in stock there.",
    )
