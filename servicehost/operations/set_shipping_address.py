"""Where units of an adapter are shipped to, said by an operation manager or a dispatcher, checked, and kept."""

from servicehost.domain.address import WrittenAddress, check_address
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor
from servicehost.domain.places import Places
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.operations.addressing import refuse_wrong
from servicehost.operations.casework import Word
from servicehost.operations.deed import deed, recorded
from servicehost.operations.destinations import tell_destination
from servicehost.operations.entitling import demand_voice, located
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["set_shipping_address"]


async def set_shipping_address(
    actor: Actor, service_code: str, written: WrittenAddress, word: str, *, store: Store, clock: Clock, places: Places
) -> ShippingAddress:
    """The address as it is kept; the same again changes nothing. What was held for want of it goes on at once. `word`
    says how a doubtful one was made sure of.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`; Conflict with the first `AddressFault` as its code.
    """
    demand_voice(actor)
    checked = check_address(written, places)
    refuse_wrong(checked, word)
    now = clock.wall()

    def work(batch: Batch) -> ShippingAddress:
        adapter = next(iter(batch.adapters([service_code])), None)
        if adapter is None:
            raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
        standing = batch.shipping_address(service_code)
        if standing is not None and standing.address == checked.address:
            return standing
        said = ShippingAddress(
            number=0,
            service_code=service_code,
            management_code=adapter.management_code,
            address=checked.address,
            said_at=now,
            said_by=actor.master_id[:64],
            word=word[:255],
        )
        added = batch.add_shipping_address(said)
        code = added.management_code
        batch.add_events([deed(actor, now, "shipping_address_set", management_code=code, service_code=service_code)])
        batch.append_audit([_record(actor, standing, added, now)])
        tell_destination(batch, service_code, Word(by=actor.master_id, at=now))
        return added

    return await store.batch(actor.scope, work)


def _record(actor: Actor, before: ShippingAddress | None, after: ShippingAddress, now: int) -> AuditEntry:
    """Where something is sent says something of people: it is kept under the contract's own key."""
    code = after.management_code
    return recorded(
        actor,
        now,
        Action.SET_SHIPPING_ADDRESS,
        after.service_code,
        management_code=code,
        before={"address": located(_line(before), code)},
        after={"address": located(_line(after), code), "number": after.number},
        note=after.word,
    )


def _line(one: ShippingAddress | None) -> str:
    if one is None or one.address is None:
        return ""
    return f"{one.address.line} {one.address.addressee} {one.address.telephone}"
