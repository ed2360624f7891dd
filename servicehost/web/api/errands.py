"""Errands: the appointment of a visit, its times or those of a shipment, and why one was late or came to nothing."""

from typing import Final

from servicehost.domain.appointment import APPOINTMENT_CODES
from servicehost.domain.errand import ERRAND_CODES
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.errand_answers import ErrandAnswer
from servicehost.web.errand_orders import (
    ERRAND_EXAMPLES,
    AgreementOrder,
    AppointmentOrder,
    LatenessOrder,
    MissedVisitOrder,
    TimesOrder,
)
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _errand(call: Call) -> Reply:
    number = call.number("exchange")
    view = await call.door.reads.errand(call.scope, number)
    if view is None:
        raise NotFound("exchange_not_found", f"There is no exchange {number}")
    return Reply(value=ErrandAnswer.of(view, call.door.clock.wall()))


async def _propose(call: Call) -> Reply:
    order = call.body(AppointmentOrder)
    windows = [one.window() for one in order.windows]
    await call.door.cases.errands.propose_appointment(call.actor, call.number("exchange"), windows, order.reason)
    return await _errand(call)


async def _agree(call: Call) -> Reply:
    agreement = call.body(AgreementOrder).agreement()
    await call.door.cases.errands.agree_appointment(call.actor, call.number("exchange"), agreement)
    return await _errand(call)


async def _report(call: Call) -> Reply:
    report = call.body(TimesOrder).report()
    await call.door.cases.errands.report_errand(call.actor, call.number("exchange"), report)
    return await _errand(call)


async def _missed(call: Call) -> Reply:
    order = call.body(MissedVisitOrder)
    number = call.number("exchange")
    await call.door.cases.errands.report_missed_visit(call.actor, number, order.reason, order.note)
    return await _errand(call)


async def _explain(call: Call) -> Reply:
    reason = call.body(LatenessOrder).reason
    await call.door.cases.errands.explain_lateness(call.actor, call.number("exchange"), reason)
    return await _errand(call)


_APPOINTING: Final = ("exchange_not_found", "time_malformed", "no_right", *APPOINTMENT_CODES)
_ATTENDING: Final = ("delegate_not_found", "delegate_may_not_attend", "attendance_contradicts", "attendee_missing")

ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/exchanges/{exchange}/errand",
        handler=_errand,
        name="readErrand",
        summary="Who comes, the target, estimated and actual times, lateness, appointments, and the way back",
        tag="errands",
        answer=ErrandAnswer,
        problems=("exchange_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/appointments",
        handler=_propose,
        name="proposeAppointment",
        summary="Propose windows for a visit, or change with a reason what was agreed",
        tag="errands",
        body=AppointmentOrder,
        example=ERRAND_EXAMPLES[AppointmentOrder],
        answer=ErrandAnswer,
        problems=_APPOINTING,
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/appointments/agreement",
        handler=_agree,
        name="agreeAppointment",
        summary="Agree one of the proposed windows with who attends; the carrier is told",
        tag="errands",
        body=AgreementOrder,
        example=ERRAND_EXAMPLES[AgreementOrder],
        answer=ErrandAnswer,
        problems=(*_APPOINTING, *_ATTENDING),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/errand/times",
        handler=_report,
        name="reportErrand",
        summary="Report estimated or actual times, the driver, the tracking number, or why it is late",
        tag="errands",
        right=Right.DISPATCH,
        body=TimesOrder,
        example=ERRAND_EXAMPLES[TimesOrder],
        answer=ErrandAnswer,
        problems=(
            "exchange_not_found",
            "time_malformed",
            "nothing_reported",
            "lateness_reason_required",
            *ERRAND_CODES,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/errand/missed-visits",
        handler=_missed,
        name="reportMissedVisit",
        summary="Report a visit that came to nothing; the exchange waits for a new appointment",
        tag="errands",
        right=Right.DISPATCH,
        body=MissedVisitOrder,
        example=ERRAND_EXAMPLES[MissedVisitOrder],
        answer=ErrandAnswer,
        problems=("exchange_not_found", "no_visit_expected", "errand_not_ordered", "no_visit_under_way"),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/errand/lateness",
        handler=_explain,
        name="explainLateness",
        summary="Say why the target was missed, where nobody has yet",
        tag="errands",
        right=Right.DISPATCH,
        body=LatenessOrder,
        example=ERRAND_EXAMPLES[LatenessOrder],
        answer=ErrandAnswer,
        problems=("exchange_not_found", "not_late"),
    ),
)
