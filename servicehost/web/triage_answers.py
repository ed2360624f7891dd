"""Answers of the API about a guided triage. Times are RFC 3339, UTC."""

from typing import Any

import msgspec

from servicehost.domain.attempt import AttemptOutcome
from servicehost.domain.clue import Clue, Side
from servicehost.domain.evidence import Evidence, Nearness, NeighbourCount, OurTrouble, PushBefore, TriageFinding
from servicehost.domain.evidence_words import EvidenceLine, evidence_lines
from servicehost.domain.fact_kind import Cause
from servicehost.domain.instant import rfc3339
from servicehost.domain.presence import Presence
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage import Triage
from servicehost.domain.triage_proposal import Proposal, Reason, Where
from servicehost.domain.triage_question import QUESTIONS, REPLY_TEXTS, Answer, AnswerSource, Asked, Question, Reply
from servicehost.web.answers import Time, time_or_none
from servicehost.web.case_answers import FaultAnswer

__all__ = ["TriageAnswer"]


class SymptomLine(msgspec.Struct, frozen=True, kw_only=True):
    """A symptom of the fault."""

    kind: SymptomKind
    component: str
    evidence: str
    first_at: Time
    last_at: Time
    times: int


class BootLine(msgspec.Struct, frozen=True, kw_only=True):
    """The unit started."""

    cause: str
    at: Time


class AttemptLine(msgspec.Struct, frozen=True, kw_only=True):
    """The unit dialled after the trouble began. `reason` is a stable word."""

    at: Time
    outcome: AttemptOutcome
    reason: str


class ReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """The last report that was written down."""

    at: Time
    uptime_s: int
    cpu_percent: float
    memory_percent: float
    temperature_c: float | None
    health: dict[str, str]


class NeighbourLine(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbours of one nearness, each counted where it is nearest: those heard now, those that fell silent together
    with the unit, at another time, and those of which nothing is known."""

    nearness: Nearness
    heard: int
    gone_together: int
    gone: int
    unknown: int

    @classmethod
    def of(cls, count: NeighbourCount) -> "NeighbourLine":
        return cls(**msgspec.structs.asdict(count))


class PushLine(msgspec.Struct, frozen=True, kw_only=True):
    """The config that had gone to the unit shortly before."""

    push: int
    revision: int
    phase: str
    kind: str
    changed_at: Time
    ordered_by: str

    @classmethod
    def of(cls, push: PushBefore) -> "PushLine":
        return cls(**msgspec.structs.asdict(push) | {"changed_at": rfc3339(push.changed_at)})


class WordsLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is known, in words; `at` is the instant it is about."""

    at: Time | None
    text_ja: str
    text_en: str

    @classmethod
    def of(cls, line: EvidenceLine) -> "WordsLine":
        return cls(at=time_or_none(line.at), text_ja=line.words.ja, text_en=line.words.en)


class EvidenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine knows without asking; null: not known. `lines` say it in words."""

    began_at: Time
    symptoms: list[SymptomLine]
    presence: Presence
    heard_at: Time | None
    silent_since: Time | None
    ending: str | None
    our_trouble: OurTrouble | None
    boot_cause: str | None
    boots: list[BootLine]
    last_report: ReportLine | None
    report_gaps_s: list[float]
    neighbours: list[NeighbourLine]
    neighbours_complete: bool
    push: PushLine | None
    attempts: list[AttemptLine]
    certificate_trouble: str | None
    certificate_ends_at: Time | None
    lines: list[WordsLine]

    @classmethod
    def of(cls, seen: Evidence) -> "EvidenceAnswer":
        return cls(
            began_at=rfc3339(seen.began_at),
            symptoms=[_symptom(msgspec.structs.asdict(one)) for one in seen.symptoms],
            presence=seen.presence,
            heard_at=time_or_none(seen.heard_at),
            silent_since=time_or_none(seen.silent_since),
            ending=seen.ending,
            our_trouble=seen.our_trouble,
            boot_cause=seen.boot_cause,
            boots=[BootLine(cause=boot.cause, at=rfc3339(boot.at)) for boot in seen.boots],
            last_report=_last_report(seen),
            report_gaps_s=[gap / 1000 for gap in seen.gaps_ms],
            neighbours=[NeighbourLine.of(count) for count in seen.neighbours],
            neighbours_complete=seen.neighbours_complete,
            push=None if seen.push is None else PushLine.of(seen.push),
            attempts=[AttemptLine(at=rfc3339(a.at), outcome=a.outcome, reason=a.reason) for a in seen.attempts],
            certificate_trouble=seen.certificate_trouble,
            certificate_ends_at=time_or_none(seen.certificate_ends_at),
            lines=[WordsLine.of(line) for line in evidence_lines(seen)],
        )


def _symptom(fields: dict[str, Any]) -> SymptomLine:
    times = {name: rfc3339(fields[name]) for name in ("first_at", "last_at")}
    return SymptomLine(**fields | times)


def _last_report(seen: Evidence) -> ReportLine | None:
    status = seen.status
    if status is None:
        return None
    return ReportLine(
        at=rfc3339(status.reported_at),
        uptime_s=status.uptime_s,
        cpu_percent=status.cpu_percent,
        memory_percent=status.memory_percent,
        temperature_c=status.temperature_c,
        health=dict(status.health),
    )


class ReasonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is known and speaks: `holds` true or false, for `side` when true. `speaks_for`: for what is
    proposed (false: against it); null: nothing is proposed."""

    clue: Clue
    holds: bool
    side: Side
    speaks_for: bool | None
    text_ja: str
    text_en: str

    @classmethod
    def of(cls, reason: Reason) -> "ReasonLine":
        return cls(
            clue=reason.clue,
            holds=reason.holds,
            side=reason.side,
            speaks_for=reason.speaks_for,
            text_ja=reason.words.ja,
            text_en=reason.words.en,
        )


class ProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the evidence and the answers make likely. `cause` null is "unknown"; `where` says where the trouble is when
    it is not in the unit; `rule` is the first that holds. Nobody is bound by it: a person decides."""

    cause: Cause | None
    where: Where | None
    rule: str | None
    text_ja: str
    text_en: str
    reasons: list[ReasonLine]

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalAnswer":
        return cls(
            cause=proposal.cause,
            where=proposal.where,
            rule=proposal.rule,
            text_ja=proposal.words.ja,
            text_en=proposal.words.en,
            reasons=[ReasonLine.of(reason) for reason in proposal.reasons],
        )


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that counts: the last of its source."""

    reply: Reply
    reply_ja: str
    reply_en: str
    source: AnswerSource
    author: str
    at: Time
    note: str

    @classmethod
    def of(cls, answer: Answer) -> "SaidLine":
        words = REPLY_TEXTS[answer.reply]
        return cls(
            reply=answer.reply,
            reply_ja=words.ja,
            reply_en=words.en,
            source=answer.source,
            author=answer.author,
            at=rfc3339(answer.at),
            note=answer.note,
        )


class QuestionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A question, what can be replied, and how it stands. `reply` null: not asked yet, or, with `differs`, the sources
    differ. `worth_asking`: its answer could change what is proposed."""

    question: Question
    text_ja: str
    text_en: str
    replies: list[Reply]
    reply: Reply | None
    differs: bool
    worth_asking: bool
    answers: list[SaidLine]

    @classmethod
    def of(cls, one: Asked, proposal: Proposal) -> "QuestionLine":
        kind = QUESTIONS[one.question]
        return cls(
            question=one.question,
            text_ja=kind.text.ja,
            text_en=kind.text.en,
            replies=list(kind.replies),
            reply=one.reply,
            differs=one.differs,
            worth_asking=one.question in proposal.ask,
            answers=[SaidLine.of(answer) for answer in one.answers],
        )


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided, beside what had been proposed to them by which rule. `reason`: why they did not follow
    it."""

    cause: Cause
    author: str
    at: Time
    proposed: Cause | None
    rule: str | None
    reason: str

    @classmethod
    def of(cls, finding: TriageFinding) -> "FindingLine":
        return cls(
            cause=Cause(finding.cause),
            author=finding.author,
            at=rfc3339(finding.at),
            proposed=None if finding.proposed is None else Cause(finding.proposed),
            rule=finding.rule,
            reason=finding.reason,
        )


class TriageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A guided triage as it stands. `next_question`: the best to ask now; null: no answer would change what is
    proposed."""

    fault: FaultAnswer
    evidence: EvidenceAnswer
    proposal: ProposalAnswer
    next_question: Question | None
    questions: list[QuestionLine]
    findings: list[FindingLine]

    @classmethod
    def of(cls, triage: Triage) -> "TriageAnswer":
        return cls(
            fault=FaultAnswer.of(triage.fault),
            evidence=EvidenceAnswer.of(triage.evidence),
            proposal=ProposalAnswer.of(triage.proposal),
            next_question=next(iter(triage.proposal.ask), None),
            questions=[QuestionLine.of(one, triage.proposal) for one in triage.questions],
            findings=[FindingLine.of(finding) for finding in triage.findings],
        )
