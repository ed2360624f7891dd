"""Somebody of the provider says what caused a fault."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.fact_kind import Cause
from servicehost.domain.fault import Fault
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.triage import triage
from servicehost.operations.casework import Word, case_record, fault_event, tell
from servicehost.operations.deed import of_person
from servicehost.ports.cases import FactRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["record_triage"]


async def record_triage(actor: Actor, fault: int, cause: Cause, evidence: str, *, store: Store, clock: Clock) -> Fault:
    """The fault, triaged; done again, the later finding counts. An exchange that is not ordered yet is judged again.

    Raises Forbidden `no_right`; NotFound `fault_not_found`; Invalid `no_evidence`, `evidence_too_long`; Conflict
    `fault_closed`.
    """
    demand(actor, Right.TRIAGE)
    now = clock.wall()

    def work(batch: Batch) -> Fault:
        standing = batch.fault(fault)
        if standing is None:
            raise NotFound("fault_not_found", f"There is no fault {fault}")
        after, fact = triage(standing, cause, evidence, actor.master_id, now)
        batch.save_fault(after)
        row = FactRow(
            management_code=after.management_code, fault=after.fault, exchange=None, fact=fact, evidence=evidence
        )
        batch.add_facts([row])
        word = Word(by=actor.master_id, at=now, reason=cause, actor=actor)
        tell(batch, [fault_event(after, "fault_triaged", word, {"evidence": evidence[:255]})])
        entry = case_record(
            word,
            Action.RECORD_TRIAGE,
            f"fault {fault}",
            after.management_code,
            before={"phase": standing.phase, "cause": standing.cause},
            after={"phase": after.phase, "cause": after.cause, "evidence": of_person(actor, evidence)},
        )
        batch.append_audit([entry])
        return after

    return await store.batch(actor.scope, work)
