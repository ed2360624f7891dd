"""Triages: outside its scope a caller finds nothing and changes nothing, and neighbours are of one's own contract."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.evidence import TriageFinding, TriageRecord
from servicehost.domain.triage_question import Answer, AnswerSource, Question, Reply
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.store import Batch
from servicehost.ports.triage import TriageBatch, TriageReads
from tests.builders.databases import dump, fresh_database, opened
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, a_symptom, build_case, verbs_of


def an_answer(case: Case) -> Answer:
    return Answer(
        fault=case.fault.fault,
        question=Question.WATER,
        reply=Reply.NO,
        source=AnswerSource.SUPPORT_BY_PHONE,
        author="desk",
        at=3,
        note="so he says",
    )


def a_finding(case: Case) -> TriageFinding:
    return TriageFinding(
        fault=case.fault.fault, author="desk", at=4, cause="loss", proposed="natural", rule="boot_loop", reason="gone"
    )


BATCH: Mapping[str, Callable[[Any, Case, Case], Any]] = {
    "triage_record": lambda b, t, m: b.triage_record(t.fault.fault),
    "add_triage_answer": lambda b, t, m: b.add_triage_answer(an_answer(t)),
    "add_triage_finding": lambda b, t, m: b.add_triage_finding(a_finding(t)),
}
READS: Mapping[str, Callable[[Any, Case, Any], Any]] = {
    "triage_record": lambda r, t, s: r.triage_record(s, t.fault.fault)
}


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Backend]:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        yield Backend(store=store, reads=reads, dump=lambda: dump(database))


@pytest.mark.parametrize(("protocol", "table"), [(TriageBatch, BATCH), (TriageReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert {name for name in verbs_of(protocol) if name in vars(protocol)} == set(table)


@pytest.mark.parametrize("verb", BATCH)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build_case(real, 1), await build_case(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.scope, lambda batch: BATCH[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", BATCH)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build_case(real, 1), await build_case(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.scope, lambda batch: BATCH[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_reads_show_nothing_of_another_customer(real: Backend) -> None:
    theirs, mine = await build_case(real, 1), await build_case(real, 2)
    assert await real.reads.triage_record(mine.scope, theirs.fault.fault) is None
    assert await real.reads.triage_record(theirs.scope, theirs.fault.fault) is not None


async def test_the_record_has_what_was_answered_and_decided_in_a_batch_as_in_a_read(real: Backend) -> None:
    case = await build_case(real, 1)

    def work(batch: Batch) -> TriageRecord | None:
        batch.add_symptom(case.fault.fault, a_symptom(case.code, case.tenant, case.unit))
        batch.add_triage_answer(an_answer(case))
        batch.add_triage_finding(a_finding(case))
        return batch.triage_record(case.fault.fault)

    record = await real.store.batch(EVERYTHING, work)
    assert record is not None
    assert (record.answers, record.findings) == ((an_answer(case),), (a_finding(case),))
    assert [one.first_at for one in record.symptoms] == [5]
    assert record.unit is not None
    assert await real.reads.triage_record(EVERYTHING, case.fault.fault) == record


async def test_neighbours_are_of_the_same_contract_and_another_customers_unit_is_nobodys_business(
    real: Backend,
) -> None:
    mine, theirs = await build_case(real, 1), await build_case(real, 2)
    async with real.store.transaction(EVERYTHING) as tx:
        unit = await tx.add_unit(Unit(unit_id=0, distribution_id="D-77", model="M1", serial="S77", registered_at=1))
        await tx.add_adapter(Adapter(service_code="nxe000000077", management_code=mine.tenant, memo="", created_at=1))
        await tx.bind(
            Binding(
                number=0,
                service_code="nxe000000077",
                management_code=mine.tenant,
                unit_id=unit.unit_id,
                bound_at=1,
                reason="",
            )
        )
    record = await real.reads.triage_record(EVERYTHING, mine.fault.fault)
    assert record is not None
    assert len(record.neighbours) == 1
    other = await real.reads.triage_record(EVERYTHING, theirs.fault.fault)
    assert other is not None
    assert other.neighbours == ()


async def test_what_a_unit_does_for_its_next_customer_is_not_in_the_record(real: Backend) -> None:
    mine, theirs = await build_case(real, 1), await build_case(real, 2)

    def work(batch: Batch) -> TriageRecord | None:
        batch.save_fault(msgspec.structs.replace(mine.fault, unit_id=theirs.unit.unit_id))
        return batch.triage_record(mine.fault.fault)

    record = await real.store.batch(EVERYTHING, work)
    assert record is not None
    assert (record.unit, record.boots, record.attempts) == (None, (), ())
