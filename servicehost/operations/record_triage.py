"""Somebody of the provider says what caused a fault, having seen what the evidence proposes."""

from typing import Protocol

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.evidence import TriageFinding, TriagePolicy
from servicehost.domain.fact_kind import Cause
from servicehost.domain.fault import Fault
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.triage import TriageWord, guided, triage
from servicehost.operations.casework import Word, case_record, fault_event, tell
from servicehost.operations.deed import of_person
from servicehost.ports.cases import FactRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["RecordTriage", "record_triage"]


class RecordTriage(Protocol):
    """`record_triage`, bound to its ports."""

    async def __call__(self, actor: Actor, fault: int, cause: Cause, evidence: str, reason: str = "") -> Fault:
        """As there."""
        ...


async def record_triage(
    actor: Actor,
    fault: int,
    cause: Cause,
    evidence: str,
    reason: str = "",
    *,
    store: Store,
    clock: Clock,
    policy: TriagePolicy,
) -> Fault:
    """The fault, triaged; done again, the later finding counts. An exchange that is not ordered yet is judged again.

    `reason` says why the proposal is not followed. What was proposed, and the evidence as it stood, are kept with the
    finding. Raises Forbidden `no_right`; NotFound `fault_not_found`; Invalid `no_evidence`, `evidence_too_long`,
    `reason_too_long`; Conflict `fault_closed`, `reason_needed`.
    """
    demand(actor, Right.TRIAGE)
    word = TriageWord(cause=cause, evidence=evidence, author=actor.master_id, at=clock.wall(), reason=reason)

    def work(batch: Batch) -> Fault:
        record = batch.triage_record(fault)
        if record is None:
            raise NotFound("fault_not_found", f"There is no fault {fault}")
        after, fact, finding = triage(guided(record, word.at, policy), word)
        batch.save_fault(after)
        row = FactRow(
            management_code=after.management_code, fault=after.fault, exchange=None, fact=fact, evidence=evidence
        )
        batch.add_facts([row])
        batch.add_triage_finding(finding)
        _tell(batch, (record.fault, after), finding, word, actor)
        return after

    return await store.batch(actor.scope, work)


def _tell(batch: Batch, change: tuple[Fault, Fault], finding: TriageFinding, said: TriageWord, actor: Actor) -> None:
    before, after = change
    word = Word(by=actor.master_id, at=said.at, reason=said.cause, actor=actor)
    proposed = {"proposed": finding.proposed, "rule": finding.rule}
    tell(batch, [fault_event(after, "fault_triaged", word, {"evidence": said.evidence[:255], **proposed})])
    found = {"phase": after.phase, "cause": after.cause, "evidence": of_person(actor, said.evidence), **proposed}
    entry = case_record(
        word,
        Action.RECORD_TRIAGE,
        f"fault {after.fault}",
        after.management_code,
        before={"phase": before.phase, "cause": before.cause},
        after=found | ({"against_proposal": of_person(actor, said.reason)} if said.reason else {}),
    )
    batch.append_audit([entry])
