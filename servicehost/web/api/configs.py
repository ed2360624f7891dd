"""Configs: working revisions, their history and their texts."""

import re
from typing import Final

from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.people import Right
from servicehost.operations.save_config import ConfigDraft
from servicehost.ports.reads import Reads
from servicehost.web.answers import Config, RevisionAnswer, Revisions
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByNumber, ConfigOrder
from servicehost.web.problems import Malformed
from servicehost.web.route import Route

__all__ = ["ROUTES", "expected_revision"]

_MODULE: Final = 0
_ETAG: Final = re.compile(r'"([0-9]{1,15})"|([0-9]{1,15})')


async def _working(call: Call) -> Reply:
    service_code = call.text("service_code")
    view = await call.door.reads.adapter(call.scope, service_code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    if view.working_revision is None:
        raise NotFound("no_config", f"{service_code} has no config yet; save one first")
    return await _config(call, service_code, view.working_revision)


async def _save(call: Call) -> Reply:
    order = call.body(ConfigOrder)
    draft = ConfigDraft(
        service_code=call.text("service_code"),
        body=order.body,
        reason=order.reason,
        expected_revision=expected_revision(call),
    )
    revision = await call.door.catalogue.save_config(call.actor, draft)
    return Reply(value=RevisionAnswer.of(revision), etag=str(revision.revision))


def expected_revision(call: Call) -> int:
    """The newest revision that the caller has seen, as If-Match has it.

    Raises Invalid `if_match_invalid`, and Malformed `if_match_required`: nobody overwrites what they have not seen.
    """
    if_match = call.request.headers.getall("If-Match", [])
    if not if_match:
        text = 'Say in If-Match which revision you have seen: its ETag, or "0" for no config yet'
        raise Malformed("if_match_required", text)
    tag = _ETAG.fullmatch(if_match[0].strip())
    if tag is None or len(if_match) > 1:
        raise Invalid("if_match_invalid", 'If-Match takes one ETag as it was given, such as "3", or "0" for none yet')
    return int(tag[1] or tag[2])


async def _revisions(call: Call) -> Reply:
    query = call.query(ByNumber)
    service_code = call.text("service_code")
    reads = call.door.reads
    found = await reads.revisions(call.scope, service_code, _MODULE, after=query.after, limit=query.limit + 1)
    if not found and await reads.adapter(call.scope, service_code) is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    page = found[: query.limit]
    following = page[-1].revision if len(found) > query.limit else None
    return Reply(value=Revisions(items=[RevisionAnswer.of(one) for one in page], next=following))


async def _revision(call: Call) -> Reply:
    return await _config(call, call.text("service_code"), call.number("revision"))


async def _config(call: Call, service_code: str, number: int) -> Reply:
    reads, scope = call.door.reads, call.scope
    revision = await _one(reads, scope, service_code, number)
    body = await reads.body(scope, service_code, _MODULE, number)
    if revision is None or body is None:
        raise NotFound("no_such_revision", f"There is no config revision {number} of {service_code}")
    shown = await call.door.catalogue.configs.showing.text(call.actor, service_code, body)
    config = Config(revision=RevisionAnswer.of(revision), body=shown.text, masked=shown.values)
    return Reply(value=config, etag=str(number))


async def _one(reads: Reads, scope: Scope, service_code: str, number: int) -> Revision | None:
    found = await reads.revisions(scope, service_code, _MODULE, after=number - 1, limit=1)
    return found[0] if found and found[0].revision == number else None


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/working",
        handler=_working,
        name="readWorkingConfig",
        summary="The newest saved config; its ETag is the If-Match of the next save",
        tag="configs",
        answer=Config,
        problems=("bad_service_code", "adapter_not_found", "no_config", "no_such_revision"),
        etag=True,
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/config/working",
        handler=_save,
        name="saveWorkingConfig",
        summary="Save a config as a new revision; nothing runs it until it is pushed",
        tag="configs",
        right=Right.EDIT_CONFIG,
        body=ConfigOrder,
        answer=RevisionAnswer,
        problems=(
            "bad_service_code",
            "adapter_not_found",
            "config_empty",
            "config_too_large",
            "config_not_utf8",
            "masked_value",
        ),
        if_match=True,
        etag=True,
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/revisions",
        handler=_revisions,
        name="listRevisions",
        summary="Saved configs in the order of their numbers, without their texts",
        tag="configs",
        query=ByNumber,
        answer=Revisions,
        problems=("bad_service_code", "adapter_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/revisions/{revision}",
        handler=_revision,
        name="readRevision",
        summary="One saved config with its text",
        tag="configs",
        answer=Config,
        problems=("bad_service_code", "no_such_revision"),
        etag=True,
    ),
)
