"""A person decides, seeing what is proposed; and who may answer what."""

import msgspec
import pytest

from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.evidence import Evidence, SymptomSeen, TriageFinding, TriagePolicy, TriageRecord
from servicehost.domain.fact_kind import Cause, FactName, Source
from servicehost.domain.fault import Fault, FaultEnd, FaultPhase, opened
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Role
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage import Triage, TriageWord, guided, triage
from servicehost.domain.triage_question import Answer, AnswerSource, Question, Reply, TriageReply, answered, asked
from tests.builders.world import DISPATCHER, MANAGER, SUPPORT
from tests.domain.triages import said, symptom

P = FaultPhase


def fault(phase: FaultPhase = P.OPEN) -> Fault:
    made = opened("nxe000000001", "nxm000000001", 1, phase, 5)
    return msgspec.structs.replace(made, reason=FaultEnd.EXCHANGED if phase is P.CLOSED else None)


def seen(
    *answers: Answer, phase: FaultPhase = P.OPEN, symptoms: tuple[SymptomSeen, ...] = (symptom(SymptomKind.SILENCE),)
) -> Triage:
    record = TriageRecord(fault=fault(phase), location="", symptoms=symptoms, answers=answers)
    return guided(record, 20, TriagePolicy())


def word(cause: Cause, evidence: str = "seen", author: str = "desk", reason: str = "") -> TriageWord:
    return TriageWord(cause=cause, evidence=evidence, author=author, at=10, reason=reason)


ALARM = (symptom(SymptomKind.HARDWARE_ALARM),)


def test_triage_states_the_cause_with_its_author_and_corrects_itself() -> None:
    first, fact, _ = triage(seen(symptoms=ALARM), word(Cause.NATURAL, "flash worn out", "desk-1"))
    again = msgspec.structs.replace(seen(said(Question.WATER, Reply.YES), symptoms=ALARM), fault=first)
    second, _, _ = triage(again, word(Cause.ACCIDENT, "water inside", "desk-2"))

    assert (fact.name, fact.value, fact.source, fact.author) == (FactName.CAUSE, Cause.NATURAL, Source.TRIAGE, "desk-1")
    assert fact.time == as_datetime(10)
    assert (first.phase, first.changed_at, second.cause) == (P.TRIAGED, 10, Cause.ACCIDENT)


def test_what_was_proposed_and_the_evidence_as_it_stood_are_kept_with_the_decision() -> None:
    _, _, finding = triage(seen(symptoms=ALARM), word(Cause.NATURAL))
    assert (finding.cause, finding.proposed, finding.rule) == ("natural", "natural", "hardware_spoke")
    assert msgspec.json.decode(finding.seen, type=Evidence).has(SymptomKind.HARDWARE_ALARM)


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.NATURAL])
def test_a_decision_against_the_proposal_needs_a_reason(cause: Cause) -> None:
    with pytest.raises(Conflict, match="hardware_spoke") as refused:
        triage(seen(symptoms=ALARM), word(cause, reason=" "))
    assert refused.value.code == "reason_needed"
    after, _, finding = triage(seen(symptoms=ALARM), word(cause, reason="the lid was off"))
    assert (after.cause, finding.proposed, finding.reason) == (cause, "natural", "the lid was off")


@pytest.mark.parametrize("cause", Cause)
def test_where_nothing_is_proposed_any_finding_stands_by_its_evidence_alone(cause: Cause) -> None:
    nothing = seen(symptoms=())
    assert nothing.proposal.cause is None
    _, _, finding = triage(nothing, word(cause))
    assert (finding.cause, finding.proposed, finding.rule) == (cause, None, None)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (word(Cause.NATURAL, ""), "no_evidence"),
        (word(Cause.NATURAL, " \n"), "no_evidence"),
        (word(Cause.NATURAL, "x" * 1_001), "evidence_too_long"),
        (word(Cause.NATURAL, reason="x" * 1_001), "reason_too_long"),
    ],
)
def test_triage_needs_evidence_that_can_be_read(told: TriageWord, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        triage(seen(symptoms=ALARM), told)
    assert refused.value.code == code


def test_a_closed_fault_is_neither_triaged_nor_asked_about() -> None:
    with pytest.raises(Conflict, match="exchanged"):
        triage(seen(phase=P.CLOSED, symptoms=ALARM), word(Cause.NATURAL))
    with pytest.raises(Conflict, match="exchanged"):
        answered(fault(P.CLOSED), TriageReply(question=Question.WATER, reply=Reply.YES), MANAGER, 1)


def test_the_findings_so_far_stand_with_the_triage() -> None:
    finding = TriageFinding(fault=1, author="desk", at=1, cause="natural", proposed=None, rule=None, reason="")
    record = TriageRecord(fault=fault(), location="", findings=(finding,))
    assert guided(record, 20, TriagePolicy()).findings == (finding,)


@pytest.mark.parametrize(
    ("actor", "source"),
    [
        (MANAGER, AnswerSource.OPERATION_MANAGER),
        (SUPPORT, AnswerSource.SUPPORT_BY_PHONE),
        (DISPATCHER, AnswerSource.SUPPORT_BY_PHONE),
    ],
)
def test_whose_word_an_answer_is_follows_from_who_enters_it(actor: Actor, source: AnswerSource) -> None:
    answer = answered(fault(), TriageReply(question=Question.LINE_LAMP, reply=Reply.DARK, note="ONU"), actor, 7)
    assert (answer.source, answer.author, answer.at, answer.note) == (source, actor.master_id, 7, "ONU")
    assert (actor.role is Role.OPERATION_MANAGER) == (source is AnswerSource.OPERATION_MANAGER)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (TriageReply(question=Question.WATER, reply=Reply.DARK), "bad_answer"),
        (TriageReply(question=Question.POWER_LAMP, reply=Reply.YES), "bad_answer"),
        (TriageReply(question=Question.WATER, reply=Reply.YES, note="x" * 1_001), "note_too_long"),
    ],
)
def test_a_reply_that_the_question_does_not_have_is_refused(reply: TriageReply, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        answered(fault(), reply, MANAGER, 1)
    assert refused.value.code == code


def test_the_later_answer_of_a_source_corrects_its_earlier_one() -> None:
    standing = asked([said(Question.WATER, Reply.YES, at=1), said(Question.WATER, Reply.NO, at=2)])
    assert [answer.at for answer in standing[Question.WATER].answers] == [2]
    assert standing[Question.WATER].reply is Reply.NO
    assert (standing[Question.OPENED].answers, standing[Question.OPENED].reply) == ((), None)


def test_sources_that_differ_leave_the_question_open_and_both_are_shown() -> None:
    phone = said(Question.WATER, Reply.YES, AnswerSource.SUPPORT_BY_PHONE, at=1)
    standing = asked([said(Question.WATER, Reply.NO, at=2), phone])[Question.WATER]
    assert (standing.reply, standing.differs) == (None, True)
    assert [answer.at for answer in standing.answers] == [1, 2]
