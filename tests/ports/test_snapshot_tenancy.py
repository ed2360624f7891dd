"""Snapshots: outside its scope a caller finds nothing and changes nothing; inside they are read back as they were."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.snapshot import Member, MemberNow, ModuleAt, Snapshot
from servicehost.ports.snapshots import SnapshotReads, SnapshotWrites
from tests.builders.estate import DIGEST, Estate, a_revision, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, verbs_of
from tests.ports.test_tenancy import arrival_of


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with a snapshot."""

    estate: Estate
    snapshot: Snapshot


def a_snapshot(estate: Estate, name: str = "before") -> Snapshot:
    tenant = estate.management_code
    return Snapshot(number=0, management_code=tenant, name=name, reason="", taken_by="anna", taken_at=1, members=1)


def a_member(estate: Estate) -> Member:
    return Member(service_code=estate.service_code, working=1, running=(ModuleAt(module=0, revision=1),))


async def build(backend: Backend, number: int) -> Held:
    estate = await build_estate(backend.store, number)
    async with backend.store.transaction(EVERYTHING) as tx:
        added = await tx.add_snapshot(a_snapshot(estate), [a_member(estate)])
    return Held(estate=estate, snapshot=added)


TRANSACTION: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "codes_of_contract": lambda tx, t, m: tx.codes_of_contract(t.estate.management_code, 9),
    "configs_now": lambda tx, t, m: tx.configs_now([t.estate.service_code]),
    "revisions_at": lambda tx, t, m: tx.revisions_at([(t.estate.service_code, 1)]),
    "snapshot": lambda tx, t, m: tx.snapshot(t.snapshot.number),
    "snapshot_named": lambda tx, t, m: tx.snapshot_named(t.estate.management_code, "before"),
    "snapshot_members": lambda tx, t, m: tx.snapshot_members(t.snapshot.number),
    "snapshots_kept": lambda tx, t, m: tx.snapshots_kept(t.estate.management_code),
    "add_snapshot": lambda tx, t, m: tx.add_snapshot(a_snapshot(t.estate, "x"), []),
    "set_first_startup": lambda tx, t, m: tx.set_first_startup(t.estate.service_code, 9, DIGEST, ()),
    "drop_snapshot": lambda tx, t, m: tx.drop_snapshot(t.snapshot.number),
}
READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "snapshots": lambda r, t, s: r.snapshots(s, management_code=t.estate.management_code),
    "snapshot_numbered": lambda r, t, s: r.snapshot_numbered(s, t.snapshot.number),
    "revision_history": lambda r, t, s: r.revision_history(s, t.estate.service_code),
    "members_now": lambda r, t, s: r.members_now(s, t.snapshot.number),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(SnapshotWrites) == set(TRANSACTION)
    assert verbs_of(SnapshotReads) == set(READS)


async def test_nothing_of_another_customer_is_reached(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    for call in TRANSACTION.values():
        with suppress(NotFound):
            async with real.store.transaction(mine.estate.scope) as tx:
                assert await call(tx, theirs, mine) in (*NOTHING, 0)
    for call in READS.values():
        assert await call(real.reads, theirs, mine.estate.scope) in NOTHING
    assert real.dump() == before
    for call in READS.values():
        assert await call(real.reads, theirs, theirs.estate.scope) not in NOTHING


async def test_a_snapshot_holds_adapters_of_its_own_contract_and_its_name_once(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    with pytest.raises(NotFound, match="not of"):
        async with real.store.transaction(EVERYTHING) as tx:
            await tx.add_snapshot(a_snapshot(mine.estate, "x"), [a_member(theirs.estate)])
    with pytest.raises(Conflict, match="already"):
        async with real.store.transaction(EVERYTHING) as tx:
            await tx.add_snapshot(a_snapshot(mine.estate), [])


async def test_what_an_adapter_has_now_is_told_beside_what_it_had(real: Backend) -> None:
    held = await build(real, 1)
    code, tenant = held.estate.service_code, held.estate.management_code
    other = a_revision(code, tenant, revision=2)
    async with real.store.transaction(EVERYTHING) as tx:
        await tx.add_revisions([other, a_revision(code, tenant, revision=2, module=1)])
    ours, forged = Mark(revision=2, digest=DIGEST), Mark(revision=2, digest="sha256:" + "0" * 64)
    said = (ModuleState(running=ours), ModuleState(module=1, running=forged))
    arrival = msgspec.structs.replace(arrival_of(held.estate), modules=said)
    await real.store.batch(EVERYTHING, lambda batch: batch.arrive([arrival]))
    (found,) = await real.reads.members_now(held.estate.scope, held.snapshot.number)
    now = Member(service_code=code, working=2, startup=found.now.startup, running=(ModuleAt(module=0, revision=2),))
    assert found == MemberNow(then=a_member(held.estate), now=now)
    async with real.store.transaction(held.estate.scope) as tx:
        assert await tx.configs_now([code, "nxe999999999"]) == [now]
        kept = await tx.revisions_at([(code, 2), (code, 9)])
        assert {key: [one.module for one in rows] for key, rows in kept.items()} == {(code, 2): [0, 1]}
        await tx.drop_snapshot(held.snapshot.number)
    assert await real.reads.snapshots(held.estate.scope) == []
