"""One contract's whole life, on an injected clock: from the customer's order to the erasure, and killed in between."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.audit_check import ChainHolds, verify
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound, Unauthenticated
from servicehost.domain.exchange import ExchangeState
from servicehost.operations.add_delegate import Naming
from servicehost.operations.carry_out_ends import carry_out_ends
from servicehost.operations.choose_password import Choice
from servicehost.operations.erase_contracts import erase_contracts
from servicehost.ports.store import Batch
from tests.builders.audited import DORA, MINE, Audited, open_audited, record_in
from tests.builders.chain_rows import chain_rows
from tests.builders.databases import dump
from tests.builders.stories import SENDBACK, until
from tests.builders.world import CODE, NEW_2, TENANT, distribution_id
from tests.fakes.hasher import PlainHasher

DAY = 86_400
PASSWORD = "a good long password"


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


async def test_from_the_order_to_the_erasure(audited: Audited) -> None:
    contracts, catalogue, world = audited.catalogue.contracts, audited.catalogue, audited.world
    customer = await contracts.add_customer(DORA, None, "鈴木商事")
    contract = await catalogue.add_contract(DORA, "nxm000000009", "大阪", customer.customer_code)
    tenant = contract.management_code
    adapter = await catalogue.add_adapter(DORA, tenant, None, "大阪支店 鈴木様方")
    added = await catalogue.add_person(DORA, tenant, "鈴木 一郎")
    notice = await contracts.make_notice(DORA, added.person.master_id)
    assert (notice.customer, [one.site_name for one in notice.adapters]) == (customer, ["大阪支店 鈴木様方"])
    choice = Choice(link=notice.link, master_id=added.person.master_id, password=PASSWORD)
    await contracts.choose_password(choice, "192.0.2.1")
    manager = (await catalogue.log_in(added.person.master_id, PASSWORD, None, "192.0.2.1")).actor
    await contracts.write_memo(manager, adapter.service_code, "2F 鈴木")
    await contracts.add_delegate(manager, tenant, Naming(name="鈴木 二郎", telephone="06-1"))
    await catalogue.bind_unit(DORA, adapter.service_code, distribution_id(NEW_2), "delivered")

    await contracts.end_contract(DORA, tenant, world.clock.wall() + 30 * DAY * 1000, "閉店")
    await world.passes(30 * DAY)
    with pytest.raises(Unauthenticated):
        await catalogue.log_in(added.person.master_id, PASSWORD, None, "192.0.2.1")
    while await contracts.carry_out_ends(9):
        pass
    (owed,) = await audited.reads.returns(EVERYTHING)
    assert (owed.unit_return.unit_id, owed.unit_return.exchange) == (NEW_2, None)
    view = await audited.reads.contract(EVERYTHING, tenant)
    assert view is not None
    assert (view.contract.ended_at, view.delegates) == (world.clock.wall(), ())

    await world.passes(90 * DAY)
    assert await contracts.erase_contracts(9) == 1
    raw = world.database.read_bytes() + world.database.with_name(f"{world.database.name}-wal").read_bytes()
    assert [text for text in ("一郎", "二郎", "2F 鈴木", "様方") if text.encode() in raw] == []
    assert all(isinstance(one, ChainHolds) for one in verify(chain_rows(world.database), []))
    actions = [record_in(line)["action"] for line in await audited.lines("nxm000000009")]
    assert actions[0] == "add_contract"
    assert actions[-3:] == ["carry_out_contract_end", "carry_out_adapter_end", "erase_contract"]
    # Whose the contract was, and what is still owed, stays on record.
    assert await audited.reads.customer(EVERYTHING, customer.customer_code) is not None
    assert (await audited.reads.returns(EVERYTHING))[0].unit_return.number == owed.unit_return.number


class _Killed(Exception):
    pass


class DyingStore:
    """Dies in one transaction, after its work was done and before it is durable."""

    def __init__(self, store: Any, dies_in: int) -> None:
        self.store, self.left = store, dies_in

    async def batch(self, scope: Any, work: Callable[[Batch], Any]) -> Any:
        self.left -= 1

        def whole(batch: Batch) -> Any:
            answer = work(batch)
            if self.left < 0:
                raise _Killed
            return answer

        return await self.store.batch(scope, whole)


async def ended(audited: Audited) -> None:
    await until(audited.world, SENDBACK, ExchangeState.ARRIVED)
    await audited.catalogue.contracts.add_delegate(MINE, TENANT, Naming(name="Sato", telephone="06-1"))
    await audited.catalogue.contracts.end_contract(DORA, TENANT, None, "x")


def without_times(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, int]:
    return {name: len(found) for name, found in rows.items()}


async def test_a_host_that_is_killed_in_any_transaction_ends_the_contract_all_the_same(tmp_path: Path) -> None:
    """Whatever was written before stays, what was not is done by the next run, and nothing is done twice."""
    wanted = None
    for dies_in in (99, *range(6)):
        folder = tmp_path / str(dies_in)
        folder.mkdir()
        async with open_audited(folder) as audited:
            await ended(audited)
            world = audited.world

            async def runs(store: Any, world: Any = world) -> None:
                await carry_out_ends(9, store=store, clock=world.clock, policy=world.policy)
                after = 90 * DAY * 1000
                await erase_contracts(9, store=store, clock=world.clock, hasher=PlainHasher(), after_ms=after)

            await _killed_or_done(lambda: runs(DyingStore(world.store, dies_in)))  # noqa: B023 - awaited at once
            await runs(world.store)
            await world.workers()
            counted = without_times(dump(world.database))
            wanted = wanted or counted
            assert counted == wanted, dies_in


async def test_a_host_that_is_killed_in_an_erasure_erases_all_the_same(audited: Audited) -> None:
    await ended(audited)
    world = audited.world
    await carry_out_ends(9, store=world.store, clock=world.clock, policy=world.policy)
    await world.passes(90 * DAY)

    async def erase(store: Any) -> int:
        return await erase_contracts(9, store=store, clock=world.clock, hasher=PlainHasher(), after_ms=90 * DAY * 1000)

    with pytest.raises(_Killed):
        await erase(DyingStore(world.store, 1))
    (delegate,) = await audited.reads.delegates(EVERYTHING, TENANT)
    assert delegate.name == "Sato"
    assert await erase(world.store) == 1
    assert await erase(world.store) == 0
    (delegate,) = await audited.reads.delegates(EVERYTHING, TENANT)
    assert delegate.name == ""
    assert all(isinstance(one, ChainHolds) for one in verify(chain_rows(world.database), []))


async def _killed_or_done(run: Callable[[], Awaitable[None]]) -> None:
    try:
        await run()
    except _Killed:
        return


async def test_an_ended_contract_takes_nothing_new(audited: Audited) -> None:
    await audited.catalogue.contracts.end_contract(DORA, TENANT, None, "x")
    with pytest.raises(NotFound):
        await audited.catalogue.end_adapter(DORA, "nxe999999999", None, "x")
    await audited.catalogue.contracts.carry_out_ends(9)
    for at in (None, audited.world.clock.wall() + 1):
        with pytest.raises(Conflict) as told:
            await audited.catalogue.end_adapter(DORA, CODE, at, "goes on")
        assert told.value.code == "contract_ended"
