"""Somebody answers a question of a guided triage: the operation manager, or support with what it heard by phone."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.people import Actor, demand
from servicehost.domain.triage import Triage, guided
from servicehost.domain.triage_question import TriageReply, answered, right_to_answer
from servicehost.operations.casework import Word, case_record, fault_event, tell
from servicehost.operations.deed import of_person
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["answer_triage"]


async def answer_triage(
    actor: Actor, fault: int, reply: TriageReply, *, store: Store, clock: Clock, policy: TriagePolicy
) -> Triage:
    """The triage after it. Answered again, the later answer of that source counts.

    Raises Forbidden `no_right`; NotFound `fault_not_found`; Invalid `bad_answer`, `note_too_long`; Conflict
    `fault_closed`.
    """
    demand(actor, right_to_answer(actor))
    now = clock.wall()

    def work(batch: Batch) -> Triage:
        record = batch.triage_record(fault)
        if record is None:
            raise NotFound("fault_not_found", f"There is no fault {fault}")
        answer = answered(record.fault, reply, actor, now)
        before = guided(record, now, policy)
        batch.add_triage_answer(answer)
        after = batch.triage_record(fault)
        assert after is not None  # noqa: S101 - it was there a moment ago, in this transaction
        word = Word(by=actor.master_id, at=now, reason=answer.question, actor=actor)
        told = {"question": answer.question, "reply": answer.reply, "source": answer.source}
        tell(batch, [fault_event(record.fault, "triage_answered", word, told)])
        standing = next(one for one in before.questions if one.question is answer.question)
        entry = case_record(
            word,
            Action.ANSWER_TRIAGE,
            f"fault {fault}",
            record.fault.management_code,
            before={"reply": standing.reply},
            after=told | ({"note": of_person(actor, answer.note)} if answer.note else {}),
        )
        batch.append_audit([entry])
        return guided(after, now, policy)

    return await store.batch(actor.scope, work)
