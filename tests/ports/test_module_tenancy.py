"""Config modules are read and written within a scope, on every backend; a unit may fetch what its own pushes hold."""

from contextlib import suppress

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.module import ModuleMark
from servicehost.domain.push import Phase
from servicehost.ports.modules import ModuleBatch, ModuleReads, ModuleWrites
from tests.builders.estate import DIGEST, Estate, a_push, a_revision, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_tenancy import arrival_of

RAW = b"\x00\x01binary"
RAW_DIGEST = "sha256:" + "ab" * 32


def verbs_of(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(ModuleWrites) == {"revision_sets", "adapters_at", "add_module_body"}
    assert verbs_of(ModuleBatch) == {"module_bodies"}
    assert verbs_of(ModuleReads) == {"revision_set", "module_body", "offered_body"}


async def with_a_module(backend: Backend, estate: Estate) -> None:
    """Module 1 of revision 1, and a push of both."""
    other = a_revision(
        estate.service_code, estate.management_code, module=1, digest=RAW_DIGEST, size_bytes=len(RAW), kind="binary"
    )
    manifest = tuple(ModuleMark.of(one) for one in (a_revision(estate.service_code, estate.management_code), other))
    async with backend.store.transaction(EVERYTHING) as tx:
        await tx.add_module_body(estate.management_code, RAW_DIGEST, RAW)
        await tx.add_module_body(estate.management_code, RAW_DIGEST, RAW)  # again: harmless
        await tx.add_revisions([other])
        await tx.add_pushes([a_push(estate.service_code, estate.management_code, modules=manifest)])


async def test_a_revision_is_read_back_whole(backend: Backend) -> None:
    mine = await build_estate(backend.store, 1)
    await with_a_module(backend, mine)
    found = await backend.reads.revision_set(mine.scope, mine.service_code, 1)
    assert [(one.module, one.kind) for one in found] == [(0, "text"), (1, "binary")]
    async with backend.store.transaction(mine.scope) as tx:
        sets = await tx.revision_sets([(mine.service_code, 1), (mine.service_code, 2)])
    assert {code: [one.module for one in ones] for code, ones in sets.items()} == {mine.service_code: [1]}
    for digest, body in ((DIGEST, b"hostname one\n"), (RAW_DIGEST, RAW)):
        assert await backend.reads.module_body(mine.scope, mine.management_code, digest) == body


async def test_the_startup_set_is_kept_with_its_modules(backend: Backend) -> None:
    mine = await build_estate(backend.store, 1)
    marks = (ModuleMark(module=0, revision=1, digest=DIGEST, size_bytes=3),)
    for modules in (marks, ()):
        await backend.store.batch(
            EVERYTHING,
            lambda b, m=modules: b.set_startup([(mine.service_code, 1, DIGEST)], {mine.service_code: m}),  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        )
        places = await backend.store.batch(
            EVERYTHING, lambda b: b.places_by_distribution_id([mine.unit.distribution_id])
        )
        assert places[mine.unit.distribution_id].startup_modules == modules
        view = await backend.reads.adapter(mine.scope, mine.service_code)
        assert view is not None
        assert view.startup_modules == modules


async def test_modules_of_another_customer_are_not_there(backend: Backend) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    await with_a_module(backend, theirs)
    before = backend.dump()
    assert await backend.reads.revision_set(mine.scope, theirs.service_code, 1) == []
    assert await backend.reads.module_body(mine.scope, theirs.management_code, RAW_DIGEST) is None
    wanted = {(theirs.management_code, RAW_DIGEST)}
    assert await backend.store.batch(mine.scope, lambda batch: batch.module_bodies(wanted)) == {}
    assert await backend.store.batch(EVERYTHING, lambda batch: batch.module_bodies(wanted)) != {}
    async with backend.store.transaction(mine.scope) as tx:
        assert await tx.revision_sets([(theirs.service_code, 1)]) == {}
    with suppress(NotFound):
        async with backend.store.transaction(mine.scope) as tx:
            await tx.add_module_body(theirs.management_code, "sha256:new", b"x")
    assert backend.dump() == before


async def test_a_unit_may_fetch_what_an_open_push_of_its_own_adapter_holds(backend: Backend) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    await with_a_module(backend, theirs)
    find = backend.reads.offered_body
    found = await find(theirs.unit.distribution_id, "fingerprint-1", RAW_DIGEST)
    assert found is not None
    assert (found.management_code, found.digest) == (theirs.management_code, RAW_DIGEST)
    assert await find(mine.unit.distribution_id, "fingerprint-2", RAW_DIGEST) is None
    assert await find(theirs.unit.distribution_id, "fingerprint-1", "sha256:" + "00" * 32) is None
    async with backend.store.transaction(EVERYTHING) as tx:
        pushes = (await tx.open_pushes([theirs.service_code], 0))[theirs.service_code]
        await tx.save_pushes([msgspec.structs.replace(one, phase=Phase.CANCELLED) for one in pushes])
    assert await find(theirs.unit.distribution_id, "fingerprint-1", RAW_DIGEST) is None


@pytest.mark.parametrize("digest", ["", "sha256:zz"])
async def test_what_is_no_digest_is_no_body(backend: Backend, digest: str) -> None:
    mine = await build_estate(backend.store, 1)
    assert await backend.reads.module_body(mine.scope, mine.management_code, digest) is None


async def test_who_operates_through_an_adapter_is_told_by_the_address_of_its_session(backend: Backend) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    for estate, address in ((theirs, "192.0.2.1:50000"), (mine, "192.0.2.10:50001")):
        arrival = msgspec.structs.replace(arrival_of(estate), remote_address=address)
        await backend.store.batch(EVERYTHING, lambda batch, one=arrival: batch.arrive([one]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    codes = [theirs.service_code, mine.service_code]
    async with backend.store.transaction(EVERYTHING) as tx:
        assert await tx.adapters_at("192.0.2.1", codes) == [theirs.service_code]
        assert await tx.adapters_at("192.0.2.1", [mine.service_code]) == []
        assert await tx.adapters_at("192.0.2", codes) == []
    async with backend.store.transaction(mine.scope) as tx:
        assert await tx.adapters_at("192.0.2.1", codes) == []
