"""On what ground somebody acts upon an adapter: by their own right, or under a customer's consent in force now."""

from collections.abc import Collection, Sequence

from servicehost.domain.consent import consent_for, empowered
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, has_right
from servicehost.domain.unit import Adapter
from servicehost.ports.store import Batch, Transaction

__all__ = ["ground", "ground_if_any", "grounds", "grounds_in"]


async def grounds(
    tx: Transaction, actor: Actor, rights: Collection[Right], adapters: Sequence[Adapter], now: int
) -> dict[str, Actor]:
    """Who acts upon each adapter, by service code. Raises Forbidden `no_right` or `consent_needed`.

    Whoever has the rights costs no look at consents.
    """
    if all(has_right(actor, right) for right in rights):
        return {adapter.service_code: actor for adapter in adapters}
    consents = await tx.consents_of({adapter.management_code for adapter in adapters}, now)
    return empowered(actor, rights, adapters, consents, now)


def grounds_in(
    batch: Batch, actor: Actor, rights: Collection[Right], adapters: Sequence[Adapter], now: int
) -> dict[str, Actor]:
    """As `grounds`, on a batch."""
    if all(has_right(actor, right) for right in rights):
        return {adapter.service_code: actor for adapter in adapters}
    consents = batch.consents_of({adapter.management_code for adapter in adapters}, now)
    return empowered(actor, rights, adapters, consents, now)


def ground(batch: Batch, actor: Actor, right: Right, service_code: str, now: int) -> Actor:
    """The same for one adapter, on a batch. Raises NotFound `adapter_not_found` as well."""
    if has_right(actor, right):
        return actor
    adapter = next(iter(batch.adapters([service_code])), None)
    if adapter is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    return grounds_in(batch, actor, [right], [adapter], now)[service_code]


def ground_if_any(batch: Batch, actor: Actor, right: Right, adapter: Adapter, now: int) -> Actor | None:
    """Who acts if anybody may: where a deed is open to all and means more from those who have the right."""
    if has_right(actor, right):
        return actor
    consents = batch.consents_of([adapter.management_code], now)
    if consent_for(actor, [right], adapter, consents, now) is None:
        return None
    return empowered(actor, [right], [adapter], consents, now)[adapter.service_code]
