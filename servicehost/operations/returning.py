"""The bodies that the steps of a return share: people take them, the carrier's messages and the clock."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from servicehost.domain.admission import Papers, TurnedAway, standing
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.certificate_standing import RevocationReason
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.custody import Evidence, Holder, Part, Place
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.life import MISSING, LifeSaid, next_life
from servicehost.domain.spare import SpareState
from servicehost.domain.unit_return import Loss, ReturnSaid, ReturnState, UnitReturn, next_return_state, return_facts
from servicehost.operations.casework import Word, case_record, tell
from servicehost.operations.deed import of_person
from servicehost.operations.handing import Telling, hand_over, where_parts_are
from servicehost.operations.revoking import Revocation, revoke_all
from servicehost.ports.cases import FactRow
from servicehost.ports.store import Batch

__all__ = [
    "Gone",
    "Receipt",
    "Shipment",
    "accessories_of",
    "move_return",
    "receive",
    "return_event",
    "ship",
    "telling",
    "the_return",
    "write_off",
]

_OUT: Final = frozenset({Holder.SITE, Holder.ATTENDEE, Holder.WRITTEN_OFF})
_HOME: Final = frozenset({Holder.STOCK, Holder.INSPECTION})
_ON_THE_WAY: Final = frozenset({Holder.CARRIER, Holder.DRIVER})
_TOLD: Final[Mapping[ReturnState, str]] = {ReturnState.NOT_RETURNED: "overdue"}
_ACTIONS: Final[Mapping[ReturnSaid, Action]] = {
    ReturnSaid.SHIP: Action.NOTE_SHIPPED,
    ReturnSaid.RECEIVE: Action.RECEIVE_RETURN,
    ReturnSaid.INSPECT: Action.INSPECT_RETURN,
    ReturnSaid.LAPSE: Action.LAPSE_RETURN,
    ReturnSaid.WRITE_OFF: Action.WRITE_OFF_RETURN,
    ReturnSaid.CALL_OFF: Action.CALL_OFF_RETURN,
}
_RECORDED: Final = ("state", "place", "missing", "result", "damaged", "erased", "loss")
_LOUD: Final[Mapping[str, Severity]] = {
    "return_overdue": Severity.WARNING,
    "return_written_off": Severity.WARNING,
    "return_due": Severity.NOTICE,
}


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """How a unit is on its way back: with whom, under which reference."""

    by_driver: bool = False
    carrier: str = ""
    reference: str = ""
    note: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit was received, and which of its accessories did not come with it."""

    place: str = ""
    missing: tuple[Part, ...] = ()
    note: str = ""


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Why a unit is given up, and in somebody's words."""

    loss: Loss
    reason: str = ""


def the_return(batch: Batch, number: int, scope: Scope = EVERYTHING) -> UnitReturn:
    """Raises NotFound `return_not_found`, also for one outside `scope`."""
    found = batch.unit_return(number)
    if found is None or not scope.sees(found.management_code):
        raise NotFound("return_not_found", f"There is no return {number}")
    return found


def return_event(one: UnitReturn, sub_type: str, word: Word, detail: Mapping[str, Any] | None = None) -> Event:
    """An event about a return; its detail names it and its exchange, if it has one."""
    of_exchange = {} if one.exchange is None else {"exchange": one.exchange}
    return Event(
        at=word.at,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=_LOUD.get(sub_type, Severity.INFO),
        management_code=one.management_code,
        service_code=one.service_code,
        unit_id=one.unit_id,
        actor=word.by[:64],
        reason=word.reason[:64] if word.reason else None,
        detail={**of_exchange, "return": one.number, **(detail or {})},
    )


def move_return(
    batch: Batch, one: UnitReturn, said: ReturnSaid, word: Word, detail: Mapping[str, Any] | None = None, **changes: Any
) -> UnitReturn | None:
    """The return after something was said of it, with event, record and what it says to the judgement of the charge.

    None when it changed nothing. Raises Conflict with a `ReturnRefusal` as its code.
    """
    state = next_return_state(one, said)
    if state is None:
        return None
    stamp = {"state": state, "changed_at": word.at, "changed_by": word.by[:255]}
    after = msgspec.structs.replace(one, **stamp, **changes)
    batch.save_return(after)
    batch.append_audit([_record(one, after, said, word)])
    _state_facts(batch, one, after)
    tell(batch, [return_event(after, f"return_{_TOLD.get(state, state.value)}", word, detail)])
    return after


def _record(before: UnitReturn, after: UnitReturn, said: ReturnSaid, word: Word) -> AuditEntry:
    """Only what changed stands in it, and the state in any case. What a person wrote is sealed under their key."""
    changed = [name for name in _RECORDED if name == "state" or getattr(before, name) != getattr(after, name)]
    entry = case_record(
        word,
        _ACTIONS[said],
        f"return {after.number}",
        after.management_code,
        before={name: _plain(getattr(before, name)) for name in changed},
        after={name: _plain(getattr(after, name)) for name in changed},
    )
    if word.actor is not None and word.note:
        return msgspec.structs.replace(entry, reason=of_person(word.actor, word.note))
    return entry


def _plain(value: object) -> object:
    return [str(part) for part in value] if isinstance(value, tuple) else value


def _state_facts(batch: Batch, before: UnitReturn, after: UnitReturn) -> None:
    if after.exchange is None:
        return  # no exchange is judged by it
    known = {(fact.name, fact.value) for fact in return_facts(before)}
    fresh = [fact for fact in return_facts(after) if (fact.name, fact.value) not in known]
    code = after.management_code
    batch.add_facts([FactRow(management_code=code, fault=None, exchange=after.exchange, fact=one) for one in fresh])


def telling(one: UnitReturn, word: Word, evidence: Evidence) -> Telling:
    """A handover's telling in the case of a return."""
    return Telling(
        by=word.by, at=word.at, evidence=evidence, exchange=one.exchange, management_code=one.management_code
    )


def accessories_of(batch: Batch, one: UnitReturn, policy: ReturnPolicy) -> tuple[Part, ...]:
    """The main accessories of the returned unit's model."""
    return policy.accessories_of(batch.units_by_id([one.unit_id])[one.unit_id].model)


def ship(batch: Batch, one: UnitReturn, shipment: Shipment, word: Word, policy: ReturnPolicy) -> UnitReturn:
    """The return, on its way; as it stands if it was already. The accessories are taken to go with the unit."""
    after = move_return(batch, one, ReturnSaid.SHIP, word, shipped_at=word.at, loss=None)
    if after is None:
        return one
    holder = Holder.DRIVER if shipment.by_driver else Holder.CARRIER
    there = where_parts_are(batch, one.unit_id, accessories_of(batch, one, policy))
    site, way = Place(holder=Holder.SITE, name=one.service_code), Place(holder=holder, name=shipment.carrier[:100])
    ways = {
        part: (site, way) if at is None else (way,) for part, at in there.items() if at is None or at.holder in _OUT
    }
    evidence = Evidence(why="return_shipped", reference=shipment.reference[:128], note=shipment.note[:255])
    hand_over(batch, one.unit_id, ways, telling(one, word, evidence))
    return after


def receive(batch: Batch, one: UnitReturn, receipt: Receipt, word: Word, policy: ReturnPolicy) -> UnitReturn:
    """The return, received; received again with fewer accessories missing, those have come.

    Raises Invalid `no_such_accessory`; Conflict `accessory_here_already` when one is missed that was received, or a
    refusal of the return's table.
    """
    accessories = accessories_of(batch, one, policy)
    missing = _missing(one, receipt, accessories)
    if one.state in (ReturnState.RECEIVED, ReturnState.INSPECTED) and set(missing) == set(one.missing):
        return one
    place = receipt.place[:100] or one.place
    changes = {"missing": missing, "place": place, "loss": None, "received_at": one.received_at or word.at}
    detail = {"missing": list(missing)} if missing else {}
    after = move_return(batch, one, ReturnSaid.RECEIVE, word, detail, **changes)
    if after is None:
        return one
    there = where_parts_are(batch, one.unit_id, accessories)
    home = (Place(holder=Holder.STOCK, name=place),)
    here = {part: home for part, at in there.items() if part not in missing and not (at and at.holder in _HOME)}
    _serves_no_more(batch, one, word)
    _becomes(batch, one.unit_id, LifeSaid.RETURNED, word)
    evidence = Evidence(why="return_received", note=receipt.note[:255])
    hand_over(batch, one.unit_id, here, telling(one, word, evidence))
    # What was thought to travel with the unit and did not come is taken to have stayed where it was.
    stayed = (Place(holder=Holder.SITE, name=one.service_code),)
    gone = {part: stayed for part in missing if (at := there[part]) and at.holder in _ON_THE_WAY}
    hand_over(batch, one.unit_id, gone, telling(one, word, Evidence(why="accessory_missing", note=receipt.note[:255])))
    return after


def _missing(one: UnitReturn, receipt: Receipt, accessories: tuple[Part, ...]) -> tuple[Part, ...]:
    unknown = [part.value for part in receipt.missing if part not in accessories]
    if unknown:
        listed = ", ".join(accessories) or "none"
        text = f"{', '.join(unknown)}: not an accessory of this model; those in the host's settings are: {listed}"
        raise Invalid("no_such_accessory", text)
    missing = tuple(part for part in accessories if part in receipt.missing)
    came = set(missing) - set(one.missing)
    if one.state in (ReturnState.RECEIVED, ReturnState.INSPECTED) and came:
        raise Conflict("accessory_here_already", f"{', '.join(sorted(came))}: received before, so not missing now")
    return missing


def write_off(batch: Batch, one: UnitReturn, gone: Gone, word: Word, policy: ReturnPolicy) -> UnitReturn:
    """The return, given up, and with it whatever of the unit is not at home; as it stands if it was given up before."""
    changes = {"loss": gone.loss, "reason": gone.reason[:255]}
    after = move_return(batch, one, ReturnSaid.WRITE_OFF, word, {"loss": gone.loss}, **changes)
    if after is None:
        return one
    there = where_parts_are(batch, one.unit_id, accessories_of(batch, one, policy))
    lost, site = Place(holder=Holder.WRITTEN_OFF), Place(holder=Holder.SITE, name=one.service_code)
    ways = {
        part: (site, lost) if at is None else (lost,)
        for part, at in there.items()
        if at is None or at.holder not in (Holder.WRITTEN_OFF, *_HOME)
    }
    _serves_no_more(batch, one, word)
    _becomes(batch, one.unit_id, LifeSaid.LOST, word)
    evidence = Evidence(why="return_written_off", reference=gone.loss.value, note=gone.reason[:255])
    hand_over(batch, one.unit_id, ways, telling(one, word, evidence))
    return after


def _serves_no_more(batch: Batch, one: UnitReturn, word: Word) -> None:
    """Who is back because a contract has ended has kept its binding until now, so that it could be told why."""
    binding = batch.binding_of_unit(one.unit_id)
    if one.exchange is None and binding is not None and binding.service_code == one.service_code:
        batch.unbind(binding.number, word.at, one.why)


def _becomes(batch: Batch, unit_id: int, said: LifeSaid, word: Word) -> None:
    """What a return says of the unit's life: it then has no session and no certificate in force any more, which every
    host reads from the fence counter. Of one that serves it says nothing."""
    unit = batch.units_by_id([unit_id])[unit_id]
    found = said is LifeSaid.RETURNED and unit.life in MISSING
    try:
        life = next_life(unit.life, LifeSaid.FOUND if found else said)
    except Conflict:
        return  # it serves an adapter, or was retired: that stands
    if life is None or batch.binding_of_unit(unit_id) is not None:
        return
    away = standing(Papers(life=life), word.at)
    if isinstance(away, TurnedAway):
        batch.fence_off(unit_id, word.at, away.code.name.lower())
        ends = RevocationReason.CESSATION_OF_OPERATION
        revoke_all(batch, unit, Revocation(by=word.by, actor=word.actor, reason=ends, at=word.at), away.code)
    spare = batch.spare(unit_id)
    if spare is not None and spare.state is not SpareState.RESERVED:
        batch.drop_spare(unit_id)
    batch.set_life(unit_id, life, word.at, word.reason or said.value)
