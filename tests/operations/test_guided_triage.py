"""A guided triage on a real store: what units did is evidence, what people answer changes what is proposed."""

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.domain.evidence import Nearness, TriagePolicy
from servicehost.domain.fact_kind import Cause
from servicehost.domain.presence import Presence
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage import Triage, guided
from servicehost.domain.triage_question import AnswerSource, Question, Reply, TriageReply
from servicehost.domain.unit import Adapter, Binding
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.set_terms import Terms
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, OLD, STRANGER, SUPPORT, TENANT, Field, World

Q, R = Question, Reply


NEIGHBOUR = "nxe000000077"


async def seen(world: Field, fault: int = 1) -> Triage:
    record = await world.store.batch(EVERYTHING, lambda batch: batch.triage_record(fault))
    assert record is not None
    return guided(record, world.clock.wall(), TriagePolicy())


def word(question: Question, reply: Reply, note: str = "") -> TriageReply:
    return TriageReply(question=question, reply=reply, note=note)


async def _falls_silent(world: Field, *unit_ids: int) -> None:
    for unit_id in unit_ids:
        await world.falls_silent(unit_id)
    await world.passes(700)
    await world.ops.suspect_silence(600_000)


async def _neighbour(world: Field, location: str) -> None:
    """The other unit serves another adapter of the contract."""
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.add_adapter(Adapter(service_code=NEIGHBOUR, management_code=TENANT, memo="", created_at=0))
        await tx.bind(
            Binding(
                number=0, service_code=NEIGHBOUR, management_code=TENANT, unit_id=NEW, bound_at=0, reason="installed"
            )
        )
    for code in (CODE, NEIGHBOUR):
        await world.ops.set_terms(DISPATCHER, code, Terms(declared_location=location))


async def test_the_last_reports_their_gaps_and_the_ending_are_known_of_a_unit_that_fell_silent(
    case_world: World,
) -> None:
    await case_world.hello(OLD, cause="watchdog")
    for gap in (30, 30, 31, 30, 95):
        await case_world.passes(gap)
        await case_world.reports(OLD, times=1)
    await _falls_silent(case_world, OLD)
    evidence = (await seen(case_world)).evidence
    assert (evidence.presence, evidence.ending, evidence.boot_cause) == (Presence.DISCONNECTED, "silent", "watchdog")
    assert [round(gap / 1000) for gap in evidence.gaps_ms] == [30, 30, 31, 30, 95]
    assert evidence.status is not None
    assert [boot.cause for boot in evidence.boots] == ["watchdog"]
    assert evidence.has(SymptomKind.SILENCE)


async def test_only_the_last_gaps_are_kept_however_many_reports_there_were(case_world: World) -> None:
    await case_world.hello(OLD)
    for seconds in range(30, 60):
        await case_world.passes(seconds)
        await case_world.reports(OLD, times=1)
    await _falls_silent(case_world, OLD)
    gaps = [round(gap / 1000) for gap in (await seen(case_world)).evidence.gaps_ms]
    assert gaps == list(range(52, 60))


async def test_a_neighbour_of_the_site_that_is_gone_too_speaks_for_the_line(case_world: World) -> None:
    await _neighbour(case_world, "Tokyo 1-1")
    await case_world.hello(OLD)
    await case_world.hello(NEW)
    await _falls_silent(case_world, OLD, NEW)
    triage = await seen(case_world)
    assert [(one.nearness, one.gone_together) for one in triage.evidence.neighbours] == [(Nearness.SITE, 1)]
    assert (triage.proposal.cause, triage.proposal.rule) == (Cause.NOT_HARDWARE, "neighbours_gone")


async def test_a_neighbour_that_is_still_heard_speaks_against_it(case_world: World) -> None:
    await _neighbour(case_world, "Tokyo 1-1")
    await case_world.hello(OLD)
    await case_world.hello(NEW)
    await _falls_silent(case_world, OLD)
    triage = await seen(case_world)
    assert [(one.nearness, one.heard) for one in triage.evidence.neighbours] == [(Nearness.SITE, 1)]
    assert triage.proposal.rule is None


async def test_answers_of_both_sources_stand_with_author_and_time_and_change_what_is_proposed(
    case_world: World,
) -> None:
    await case_world.hello(OLD)
    await _falls_silent(case_world, OLD)
    first = await case_world.ops.triage.answer(MANAGER, 1, word(Q.SITE_POWER, R.YES))
    assert first.proposal.cause is None
    second = await case_world.ops.triage.answer(SUPPORT, 1, word(Q.POWER_LAMP, R.DARK, "he looked twice"))
    assert (second.proposal.cause, second.proposal.rule) == (Cause.NATURAL, "dark_with_power")
    answers = [answer for asked in second.questions for answer in asked.answers]
    assert [(one.question, one.source, one.author, one.note) for one in answers] == [
        (Q.SITE_POWER, AnswerSource.OPERATION_MANAGER, MANAGER.master_id, ""),
        (Q.POWER_LAMP, AnswerSource.SUPPORT_BY_PHONE, SUPPORT.master_id, "he looked twice"),
    ]
    assert {one.at for one in answers} == {case_world.clock.wall()}
    assert second == await seen(case_world)
    events = await case_world.reads.events(EVERYTHING, newest_first=True, limit=1)
    assert (events[0].sub_type, events[0].detail["reply"], "note" in events[0].detail) == (
        "triage_answered", "dark", False
    )  # fmt: skip


async def test_a_decision_against_the_proposal_needs_a_reason_and_keeps_what_was_proposed(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "hardware_alarm", "flash")
    with pytest.raises(Conflict) as refused:
        await case_world.ops.record_triage(SUPPORT, 1, Cause.MODIFICATION, "another flash chip")
    assert refused.value.code == "reason_needed"
    assert (await seen(case_world)).findings == ()

    await case_world.ops.record_triage(SUPPORT, 1, Cause.MODIFICATION, "another flash chip", "seen on a picture")
    (finding,) = (await seen(case_world)).findings
    assert (finding.cause, finding.proposed, finding.rule, finding.reason) == (
        "modification", "natural", "hardware_spoke", "seen on a picture"
    )  # fmt: skip


async def test_a_decision_that_follows_the_proposal_needs_none(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "hardware_alarm", "flash")
    await case_world.ops.triage.answer(MANAGER, 1, word(Q.WATER, R.YES))
    fault = await case_world.ops.record_triage(SUPPORT, 1, Cause.ACCIDENT, "he spilt his tea")
    assert fault.cause is Cause.ACCIDENT


async def test_nobody_answers_for_another_customer_and_no_reply_is_taken_that_is_none(case_world: World) -> None:
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    with pytest.raises(NotFound):
        await case_world.ops.triage.answer(STRANGER, 1, word(Q.WATER, R.NO))
    with pytest.raises(NotFound):
        await case_world.ops.triage.answer(MANAGER, 9, word(Q.WATER, R.NO))
    with pytest.raises(Invalid):
        await case_world.ops.triage.answer(MANAGER, 1, word(Q.WATER, R.LIT))
    with pytest.raises(Forbidden):
        await case_world.ops.record_triage(MANAGER, 1, Cause.NATURAL, "I think so")
    assert all(not asked.answers for asked in (await seen(case_world)).questions)
