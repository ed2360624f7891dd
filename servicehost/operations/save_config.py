"""Somebody who may saves a config: a new working revision, which nothing runs until it is pushed."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.config import Revision, check_body
from servicehost.domain.module import MAIN, TEXT
from servicehost.domain.people import Actor
from servicehost.operations.revising import ModuleDraft, revised
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["ConfigDraft", "save_config"]


class ConfigDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What to save. `expected_revision` is the newest revision its author has seen: 0 means none, None any."""

    service_code: str
    body: str
    reason: str = ""
    expected_revision: int | None = None


async def save_config(actor: Actor, draft: ConfigDraft, *, store: Store, clock: Clock) -> Revision:
    """The new working revision, its main module this text; or the newest one when that holds it already.

    An operation manager by right, the provider's people under a consent, which is then named beside the author. Raises
    Forbidden `no_right` or `consent_needed`; Invalid `config_empty`, `config_too_large` or `config_not_utf8`; NotFound
    `adapter_not_found`; Conflict `revision_conflict` when somebody saved in the meantime.
    """
    main = ModuleDraft(module=MAIN, raw=check_body(draft.body), kind=TEXT)
    async with store.transaction(actor.scope) as tx:
        return await revised(
            tx,
            actor,
            draft.service_code,
            main,
            Action.SAVE_CONFIG,
            reason=draft.reason,
            expected=draft.expected_revision,
            at=clock.wall(),
        )
