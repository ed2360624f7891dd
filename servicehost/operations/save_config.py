"""Somebody who may saves a config: a new working revision, which nothing runs until it is pushed."""

import msgspec

from protocol.digest import digest_of
from servicehost.domain.audit import Action
from servicehost.domain.config import Revision, check_body
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor, Right
from servicehost.operations.deed import recorded, saved
from servicehost.operations.grounds import grounds
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["ConfigDraft", "save_config"]


class ConfigDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What to save. `expected_revision` is the newest revision its author has seen: 0 means none, None any."""

    service_code: str
    body: str
    module: int = 0
    reason: str = ""
    expected_revision: int | None = None


async def save_config(actor: Actor, draft: ConfigDraft, *, store: Store, clock: Clock) -> Revision:
    """The new working revision, or the newest one unchanged when its content is the same.

    An operation manager by right, the provider's people under a consent, which is then named beside the author. Raises
    Forbidden `no_right` or `consent_needed`; Invalid `config_empty`, `config_too_large` or `config_not_utf8`; NotFound
    `adapter_not_found`; Conflict `revision_conflict` when somebody saved in the meantime.
    """
    raw = check_body(draft.body)
    digest = digest_of(raw)
    async with store.transaction(actor.scope) as tx:
        adapters = await tx.adapters([draft.service_code])
        if not adapters:
            raise NotFound("adapter_not_found", f"There is no adapter {draft.service_code}")
        now = clock.wall()
        actor = (await grounds(tx, actor, [Right.EDIT_CONFIG], adapters, now))[draft.service_code]
        newest = (await tx.latest_revisions([draft.service_code], draft.module)).get(draft.service_code)
        _check_expected(draft, newest)
        if newest is not None and newest.digest == digest:
            return newest
        revision = Revision(
            service_code=draft.service_code,
            management_code=adapters[0].management_code,
            module=draft.module,
            revision=1 if newest is None else newest.revision + 1,
            digest=digest,
            size_bytes=len(raw),
            saved_at=now,
            author=actor.author,
            reason=draft.reason,
        )
        await _save(tx, actor, revision, draft.body, newest)
    return revision


def _check_expected(draft: ConfigDraft, newest: Revision | None) -> None:
    stands = 0 if newest is None else newest.revision
    if draft.expected_revision is not None and draft.expected_revision != stands:
        raise Conflict(
            "revision_conflict",
            f"Revision {stands} of {draft.service_code} stands, not {draft.expected_revision}: read it and save again",
        )


async def _save(tx: Transaction, actor: Actor, revision: Revision, body: str, before: Revision | None) -> None:
    await tx.add_content(revision.management_code, revision.digest, body)
    await tx.add_revisions([revision])
    await tx.add_events([saved(actor, revision)])
    entry = recorded(
        actor,
        revision.saved_at,
        Action.SAVE_CONFIG,
        revision.service_code,
        management_code=revision.management_code,
        before={"revision": before.revision, "digest": before.digest} if before else {"revision": None, "digest": None},
        after={"module": revision.module, "revision": revision.revision, "digest": revision.digest},
        note=revision.reason,
    )
    await tx.append_audit([entry])
