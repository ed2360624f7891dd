"""Rollouts: a config change to many adapters, in waves."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.domain.rollout import Rollout
from servicehost.web.api.configs import expected_revision
from servicehost.web.call import Call, Reply
from servicehost.web.rollout_answers import (
    RolloutAnswer,
    RolloutMemberAnswer,
    RolloutMembers,
    RolloutPreviewAnswer,
    Rollouts,
)
from servicehost.web.rollout_orders import RolloutBody, RolloutMembersQuery, RolloutsQuery, RolloutWord, StartBody
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_SELECTION: Final = (
    "adapter_not_found",
    "group_not_found",
    "query_not_found",
    "selection_empty",
    "selection_too_large",
)


async def _create(call: Call) -> Reply:
    made = await call.door.catalogue.rollouts.create_rollout(call.actor, call.body(RolloutBody).order())
    return await _reply(call, made.rollout, location=f"/api/v1/rollouts/{made.rollout}")


async def _rollouts(call: Call) -> Reply:
    query = call.query(RolloutsQuery)
    states = () if query.state is UNSET else (query.state,)
    found = await call.door.reads.rollouts(call.scope, states=states, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].rollout.rollout if len(found) > query.limit else None
    return Reply(value=Rollouts(items=[RolloutAnswer.of(one) for one in page], next=following))


async def _rollout(call: Call) -> Reply:
    return await _reply(call, call.number("rollout"))


async def _reply(call: Call, number: int, *, location: str | None = None) -> Reply:
    view = await call.door.reads.rollout_view(call.scope, number)
    if view is None:
        raise NotFound("rollout_not_found", f"There is no rollout {number}")
    return Reply(value=RolloutAnswer.of(view), etag=str(view.rollout.version), location=location)


async def _preview(call: Call) -> Reply:
    preview = await call.door.catalogue.rollouts.preview_rollout(call.actor, call.number("rollout"))
    return Reply(value=RolloutPreviewAnswer.of(preview))


async def _members(call: Call) -> Reply:
    query, number = call.query(RolloutMembersQuery), call.number("rollout")
    reads = call.door.reads
    found = await reads.rollout_members(
        call.scope,
        number,
        states=() if query.state is UNSET else (query.state,),
        wave=None if query.wave is UNSET else query.wave,
        after=query.after,
        limit=query.limit + 1,
    )
    if not found and await reads.rollout_view(call.scope, number) is None:
        raise NotFound("rollout_not_found", f"There is no rollout {number}")
    page = found[: query.limit]
    following = page[-1].position if len(found) > query.limit else None
    return Reply(value=RolloutMembers(items=[RolloutMemberAnswer.of(one) for one in page], next=following))


async def _start(call: Call) -> Reply:
    seen, acknowledged = expected_revision(call), call.body(StartBody).through_acknowledged
    verb = call.door.catalogue.rollouts.start_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), seen, acknowledged))


async def _approve(call: Call) -> Reply:
    seen, note = expected_revision(call), call.body(RolloutWord).note
    verb = call.door.catalogue.rollouts.approve_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), seen, note))


async def _pause(call: Call) -> Reply:
    verb = call.door.catalogue.rollouts.pause_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), call.body(RolloutWord).note))


async def _resume(call: Call) -> Reply:
    verb = call.door.catalogue.rollouts.resume_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), call.body(RolloutWord).note))


async def _halt(call: Call) -> Reply:
    verb = call.door.catalogue.rollouts.halt_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), call.body(RolloutWord).note))


async def _roll_back(call: Call) -> Reply:
    verb = call.door.catalogue.rollouts.roll_back_rollout
    return await _after(call, await verb(call.actor, call.number("rollout"), call.body(RolloutWord).note))


async def _after(call: Call, rollout: Rollout) -> Reply:
    return await _reply(call, rollout.rollout)


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/rollouts",
        handler=_create,
        name="createRollout",
        summary="Write down a rollout; nothing goes out before it is started",
        tag="rollouts",
        right=Right.PUSH_CONFIG,
        body=RolloutBody,
        answer=RolloutAnswer,
        status=201,
        etag=True,
        problems=(
            *_SELECTION,
            "selection_unclear",
            "query_malformed",
            "wave_unclear",
            "several_contracts",
            "contract_ended",
            "consents_differ",
            "time_malformed",
            "time_zone_unknown",
            "window_wrong",
            "main_module_empty",
            "config_too_large",
            "config_not_utf8",
            "module_too_large",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/rollouts",
        handler=_rollouts,
        name="listRollouts",
        summary="Rollouts in the order of their numbers, with how many members stand where",
        tag="rollouts",
        query=RolloutsQuery,
        answer=Rollouts,
    ),
    Route(
        method="GET",
        path="/api/v1/rollouts/{rollout}",
        handler=_rollout,
        name="readRollout",
        summary="One rollout, with how many members of each wave stand where",
        tag="rollouts",
        answer=RolloutAnswer,
        etag=True,
        problems=("rollout_not_found",),
    ),
    Route(
        method="GET",
        path="/api/v1/rollouts/{rollout}/preview",
        handler=_preview,
        name="previewRollout",
        summary="Who a draft would reach, in which wave and with what, were it started now",
        tag="rollouts",
        answer=RolloutPreviewAnswer,
        problems=(
            "rollout_not_found",
            "rollout_state",
            "adapter_in_rollout",
            "nothing_to_roll_out",
            "main_module_empty",
            "too_many_modules",
            *_SELECTION,
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/rollouts/{rollout}/members",
        handler=_members,
        name="listRolloutMembers",
        summary="The members of a rollout in the order of their turns; none before it is started",
        tag="rollouts",
        query=RolloutMembersQuery,
        answer=RolloutMembers,
        problems=("rollout_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/rollouts/{rollout}/start",
        handler=_start,
        name="startRollout",
        summary="Freeze targets and revisions, and run, schedule, or wait for approval",
        tag="rollouts",
        right=Right.PUSH_CONFIG,
        body=StartBody,
        answer=RolloutAnswer,
        etag=True,
        if_match=True,
        problems=(
            "rollout_not_found",
            "rollout_state",
            "rollout_changed",
            "operating_through_adapter",
            "adapter_in_rollout",
            "nothing_to_roll_out",
            "main_module_empty",
            "too_many_modules",
            "contract_ended",
            "consents_differ",
            *_SELECTION,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/rollouts/{rollout}/approve",
        handler=_approve,
        name="approveRollout",
        summary="Approve what was frozen, as a second person",
        tag="rollouts",
        right=Right.PUSH_CONFIG,
        body=RolloutWord,
        answer=RolloutAnswer,
        etag=True,
        if_match=True,
        problems=(
            "rollout_not_found",
            "rollout_state",
            "rollout_changed",
            "approver_is_author",
            "contract_ended",
            "consents_differ",
        ),
    ),
    *(
        Route(
            method="POST",
            path=f"/api/v1/rollouts/{{rollout}}/{word}",
            handler=handler,
            name=name,
            summary=summary,
            tag="rollouts",
            right=Right.PUSH_CONFIG,
            body=RolloutWord,
            answer=RolloutAnswer,
            etag=True,
            problems=("rollout_not_found", "rollout_state", "contract_ended", "consents_differ"),
        )
        for word, handler, name, summary in (
            ("pause", _pause, "pauseRollout", "Begin nothing new; what is under way comes to its end"),
            ("resume", _resume, "resumeRollout", "Go on, having seen what has failed"),
            ("halt", _halt, "haltRollout", "End it for good; take back what no unit tries yet"),
            ("roll-back", _roll_back, "rollBackRollout", "Give every adapter that got it its former config again"),
        )
    ),
)
