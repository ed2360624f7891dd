"""The history of configs: bring a revision back, compare any two, see what a push would send."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.people import Right
from servicehost.operations.compare_configs import Which, Word
from servicehost.web.answers import RevisionAnswer
from servicehost.web.api.configs import expected_revision
from servicehost.web.call import Call, Reply
from servicehost.web.diff_answers import DiffAnswer, PreviewAnswer
from servicehost.web.module_orders import DiffQuery, PreviewQuery, RestoreOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_WORDS: Final[dict[str, Word]] = {"working": "working", "startup": "startup", "running": "running"}


async def _restore(call: Call) -> Reply:
    order, restore = call.body(RestoreOrder), call.door.catalogue.configs.restore_revision
    revision = await restore(
        call.actor, call.text("service_code"), call.number("revision"), order.reason, expected_revision(call)
    )
    return Reply(value=RevisionAnswer.of(revision), etag=str(revision.revision))


async def _diff(call: Call) -> Reply:
    query, code = call.query(DiffQuery), call.text("service_code")
    other = code if query.other is UNSET else query.other
    left = Which(service_code=code, revision=_which(query.left), module=query.module)
    right = Which(service_code=other, revision=_which(query.right), module=query.module)
    return Reply(value=DiffAnswer.of(await call.door.catalogue.configs.compare_configs(call.actor, left, right)))


def _which(text: str) -> int | Word:
    return _WORDS[text] if text in _WORDS else int(text)


async def _preview(call: Call) -> Reply:
    query = call.query(PreviewQuery)
    number = None if query.revision is UNSET else query.revision
    preview = await call.door.catalogue.configs.preview_push(call.actor, call.text("service_code"), number)
    return Reply(value=PreviewAnswer.of(preview))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/config/revisions/{revision}/restore",
        handler=_restore,
        name="restoreRevision",
        summary="Bring a revision back: its modules become the newest revision; nothing runs it until it is pushed",
        tag="configs",
        right=Right.EDIT_CONFIG,
        body=RestoreOrder,
        answer=RevisionAnswer,
        problems=("bad_service_code", "adapter_not_found", "no_such_revision"),
        if_match=True,
        etag=True,
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/diff",
        handler=_diff,
        name="diffConfigs",
        summary="Compare a module of two revisions, of this adapter or of another one of its contract",
        tag="configs",
        query=DiffQuery,
        answer=DiffAnswer,
        problems=(
            "bad_service_code",
            "adapter_not_found",
            "no_config",
            "no_such_revision",
            "no_such_module",
            "not_running",
            "across_contracts",
            "diff_too_slow",
            "diffs_busy",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/preview",
        handler=_preview,
        name="previewPush",
        summary="Exactly what a push would send: every module sent or unchanged, with size and digest",
        tag="configs",
        query=PreviewQuery,
        answer=PreviewAnswer,
        problems=("bad_service_code", "adapter_not_found", "no_config", "no_such_revision"),
    ),
)
