"""The guided triage of a fault: evidence, questions, what is proposed, and what a person decides."""

from typing import Final

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.domain.triage import guided
from servicehost.domain.triage_question import TriageReply
from servicehost.web.call import Call, Reply
from servicehost.web.case_answers import FaultAnswer
from servicehost.web.case_orders import TriageOrder
from servicehost.web.route import Route
from servicehost.web.triage_answers import TriageAnswer
from servicehost.web.triage_orders import AnswerOrder

__all__ = ["ROUTES"]


async def _read(call: Call) -> Reply:
    number = call.number("fault")
    record = await call.door.reads.triage_record(call.scope, number)
    if record is None:
        raise NotFound("fault_not_found", f"There is no fault {number}")
    return Reply(value=TriageAnswer.of(guided(record, call.door.clock.wall(), call.door.cases.triage.policy)))


async def _answer(call: Call) -> Reply:
    order = call.body(AnswerOrder)
    said = TriageReply(question=order.question, reply=order.reply, note=order.note)
    return Reply(value=TriageAnswer.of(await call.door.cases.triage.answer(call.actor, call.number("fault"), said)))


async def _record(call: Call) -> Reply:
    order = call.body(TriageOrder)
    fault = await call.door.cases.record_triage(
        call.actor, call.number("fault"), order.cause, order.evidence, order.reason
    )
    return Reply(value=FaultAnswer.of(fault))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/faults/{fault}/triage",
        handler=_read,
        name="readTriage",
        summary="The guided triage: evidence, questions and answers, the cause that is proposed and why",
        tag="faults",
        answer=TriageAnswer,
        problems=("fault_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/faults/{fault}/triage/answers",
        handler=_answer,
        name="answerTriage",
        summary="Answer a question of the triage; the operation manager, or support with what it heard by phone",
        tag="faults",
        body=AnswerOrder,
        example={"question": "line_lamp", "reply": "dark", "note": "ONUの回線ランプが消えています"},
        answer=TriageAnswer,
        problems=("fault_not_found", "fault_closed", "bad_answer", "note_too_long"),
    ),
    Route(
        method="POST",
        path="/api/v1/faults/{fault}/triage",
        handler=_record,
        name="recordTriage",
        summary="Say what caused the fault and by what evidence; against the proposal, with a reason",
        tag="faults",
        right=Right.TRIAGE,
        body=TriageOrder,
        example={"cause": "natural", "evidence": "フラッシュ異常の通知の後に通信が途絶えた"},
        answer=FaultAnswer,
        problems=(
            "fault_not_found",
            "no_evidence",
            "evidence_too_long",
            "reason_too_long",
            "fault_closed",
            "reason_needed",
        ),
    ),
)
