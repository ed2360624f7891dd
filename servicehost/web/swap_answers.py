"""Answers of the API about depots, counts of stock, and units that take another's place. Times are RFC 3339, UTC."""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.compatibility import Misfit, blocking
from servicehost.domain.depot import Depot, StockCount, StockThreshold, is_low
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Item
from servicehost.domain.instant import rfc3339
from servicehost.domain.unit import Unit
from servicehost.operations.taking_over import AfterAction, Discard, TakenOver
from servicehost.web.answers import Time
from servicehost.web.case_answers import BoxAnswer

__all__ = [
    "Compatibility",
    "DepotAnswer",
    "Depots",
    "PromotionAnswer",
    "ReplacementAnswer",
    "Stock",
    "StockLine",
    "ThresholdAnswer",
]


class DepotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the provider's stock; `area` lists how the addresses begin that it serves."""

    depot: str
    label: str
    area: str
    changed_at: Time
    changed_by: str

    @classmethod
    def of(cls, depot: Depot) -> "DepotAnswer":
        return cls(
            depot=depot.depot,
            label=depot.label,
            area=depot.area,
            changed_at=rfc3339(depot.changed_at),
            changed_by=depot.changed_by,
        )


class Depots(msgspec.Struct, frozen=True, kw_only=True):
    """Every depot on record, in the order of their names; the main stock needs none."""

    items: list[DepotAnswer]


class ThresholdAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Below `least` free units of the model the depot is low; 0: it never is."""

    depot: str
    model: str
    least: int

    @classmethod
    def of(cls, threshold: StockThreshold) -> "ThresholdAnswer":
        return cls(depot=threshold.depot, model=threshold.model, least=threshold.least)


class StockLine(msgspec.Struct, frozen=True, kw_only=True):
    """Spares of one model and firmware (empty: not known) at one depot. `low`: with every firmware together the depot
    has fewer free ones of the model than `least` (null: no threshold is set)."""

    depot: str
    model: str
    firmware: str
    free: int
    reserved: int
    out: int
    least: int | None
    low: bool


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of depot, model and firmware."""

    items: list[StockLine]

    @classmethod
    def of(cls, counts: Sequence[StockCount], thresholds: Sequence[StockThreshold]) -> "Stock":
        asked = {(one.depot, one.model): one for one in thresholds}
        free: dict[tuple[str, str], int] = {}
        for one in counts:
            free[one.depot, one.model] = free.get((one.depot, one.model), 0) + one.free
        return cls(items=[_line(one, asked.get((one.depot, one.model)), free) for one in counts])


def _line(count: StockCount, threshold: StockThreshold | None, free: Mapping[tuple[str, str], int]) -> StockLine:
    return StockLine(
        depot=count.depot,
        model=count.model,
        firmware=count.firmware,
        free=count.free,
        reserved=count.reserved,
        out=count.out,
        least=None if threshold is None else threshold.least,
        low=is_low(free[count.depot, count.model], threshold),
    )


class Compatibility(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a unit can take the place of the one that serves the adapter now (null: none does, so nothing can be
    compared). `fits`: nothing blocks; what is not known is among the misfits as such."""

    service_code: str
    old_unit: BoxAnswer | None
    new_unit: BoxAnswer
    fits: bool
    misfits: list[Misfit]

    @classmethod
    def of(cls, service_code: str, old: Unit | None, new: Unit, found: Sequence[Misfit]) -> "Compatibility":
        return cls(
            service_code=service_code,
            old_unit=None if old is None else _box(old),
            new_unit=_box(new),
            fits=not blocking(found),
            misfits=list(found),
        )


class ReplacementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The unit serves the adapter; `exchange` is the job that goes on to acceptance and confirmation, `status` how far
    it is. `discarded` is what there was to discard of what was asked."""

    exchange: int
    status: ExchangeState
    service_code: str
    old_unit: BoxAnswer | None
    new_unit: BoxAnswer
    after_action: AfterAction
    discarded: list[Discard]
    misfits: list[Misfit]
    overridden: bool

    @classmethod
    def of(cls, taken: TakenOver) -> "ReplacementAnswer":
        return cls(
            exchange=taken.exchange.exchange,
            status=taken.exchange.state,
            service_code=taken.exchange.service_code,
            old_unit=None if taken.old_unit is None else _box(taken.old_unit),
            new_unit=_box(taken.new_unit),
            after_action=AfterAction.KEEP if taken.exchange.keeps_old else AfterAction.RETURN,
            discarded=list(taken.discarded),
            misfits=list(taken.misfits),
            overridden=taken.overridden,
        )


class PromotionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The adapter and its item. `replacement`: its unit has taken another adapter's place, and its slot is empty."""

    service_code: str
    item: Item
    replacement: ReplacementAnswer | None


def _box(unit: Unit) -> BoxAnswer:
    return BoxAnswer(distribution_id=unit.distribution_id, model_serial=f"{unit.model}-{unit.serial}")
