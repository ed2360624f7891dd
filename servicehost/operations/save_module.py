"""Somebody who may saves one module of a config, text or binary: a new working revision of the whole set."""

from servicehost.domain.audit import Action
from servicehost.domain.config import Revision
from servicehost.domain.people import Actor
from servicehost.operations.revising import ModuleDraft, revised
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["save_module"]


async def save_module(
    actor: Actor,
    service_code: str,
    draft: ModuleDraft,
    reason: str,
    expected: int | None,
    *,
    store: Store,
    clock: Clock,
) -> Revision:
    """The module's row of the new working revision, or of the newest one when that holds the same.

    `expected` is the newest revision its author has seen: 0 means none, None any. Raises Forbidden `no_right` or
    `consent_needed`; Invalid
    `module_too_large`, `module_not_utf8`, `config_empty`, `config_too_large`; NotFound `adapter_not_found`; Conflict
    `main_module_empty` while the main module has no config, `too_many_modules`, `revision_conflict`.
    """
    async with store.transaction(actor.scope) as tx:
        return await revised(
            tx,
            actor,
            service_code,
            draft,
            Action.SAVE_MODULE,
            reason=reason,
            expected=expected,
            at=clock.wall(),
        )
