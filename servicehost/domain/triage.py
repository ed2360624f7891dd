"""Triage: a person of the provider says what caused a fault, by what evidence, having seen what was proposed."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.evidence import Evidence, TriageFinding, TriagePolicy, TriageRecord, evidence_of
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Cause, FactName, Source
from servicehost.domain.fault import Fault, FaultNews, next_phase
from servicehost.domain.instant import as_datetime
from servicehost.domain.triage_proposal import Proposal, propose
from servicehost.domain.triage_question import Asked, asked

__all__ = ["MAX_EVIDENCE", "MAX_REASON", "Triage", "TriageWord", "guided", "triage"]

MAX_EVIDENCE: Final = 1_000
MAX_REASON: Final = 1_000


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """A guided triage as it stands: what is known, how each question stands, what follows, what was decided so far."""

    fault: Fault
    evidence: Evidence
    questions: Sequence[Asked]
    """In the order of `Question`."""
    proposal: Proposal
    findings: Sequence[TriageFinding]


class TriageWord(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decides. `reason` is needed against the proposal: why it is not followed."""

    cause: Cause
    evidence: str
    author: str
    at: int
    reason: str = ""


def guided(record: TriageRecord, now: int, policy: TriagePolicy) -> Triage:
    """Total."""
    evidence, answers = evidence_of(record, now, policy), asked(record.answers)
    return Triage(
        fault=record.fault,
        evidence=evidence,
        questions=list(answers.values()),
        proposal=propose(evidence, answers),
        findings=record.findings,
    )


def triage(seen: Triage, word: TriageWord) -> tuple[Fault, Fact, TriageFinding]:
    """The fault after it, the statement of the cause, and what was decided beside what was proposed.

    A later triage corrects an earlier one. Raises Invalid `no_evidence`, `evidence_too_long` or `reason_too_long`;
    Conflict `fault_closed`, or `reason_needed` for a cause that was not the one proposed.
    """
    _check(seen.proposal, word)
    fault = seen.fault
    phase = next_phase(fault, FaultNews.TRIAGED)
    if phase is None:
        raise Conflict("fault_closed", f"Fault {fault.fault} is closed: {fault.reason}")
    after = msgspec.structs.replace(fault, phase=phase, cause=word.cause, changed_at=word.at)
    time = as_datetime(word.at)
    fact = Fact(name=FactName.CAUSE, value=word.cause, source=Source.TRIAGE, time=time, author=word.author)
    finding = TriageFinding(
        fault=fault.fault,
        author=word.author,
        at=word.at,
        cause=word.cause.value,
        proposed=None if seen.proposal.cause is None else seen.proposal.cause.value,
        rule=seen.proposal.rule,
        reason=word.reason,
        seen=msgspec.json.encode(seen.evidence).decode(),
    )
    return after, fact, finding


def _check(proposal: Proposal, word: TriageWord) -> None:
    if not word.evidence.strip():
        raise Invalid("no_evidence", "Say by what evidence the cause was found")
    if len(word.evidence) > MAX_EVIDENCE:
        raise Invalid("evidence_too_long", f"Evidence has at most {MAX_EVIDENCE} characters")
    if len(word.reason) > MAX_REASON:
        raise Invalid("reason_too_long", f"A reason has at most {MAX_REASON} characters")
    if proposal.cause not in (None, word.cause) and not word.reason.strip():
        text = f"The evidence speaks for {proposal.cause} ({proposal.rule}): say why you find {word.cause}"
        raise Conflict("reason_needed", text)
