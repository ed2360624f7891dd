"""A dispatcher records what the inspection of a returned unit found."""

from typing import Any

import msgspec

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.custody import Evidence, Holder, Part, Place
from servicehost.domain.errors import Invalid
from servicehost.domain.fact_kind import Inspection
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit_return import INSPECTION_RESULTS, Erasure, ReturnSaid, UnitReturn
from servicehost.operations.casework import Word
from servicehost.operations.handing import hand_over, where_parts_are
from servicehost.operations.returning import accessories_of, move_return, telling, the_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["InspectionReport", "inspect_return"]


class InspectionReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, by whom (empty: by who says so); the accessories that are damaged; whether it was erased."""

    result: Inspection
    by: str = ""
    damaged: tuple[Part, ...] = ()
    erased: bool | None = None
    place: str = ""
    note: str = ""


async def inspect_return(
    actor: Actor, number: int, report: InspectionReport, *, store: Store, clock: Clock, policy: ReturnPolicy
) -> UnitReturn:
    """The return, inspected; inspected anew, the later report counts. The charge is judged again within moments.

    Raises Forbidden `no_right`; Invalid `bad_inspection`, `no_such_accessory`; NotFound `return_not_found`; Conflict
    `return_not_received`, `return_not_owed`.
    """
    demand(actor, Right.DISPATCH)
    if report.result not in INSPECTION_RESULTS:
        raise Invalid("bad_inspection", f"An inspection finds one of {', '.join(INSPECTION_RESULTS)}")
    word = Word(by=actor.master_id, at=clock.wall(), reason=report.result, actor=actor, note=report.note)

    def work(batch: Batch) -> UnitReturn:
        return _inspect(batch, the_return(batch, number, actor.scope), report, word, policy)

    return await store.batch(actor.scope, work)


def _inspect(batch: Batch, one: UnitReturn, report: InspectionReport, word: Word, policy: ReturnPolicy) -> UnitReturn:
    accessories = accessories_of(batch, one, policy)
    wrong = [part.value for part in report.damaged if part not in accessories or part in one.missing]
    if wrong:
        raise Invalid("no_such_accessory", f"{', '.join(wrong)}: no accessory that came back with the unit")
    changes = _changes(one, report, word)
    if all(getattr(one, name) == value for name, value in changes.items() if name != "inspected_at"):
        return one
    after = move_return(batch, one, ReturnSaid.INSPECT, word, **changes)
    if after is None:
        return one
    there = where_parts_are(batch, one.unit_id, accessories)
    bench = (Place(holder=Holder.INSPECTION, name=report.place[:100]),)
    ways = {part: bench for part, at in there.items() if at is not None and at.holder is Holder.STOCK}
    evidence = Evidence(why="return_inspected", reference=report.result, note=report.note[:255])
    hand_over(batch, one.unit_id, ways, telling(one, word, evidence))
    return after


def _changes(one: UnitReturn, report: InspectionReport, word: Word) -> dict[str, Any]:
    seen = report.erased is not None
    return {
        "result": report.result,
        "damaged": tuple(part for part in Part if part in report.damaged),
        "inspected_at": word.at,
        "inspected_by": report.by[:255] or word.by,
        "erased": report.erased if seen else one.erased,
        "erasure": Erasure.INSPECTION if seen else one.erasure,
    }
