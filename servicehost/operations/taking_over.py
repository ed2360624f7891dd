"""The body that replacements at hand share: a unit that is there already takes an adapter's place at once."""

import enum
from collections.abc import Sequence

import msgspec

from servicehost.domain.compatibility import Misfit, MisfitCode, blocking
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.fact_kind import Ownership
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Phase, Push
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Adapter, Unit
from servicehost.operations.casework import Word, release
from servicehost.operations.deed import of_push
from servicehost.operations.opening import add_requested, fault_of_request
from servicehost.operations.stocking import fit
from servicehost.operations.swapping import move_binding
from servicehost.ports.store import Batch

__all__ = ["AfterAction", "Discard", "TakenOver", "Takeover", "adapter_named", "take_over"]


class Discard(enum.StrEnum):
    """What of the old unit's is not carried over. Working edits that were not pushed never are."""

    STARTUP_CONFIG = "startup_config"
    """The new unit starts with nothing but its identity; the revisions stay, to be pushed."""
    WAITING_PUSHES = "waiting_pushes"
    """Pushes that no unit has begun yet are cancelled."""


class AfterAction(enum.StrEnum):
    """What becomes of the old unit."""

    RETURN = "return"
    """It is to come back, and is collected."""
    KEEP = "keep"
    """It stays with the customer and serves nobody."""


class Takeover(msgspec.Struct, frozen=True, kw_only=True):
    """How the place is taken. `override`: although something does not fit, `reason` says why.

    `after_action` None: what is rented comes back, what is the customer's own stays.
    """

    reason: str = ""
    discard: tuple[Discard, ...] = ()
    after_action: AfterAction | None = None
    override: bool = False


class TakenOver(msgspec.Struct, frozen=True, kw_only=True):
    """The exchange that carries it on to acceptance and confirmation, and what was found not to fit."""

    exchange: Exchange
    old_unit: Unit | None
    new_unit: Unit
    misfits: tuple[Misfit, ...]
    discarded: tuple[Discard, ...]
    overridden: bool


def adapter_named(batch: Batch, service_code: str, scope: Scope = EVERYTHING) -> Adapter:
    """Raises NotFound `adapter_not_found`, also for one outside `scope`: a unit that changes its place leaves a scope
    for a moment, so the step runs on a batch of everything and asks here."""
    found = next(iter(batch.adapters([service_code])), None)
    if found is None or not scope.sees(found.management_code):
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    return found


def take_over(
    batch: Batch,
    adapter: Adapter,
    new: Unit,
    how: Takeover,
    word: Word,
    *,
    actor: Actor,
    policy: SwapPolicy,
    standby_code: str | None = None,
) -> TakenOver:
    """The binding moves at once; the new unit gets the startup config by an ordinary push, the old one is told that it
    was replaced. An exchange of the adapter that is open and not ordered yet is fulfilled by it.

    Raises Invalid `no_reason`; Conflict `serves_already`, `ordered_already`, `wrong_model` or `does_not_fit`, or a
    `LifeRefusal`.
    """
    if how.override and not how.reason.strip():
        raise Invalid("no_reason", "Say why the unit is taken although it does not fit")
    old_binding = batch.binding_of_adapter(adapter.service_code)
    if old_binding is not None and old_binding.unit_id == new.unit_id:
        raise Conflict("serves_already", f"The unit serves {adapter.service_code} already")
    old = None if old_binding is None else batch.units_by_id([old_binding.unit_id])[old_binding.unit_id]
    found = fit(batch, old, new, policy)
    _demand_fit(new, found, how)
    standing = batch.open_exchange_of(adapter.service_code)
    if standing is None:
        registered = actor.role is Role.OPERATION_MANAGER
        fault = fault_of_request(batch, adapter, word, registered=registered)
        standing = add_requested(batch, adapter, fault, word)
    next_state(standing, Said.TAKE_OVER)
    release(batch, standing)
    discarded = _discard(batch, actor, adapter, how.discard, word.at)
    heard = batch.last_heard([one.unit_id for one in (old, new) if one is not None])
    wanted = msgspec.structs.replace(
        standing,
        new_unit_id=new.unit_id,
        expected_firmware=None,
        standby_code=standby_code,
        keeps_old=_keeps(old, how.after_action),
    )
    detail = {
        "distribution_id": new.distribution_id,
        "standby": standby_code,
        "misfits": [one.code for one in found],
        "overridden": [one.code for one in blocking(found)],
        "discarded": list(discarded),
    }
    after = move_binding(batch, wanted, old_binding, heard, word, said=Said.TAKE_OVER, detail=detail)
    return TakenOver(
        exchange=after or wanted,
        old_unit=old,
        new_unit=new,
        misfits=found,
        discarded=discarded,
        overridden=bool(blocking(found)),
    )


def _demand_fit(new: Unit, found: Sequence[Misfit], how: Takeover) -> None:
    in_the_way = blocking(found)
    if not in_the_way or how.override:
        return
    listed = " ".join(f"{one.text_en} ({one.code}: {one.expected} / {one.found})" for one in in_the_way)
    other = any(one.code is MisfitCode.OTHER_MODEL for one in in_the_way)
    raise Conflict("wrong_model" if other else "does_not_fit", f"{new.distribution_id} does not fit. {listed}")


def _keeps(old: Unit | None, wanted: AfterAction | None) -> bool:
    if wanted is not None:
        return wanted is AfterAction.KEEP
    return old is not None and old.ownership is Ownership.BROUGHT_IN


def _discard(batch: Batch, actor: Actor, adapter: Adapter, wanted: Sequence[Discard], now: int) -> tuple[Discard, ...]:
    """What there was of it to discard."""
    done = []
    waiting = [push for push in _waiting(batch, adapter) if Discard.WAITING_PUSHES in wanted]
    if waiting:
        ended = [
            msgspec.structs.replace(push, phase=Phase.CANCELLED, reason="unit_replaced", changed_at=now)
            for push in waiting
        ]
        batch.save_pushes(ended)
        batch.add_events([of_push(actor, push, "push_cancelled", reason=push.reason) for push in ended])
        done.append(Discard.WAITING_PUSHES)
    if Discard.STARTUP_CONFIG in wanted and adapter.startup_revision is not None:
        batch.clear_startup(adapter.service_code)
        done.append(Discard.STARTUP_CONFIG)
    return tuple(done)


def _waiting(batch: Batch, adapter: Adapter) -> list[Push]:
    pushes = batch.open_pushes([adapter.service_code]).get(adapter.service_code, [])
    return [push for push in pushes if push.phase.recallable]
