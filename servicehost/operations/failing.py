"""An exchange fails: the unit set aside is released, and an old unit that was replaced serves again."""

from typing import Any

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.exchange import Exchange, Failure, Said, next_state
from servicehost.domain.life import BINDABLE
from servicehost.domain.swap import may_return
from servicehost.domain.unit import Binding
from servicehost.operations.casework import Word, move, release
from servicehost.ports.fences import FenceChange
from servicehost.ports.store import Batch

__all__ = ["fail"]


def fail(batch: Batch, exchange: Exchange, failure: Failure, word: Word) -> Exchange:
    """The exchange, failed; as it stands when it had failed before. Raises a refusal of the exchange's table.

    In the transaction in which a new unit that served is given up, the old one is bound again if it is still free.
    """
    if next_state(exchange, Said.FAIL) is None:
        return exchange
    release(batch, exchange)
    returned = _bind_old_again(batch, exchange, word.at) if may_return(exchange.state) else {}
    named = msgspec.structs.replace(word, reason=failure)
    return move(batch, exchange, Said.FAIL, named, returned, reason=failure) or exchange


def _bind_old_again(batch: Batch, exchange: Exchange, at: int) -> dict[str, Any]:
    binding = batch.binding_of_adapter(exchange.service_code)
    if binding is None or binding.number != exchange.binding:
        return {}  # a dispatcher has bound something else meanwhile: that stands
    reason = f"exchange {exchange.exchange} failed"
    batch.unbind(binding.number, at, reason)
    ends = [binding.unit_id]
    old = exchange.old_unit_id
    if old is not None and _may_serve_again(batch, old):
        batch.bind(
            Binding(
                number=0,
                service_code=exchange.service_code,
                management_code=exchange.management_code,
                unit_id=old,
                bound_at=at,
                reason=reason,
            )
        )
        ends.append(old)
    _back_on_standby(batch, exchange, binding.unit_id, at, reason)
    heard = batch.last_heard(ends)
    batch.add_fence_changes([FenceChange(unit_id=unit_id, code=CloseCode.UNBOUND, at=at) for unit_id in ends])
    return {"end_sessions": [[unit_id, heard[unit_id].row.epoch + 1] for unit_id in ends if unit_id in heard]}


def _back_on_standby(batch: Batch, exchange: Exchange, unit_id: int, at: int, reason: str) -> None:
    """A unit that had taken over from the standby item goes back to its slot, if that is still empty."""
    code = exchange.standby_code
    if code is None or batch.binding_of_adapter(code) is not None or not _may_serve_again(batch, unit_id):
        return
    batch.bind(
        Binding(
            number=0,
            service_code=code,
            management_code=exchange.management_code,
            unit_id=unit_id,
            bound_at=at,
            reason=reason,
        )
    )


def _may_serve_again(batch: Batch, unit_id: int) -> bool:
    """Not one that serves elsewhere, nor one that has gone home or astray meanwhile."""
    unit = batch.units_by_id([unit_id]).get(unit_id)
    return unit is not None and unit.life in BINDABLE and batch.binding_of_unit(unit_id) is None
