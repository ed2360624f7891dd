"""What is known against startup configs is read and written within a scope, on every backend."""

from contextlib import suppress

from servicehost.domain.config import Mark
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.module import ModuleMark
from servicehost.domain.startup import StartupProof
from servicehost.ports.startups import StartupBatch
from tests.builders.estate import DIGEST, Estate, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_module_tenancy import verbs_of

OTHER = "sha256:" + "1" * 64


def proof_of(estate: Estate) -> StartupProof:
    return StartupProof(
        service_code=estate.service_code,
        management_code=estate.management_code,
        push=7,
        good=Mark(revision=1, digest=OTHER),
        good_modules=(ModuleMark(module=0, revision=1, digest=OTHER, size_bytes=3),),
        failures=2,
        unit_id=estate.unit.unit_id,
        boot_id="b",
        failed=Mark(revision=3, digest=OTHER),
    )


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(StartupBatch) == {"startups", "save_startup_proofs"}


async def test_what_is_known_comes_back_and_goes_with_the_next_confirmed_config(backend: Backend) -> None:
    mine = await build_estate(backend.store, 1)
    proof = proof_of(mine)

    async def known() -> StartupProof | None:
        found = await backend.store.batch(EVERYTHING, lambda b: b.startups([mine.service_code, "nxe000000009"]))
        return found[mine.service_code].proof

    assert await known() is None
    for saved in (StartupProof(service_code=mine.service_code, management_code=mine.management_code), proof):
        await backend.store.batch(mine.scope, lambda b, one=saved: b.save_startup_proofs([one]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert await known() == saved
    places = await backend.store.batch(EVERYTHING, lambda b: b.places_by_distribution_id([mine.unit.distribution_id]))
    place = places[mine.unit.distribution_id]
    assert (place.unproven_push, place.startup_failed, place.startup_failed_boot) == (7, OTHER, "b")
    assert place.startup_failed_on == mine.unit.unit_id
    await backend.store.batch(EVERYTHING, lambda b: b.set_startup([(mine.service_code, 1, DIGEST)]))
    assert await known() is None


async def test_of_another_customer_nothing_is_read_or_written(backend: Backend) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    await backend.store.batch(EVERYTHING, lambda b: b.save_startup_proofs([proof_of(theirs)]))
    before = backend.dump()
    assert await backend.store.batch(mine.scope, lambda b: b.startups([theirs.service_code])) == {}
    with suppress(NotFound):
        changed = StartupProof(service_code=theirs.service_code, management_code=theirs.management_code)
        await backend.store.batch(mine.scope, lambda b: b.save_startup_proofs([changed]))
    await backend.store.batch(mine.scope, lambda b: b.set_startup([(theirs.service_code, 9, DIGEST)]))
    assert backend.dump() == before
