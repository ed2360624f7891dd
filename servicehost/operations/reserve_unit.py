"""A spare is set aside for an exchange: by the host, of the same model, or by a dispatcher who names one."""

import msgspec

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.spare import Spare, SpareState
from servicehost.operations.casework import HOST, Word, move, the_exchange
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Choice", "reserve_unit", "reserve_unit_named"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which spare a dispatcher means. `expected_firmware` left out: that of the unit it replaces, if of one model."""

    distribution_id: str
    allow_other_model: bool = False
    expected_firmware: str | None = None
    reason: str = ""


async def reserve_unit(exchange: int, *, store: Store, clock: Clock) -> Exchange:
    """The exchange with the spare that has lain in stock longest, of the model to be replaced. Harmless twice.

    Raises NotFound `exchange_not_found`; Conflict `no_spare`, `model_unknown`, or a refusal of the exchange's table.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange)
        if next_state(standing, Said.RESERVE) is None:
            return standing
        model = _model(batch, standing)
        if model is None:
            raise Conflict("model_unknown", "No unit served the adapter: a dispatcher must name the spare")
        spare = batch.free_spare(model)
        if spare is None:
            raise Conflict("no_spare", f"There is no {model} in stock; take one into stock, or name another spare")
        return _reserved(batch, standing, spare, _firmware(batch, standing), Word(by=HOST, at=now))

    return await store.batch(EVERYTHING, work)


async def reserve_unit_named(actor: Actor, exchange: int, choice: Choice, *, store: Store, clock: Clock) -> Exchange:
    """The exchange with the named spare; named again, unchanged.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `exchange_not_found`, `unit_not_found`;
    Conflict `not_in_stock`, `wrong_model`, `reserved_already`, or a refusal of the exchange's table.
    """
    demand(actor, Right.DISPATCH)
    try:
        known_as = parse_distribution_id(choice.distribution_id)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
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
        model = _model(batch, standing)
        if model not in (None, unit.model) and not choice.allow_other_model:
            raise Conflict("wrong_model", f"{unit.model} is not the model to be replaced ({model})")
        spare = batch.spare(unit.unit_id)
        if spare is None or spare.state is not SpareState.FREE:
            raise Conflict("not_in_stock", f"{known_as} is no free spare")
        kept = _firmware(batch, standing) if model == unit.model else None
        return _reserved(batch, standing, spare, choice.expected_firmware or kept, word)

    return await store.batch(actor.scope, work)


def _model(batch: Batch, exchange: Exchange) -> str | None:
    old = exchange.old_unit_id
    unit = None if old is None else batch.units_by_id([old]).get(old)
    return None if unit is None else unit.model


def _firmware(batch: Batch, exchange: Exchange) -> str | None:
    old = exchange.old_unit_id
    heard = None if old is None else batch.last_heard([old]).get(old)
    return None if heard is None else heard.firmware


def _reserved(batch: Batch, exchange: Exchange, spare: Spare, firmware: str | None, word: Word) -> Exchange:
    batch.put_spare(
        msgspec.structs.replace(
            spare,
            state=SpareState.RESERVED,
            exchange=exchange.exchange,
            management_code=exchange.management_code,
        )
    )
    after = move(
        batch,
        exchange,
        Said.RESERVE,
        word,
        {"distribution_id": spare.distribution_id},
        new_unit_id=spare.unit_id,
        reserved_at=word.at,
        expected_firmware=firmware,
    )
    return after or exchange
