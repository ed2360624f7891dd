"""Errands: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.errand import Driver, Errand
from servicehost.domain.errors import NotFound
from servicehost.ports.errands import ErrandReads, Errands
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

replace = msgspec.structs.replace


def an_errand(case: Case, **fields: Any) -> Errand:
    whose = {"service_code": case.code, "management_code": case.tenant}
    return Errand(**({"exchange": case.exchange.exchange, "changed_at": 1} | whose | fields))


async def build(backend: Backend, number: int) -> Case:
    case = await build_case(backend, number)
    await backend.store.batch(case.scope, lambda batch: batch.save_errand(an_errand(case)))
    return case


ERRANDS: Mapping[str, Callable[[Any, Case, Case], Any]] = {
    "errand": lambda b, t, m: b.errand(t.exchange.exchange),
    "save_errand": lambda b, t, m: b.save_errand(an_errand(t, tracking="4123")),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(Errands) == set(ERRANDS)
    assert verbs_of(ErrandReads) == {"errand"}


@pytest.mark.parametrize("verb", ERRANDS)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.scope, lambda batch: ERRANDS[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", ERRANDS)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.scope, lambda batch: ERRANDS[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_nothing_of_mine_hangs_on_an_exchange_of_theirs(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    disguised = replace(an_errand(mine), exchange=theirs.exchange.exchange, driver=Driver(name="x"))
    with pytest.raises(NotFound):
        await real.store.batch(mine.scope, lambda batch: batch.save_errand(disguised))
    assert real.dump() == before


async def test_reads_show_nothing_of_another_customer(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    number = theirs.exchange.exchange
    assert await real.reads.errand(mine.scope, number) is None
    found = await real.reads.errand(theirs.scope, number)
    assert found is not None
    assert found.errand == an_errand(theirs)


async def test_what_was_kept_comes_back_as_it_was(real: Backend) -> None:
    case = await build(real, 1)
    kept = an_errand(case, visit=3, target_at=9, driver=Driver(name="田中", telephone="1", company="c"), tracking="4")
    await real.store.batch(case.scope, lambda batch: batch.save_errand(kept))
    assert await real.store.batch(case.scope, lambda batch: batch.errand(case.exchange.exchange)) == kept
