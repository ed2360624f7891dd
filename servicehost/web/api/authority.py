"""The certificate authority: its rollover."""

from typing import Final

from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByNumber
from servicehost.web.rollover_answers import RolloverAbortOrder, RolloverAnswer, RolloverEndOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_SHOWN: Final = 100


async def _show(call: Call) -> Reply:
    query = call.query(ByNumber)
    report = await call.door.catalogue.rollover.show(call.actor, query.after, query.limit)
    return Reply(value=RolloverAnswer.of(report))


async def _begin(call: Call) -> Reply:
    await call.door.catalogue.rollover.begin(call.actor)
    return Reply(value=RolloverAnswer.of(await call.door.catalogue.rollover.show(call.actor, 0, _SHOWN)))


async def _end(call: Call) -> Reply:
    order = call.body(RolloverEndOrder)
    await call.door.catalogue.rollover.end(call.actor, order.force, order.reason)
    return Reply(value=RolloverAnswer.of(await call.door.catalogue.rollover.show(call.actor, 0, _SHOWN)))


async def _abort(call: Call) -> Reply:
    report = await call.door.catalogue.rollover.abort(call.actor, call.body(RolloverAbortOrder).reason)
    return Reply(value=RolloverAnswer.of(report))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/authority/rollover",
        handler=_show,
        name="readRollover",
        summary="Whether the authority is being rolled over, and which units its end would strand",
        tag="authority",
        query=ByNumber,
        answer=RolloverAnswer,
    ),
    Route(
        method="POST",
        path="/api/v1/authority/rollover",
        handler=_begin,
        name="beginRollover",
        summary="Put a next trust anchor in force beside the present one; harmless twice",
        tag="authority",
        right=Right.ROLL_OVER,
        answer=RolloverAnswer,
        problems=("rolled_over_elsewhere", "authority_unavailable"),
    ),
    Route(
        method="POST",
        path="/api/v1/authority/rollover/end",
        handler=_end,
        name="endRollover",
        summary="Leave one trust anchor in force; refused while that would strand units",
        tag="authority",
        right=Right.ROLL_OVER,
        body=RolloverEndOrder,
        answer=RolloverAnswer,
        problems=("no_rollover", "units_would_be_stranded", "force_needs_reason", "authority_unavailable"),
    ),
    Route(
        method="POST",
        path="/api/v1/authority/rollover/abort",
        handler=_abort,
        name="abortRollover",
        summary="Turn the rollover back; it ends at once if no unit depends on the next anchor yet",
        tag="authority",
        right=Right.ROLL_OVER,
        body=RolloverAbortOrder,
        answer=RolloverAnswer,
        problems=("no_rollover", "authority_unavailable"),
    ),
)
