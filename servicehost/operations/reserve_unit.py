"""A spare is set aside for an exchange: by the host, the nearest that fits, or by a dispatcher who names one."""

import msgspec

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.domain.compatibility import Misfit, MisfitCode, blocking
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.depot import in_order_of_nearness
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rule import Text
from servicehost.domain.spare import Reservation, Spare, SpareState
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Unit
from servicehost.operations.casework import HOST, Word, move, the_exchange
from servicehost.operations.stocking import fit, warn_if_low
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Choice", "reserve_unit", "reserve_unit_named"]

_NAMED = Text(ja="手配担当が機器を指定しました。", en="A dispatcher has named the unit.")


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which spare a dispatcher means. `override` takes it although something does not fit: `reason` then says why.

    `expected_firmware` left out: what the spare is known to have, else that of the unit it replaces, if of one model.
    """

    distribution_id: str
    override: bool = False
    expected_firmware: str | None = None
    reason: str = ""


class _Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A spare, why it was chosen, and what of it does not fit."""

    spare: Spare
    why: Text
    misfits: tuple[Misfit, ...]
    firmware: str | None
    override: str = ""


async def reserve_unit(exchange: int, *, store: Store, clock: Clock, policy: SwapPolicy) -> Exchange:
    """The exchange with the nearest spare of the model to be replaced against which nothing speaks. Harmless twice.

    Raises NotFound `exchange_not_found`; Conflict `no_spare`, `no_fitting_spare`, `model_unknown`, or a refusal of the
    exchange's table.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange)
        if next_state(standing, Said.RESERVE) is None:
            return standing
        old = _old(batch, standing)
        if old is None:
            raise Conflict("model_unknown", "No unit served the adapter: a dispatcher must name the spare")
        return _reserved(batch, standing, _nearest(batch, standing, old, policy), Word(by=HOST, at=now))

    return await store.batch(EVERYTHING, work)


async def reserve_unit_named(
    actor: Actor, exchange: int, choice: Choice, *, store: Store, clock: Clock, policy: SwapPolicy
) -> Exchange:
    """The exchange with the named spare; named again, unchanged.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`, `no_reason`; NotFound `exchange_not_found`,
    `unit_not_found`; Conflict `not_in_stock`, `served_before`, `wrong_model` or `does_not_fit` (naming what),
    `reserved_already`, or a refusal of the exchange's table.
    """
    demand(actor, Right.DISPATCH)
    try:
        known_as = parse_distribution_id(choice.distribution_id)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
    if choice.override and not choice.reason.strip():
        raise Invalid("no_reason", "Say why the unit is taken although it does not fit")
    word = Word(by=actor.master_id, at=clock.wall(), reason=choice.reason[:255] or None, actor=actor, own_words=True)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange)
        unit = batch.unit(known_as)
        if unit is None:
            raise NotFound("unit_not_found", f"There is no unit {known_as}; register it first")
        if next_state(standing, Said.RESERVE) is None:
            if standing.new_unit_id == unit.unit_id:
                return standing
            raise Conflict("reserved_already", f"Another unit is reserved for exchange {exchange}")
        return _reserved(batch, standing, _named(batch, standing, unit, choice, policy), word)

    return await store.batch(actor.scope, work)


def _old(batch: Batch, exchange: Exchange) -> Unit | None:
    old = exchange.old_unit_id
    return None if old is None else batch.units_by_id([old]).get(old)


def _nearest(batch: Batch, exchange: Exchange, old: Unit, policy: SwapPolicy) -> _Chosen:
    spares = batch.free_spares(old.model)
    if not spares:
        text = f"There is no {old.model} in stock; take one into stock, or name another spare"
        raise Conflict("no_spare", text)
    location = batch.adapters([exchange.service_code])[0].declared_location
    served = _served(batch, exchange)
    units = batch.units_by_id([spare.unit_id for spare in spares])
    for spare, why in in_order_of_nearness(spares, batch.depots(), location):
        found = fit(batch, old, units[spare.unit_id], policy, spare.firmware)
        if spare.unit_id not in served and not blocking(found):
            firmware = _expected(batch, old, spare)
            return _Chosen(spare=spare, why=why, misfits=found, firmware=firmware)
    text = f"No {old.model} in stock fits: name one and say why it is taken all the same"
    raise Conflict("no_fitting_spare", text)


def _named(batch: Batch, exchange: Exchange, unit: Unit, choice: Choice, policy: SwapPolicy) -> _Chosen:
    old, spare = _old(batch, exchange), batch.spare(unit.unit_id)
    if spare is None or spare.state is not SpareState.FREE:
        raise Conflict("not_in_stock", f"{unit.distribution_id} is no free spare")
    if unit.unit_id in _served(batch, exchange):
        text = f"{unit.distribution_id} was sent or replaced in this very exchange before; name another spare"
        raise Conflict("served_before", text)
    found = fit(batch, old, unit, policy, spare.firmware)
    in_the_way = blocking(found)
    if in_the_way and not choice.override:
        listed = " ".join(f"{one.text_en} ({one.code}: {one.expected} / {one.found})" for one in in_the_way)
        other = any(one.code is MisfitCode.OTHER_MODEL for one in in_the_way)
        raise Conflict("wrong_model" if other else "does_not_fit", f"{unit.distribution_id} does not fit. {listed}")
    return _Chosen(
        spare=spare,
        why=_NAMED,
        misfits=found,
        firmware=choice.expected_firmware or _expected(batch, old, spare),
        override=choice.reason[:255] if in_the_way else "",
    )


def _served(batch: Batch, exchange: Exchange) -> set[int]:
    """Units whose return this exchange has on record: one that was replaced in it, or given up, is not sent again."""
    return {one.unit_id for one in batch.returns_of_exchange(exchange.exchange)}


def _expected(batch: Batch, old: Unit | None, spare: Spare) -> str | None:
    """The firmware that acceptance waits for: nothing brings a unit to another, so what it is known to have."""
    if spare.firmware:
        return spare.firmware
    heard = None if old is None or old.model != spare.model else batch.last_heard([old.unit_id]).get(old.unit_id)
    return None if heard is None else heard.firmware


def _reserved(batch: Batch, exchange: Exchange, chosen: _Chosen, word: Word) -> Exchange:
    spare = chosen.spare
    batch.put_spare(
        msgspec.structs.replace(
            spare,
            state=SpareState.RESERVED,
            exchange=exchange.exchange,
            management_code=exchange.management_code,
        )
    )
    reservation = Reservation(
        exchange=exchange.exchange,
        management_code=exchange.management_code,
        unit_id=spare.unit_id,
        distribution_id=spare.distribution_id,
        depot=spare.depot,
        at=word.at,
        by=word.by[:255],
        why=chosen.why,
        misfits=chosen.misfits,
        override=chosen.override,
    )
    batch.add_reservation(reservation)
    detail = {
        "distribution_id": spare.distribution_id,
        "depot": spare.depot,
        "misfits": [one.code for one in chosen.misfits],
        "overridden": [one.code for one in blocking(chosen.misfits)],
    }
    after = move(
        batch,
        exchange,
        Said.RESERVE,
        word,
        detail,
        new_unit_id=spare.unit_id,
        reserved_at=word.at,
        expected_firmware=chosen.firmware,
    )
    warn_if_low(batch, spare.depot, spare.model, word.by, word.at)
    return after or exchange
