"""On-site rights: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.errors import NotFound
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, SiteState, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.option import OptionRequest, OptionState
from servicehost.domain.standing import RightRecord
from servicehost.ports.rights import RightReads, Rights
from servicehost.ports.store import Batch
from tests.domain.test_option import a_location, a_request
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

replace = msgspec.structs.replace
UNMANNED = Fact(
    name=FactName.SITE, value=SiteState.UNMANNED, source=Source.REQUESTER, time=as_datetime(3), author="anna"
)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's adapter with a location that waits to be carried over, and an option that waits."""

    case: Case
    location: DeclaredLocation
    request: OptionRequest


async def build(backend: Backend, number: int) -> Held:
    case = await build_case(backend, number)
    whose = {"management_code": case.tenant, "service_code": case.code}

    def work(batch: Batch) -> Held:
        location = batch.add_declared_location(replace(a_location(0), **whose))
        request = replace(a_request(OptionState.WAITING, None, location.number), **whose)
        return Held(case=case, location=location, request=batch.add_option_request(request))

    return await backend.store.batch(EVERYTHING, work)


RIGHTS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "right_record": lambda b, t, m: b.right_record(t.case.code),
    "add_declared_location": lambda b, t, m: b.add_declared_location(t.location),
    "due_locations": lambda b, t, m: [one for one in b.due_locations(99, 9) if one.service_code == t.case.code],
    "mark_location_applied": lambda b, t, m: b.mark_location_applied(t.location.number, 7),
    "add_option_request": lambda b, t, m: b.add_option_request(t.request),
    "save_option_request": lambda b, t, m: b.save_option_request(replace(t.request, state=OptionState.REFUSED)),
    "add_site_statement": lambda b, t, m: b.add_site_statement(t.case.tenant, t.case.code, UNMANNED, ""),
}


async def _records(reads: Any, theirs: Held, scope: Any) -> list[RightRecord]:
    return list((await reads.right_records(scope, [theirs.case.code])).values())


READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "right_records": _records,
    "declared_locations": lambda r, t, s: r.declared_locations(s, t.case.code),
}


@pytest.mark.parametrize(("protocol", "table"), [(Rights, RIGHTS), (RightReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", RIGHTS)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: RIGHTS[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", RIGHTS)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.case.scope, lambda batch: RIGHTS[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_nothing_of_mine_hangs_on_an_adapter_of_theirs(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    disguised = replace(theirs.location, management_code=mine.case.tenant)
    with pytest.raises(NotFound):
        await real.store.batch(mine.case.scope, lambda batch: batch.add_declared_location(disguised))
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS[verb](real.reads, theirs, mine.case.scope) in NOTHING
    assert await READS[verb](real.reads, theirs, theirs.case.scope) not in NOTHING


async def test_a_record_has_every_location_the_newest_request_and_the_last_word_of_each_source(real: Backend) -> None:
    held = await build(real, 1)
    code, tenant = held.case.code, held.case.tenant
    later = replace(UNMANNED, value=SiteState.STAFFED, time=as_datetime(9))

    def work(batch: Batch) -> RightRecord | None:
        batch.add_declared_location(replace(held.location, effective_at=20))
        batch.add_option_request(replace(held.request, state=OptionState.ATTACHED))
        batch.add_site_statement(tenant, code, UNMANNED, "")
        batch.add_site_statement(tenant, code, replace(UNMANNED, source=Source.SITE), "")
        batch.add_site_statement(tenant, code, later, "")
        return batch.right_record(code)

    record = await real.store.batch(EVERYTHING, work)
    assert record is not None
    assert [one.effective_at for one in record.locations] == [10, 20]
    assert record.request is not None
    assert record.request.state is OptionState.ATTACHED
    assert [(one.source, one.value) for one in record.statements] == [
        (Source.SITE, SiteState.UNMANNED),
        (Source.REQUESTER, SiteState.STAFFED),
    ]
    assert (await real.reads.right_records(EVERYTHING, [code]))[code] == record
