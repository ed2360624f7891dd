"""The clock's door: ends of contracts, adapters and options that were set ahead and have come are carried out."""

from functools import partial

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.operations.ending import carry_out_adapter, carry_out_contract, carry_out_option
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["carry_out_ends"]


async def carry_out_ends(limit: int, *, store: Store, clock: Clock, policy: ReturnPolicy) -> int:
    """How many ends of one kind were carried out, at most `limit`: as many means there may be more. Harmless twice.

    Contracts come first, since their adapters end with them. Each contract, adapter and option is one transaction of
    its own: whoever waits for the writer waits for no more than one.
    """
    now = clock.wall()
    contracts = await store.batch(EVERYTHING, lambda batch: batch.ended_contracts(now, limit))
    for contract in contracts:
        await store.batch(EVERYTHING, partial(_contract, management_code=contract.management_code, now=now))
    options = await store.batch(EVERYTHING, lambda batch: batch.ended_options(now, limit))
    for adapter in options:
        await store.batch(EVERYTHING, partial(_option, service_code=adapter.service_code, now=now))
    adapters = await store.batch(EVERYTHING, lambda batch: batch.ended_adapters(now, limit))
    for adapter in adapters:
        await store.batch(EVERYTHING, partial(_adapter, service_code=adapter.service_code, now=now, policy=policy))
    return max(len(contracts), len(options), len(adapters))


def _contract(batch: Batch, management_code: str, now: int) -> None:
    """Unless another host was quicker."""
    contract = batch.contract(management_code)
    if contract is not None and contract.has_ended(now) and contract.ended_at is None:
        carry_out_contract(batch, contract, now)


def _option(batch: Batch, service_code: str, now: int) -> None:
    (adapter,) = batch.adapters([service_code])
    if adapter.option_ends_at is not None and adapter.option_ends_at <= now:
        carry_out_option(batch, adapter, now)


def _adapter(batch: Batch, service_code: str, now: int, policy: ReturnPolicy) -> None:
    (adapter,) = batch.adapters([service_code])
    if adapter.has_ended(now) and adapter.end_carried_at is None:
        carry_out_adapter(batch, adapter, now, policy)
