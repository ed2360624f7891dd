"""A dispatcher enters a box by what is printed on it, before it ever dials."""

from collections.abc import Awaitable
from typing import Protocol

from protocol.identity import IdentityError, parse_distribution_id, parse_model_serial
from servicehost.domain.audit import Action
from servicehost.domain.errors import Invalid
from servicehost.domain.fact_kind import Channel, Ownership
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Unit
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["RegisterUnit", "register_unit"]


class RegisterUnit(Protocol):
    """`register_unit` with its ports filled in."""

    def __call__(
        self,
        actor: Actor,
        distribution_id: str,
        model: str,
        serial: str,
        *,
        ownership: Ownership = Ownership.RENTAL,
        channel: Channel = Channel.DIRECT,
    ) -> Awaitable[Unit]: ...


async def register_unit(
    actor: Actor,
    distribution_id: str,
    model: str,
    serial: str,
    *,
    ownership: Ownership = Ownership.RENTAL,
    channel: Channel = Channel.DIRECT,
    store: Store,
    clock: Clock,
) -> Unit:
    """The unit, its Distribution ID in the one spelling we keep.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed` or `model_serial_malformed`; Conflict
    `unit_exists`.
    """
    demand(actor, Right.REGISTER)
    try:
        known_as = parse_distribution_id(distribution_id)
        printed = parse_model_serial(f"{model}-{serial}")
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
    if (printed.model, printed.serial) != (model, serial):
        raise Invalid("model_serial_malformed", "A serial is letters and digits alone: a hyphen belongs to the model")
    unit = Unit(
        unit_id=0,
        distribution_id=known_as,
        model=model,
        serial=serial,
        registered_at=clock.wall(),
        ownership=ownership,
        channel=channel,
    )
    async with store.transaction(actor.scope) as tx:
        kept = await tx.add_unit(unit)
        event = deed(actor, kept.registered_at, "unit_registered", unit_id=kept.unit_id, distribution_id=known_as)
        await tx.add_events([event])
        after = {"unit": kept.unit_id, "model": model, "serial": serial}
        at = kept.registered_at
        await tx.append_audit([recorded(actor, at, Action.REGISTER_UNIT, known_as, management_code=None, after=after)])
    return kept
