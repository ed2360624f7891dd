"""A new revision is the whole set: what changed, and every other module as it stood."""

from collections.abc import Sequence

import msgspec

from protocol.digest import digest_of
from servicehost.domain.audit import Action
from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict, NotFound, StaleEdit
from servicehost.domain.module import MAIN, MAX_MODULES, ModuleContent, check_module, travels_plainly
from servicehost.domain.people import Actor, Right
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import recorded, saved
from servicehost.operations.grounds import grounds
from servicehost.ports.store import Transaction

__all__ = [
    "ModuleDraft",
    "Standing",
    "check_expected",
    "checked",
    "composed",
    "composed_of",
    "kept",
    "revised",
    "standing_of",
    "write_revision",
]


class ModuleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What one module shall hold from now on. Name and version left out stay what they were."""

    module: int
    raw: bytes
    kind: str
    name: str | None = None
    version: str | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter and every module of its newest revision, by number; none: it never had a config."""

    adapter: Adapter
    modules: dict[int, Revision] = {}

    @property
    def revision(self) -> int:
        """The number of the newest revision; 0 means none."""
        return max((one.revision for one in self.modules.values()), default=0)


async def standing_of(tx: Transaction, service_code: str) -> Standing:
    """Raises NotFound `adapter_not_found`."""
    adapters = await tx.adapters([service_code])
    if not adapters:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    main = (await tx.latest_revisions([service_code], MAIN)).get(service_code)
    if main is None:
        return Standing(adapter=adapters[0])
    others = (await tx.revision_sets([(service_code, main.revision)])).get(service_code, ())
    return Standing(adapter=adapters[0], modules={one.module: one for one in (main, *others)})


def composed(
    standing: Standing, drafts: Sequence[ModuleDraft], *, author: str, reason: str, at: int
) -> list[Revision] | None:
    """The rows of the next revision, the main module first; None when nothing differs from what stands.

    Raises Invalid for what is wrong with a body; Conflict `main_module_empty` and `too_many_modules`.
    """
    return composed_of(standing, [checked(draft) for draft in drafts], author=author, reason=reason, at=at)


def checked(draft: ModuleDraft) -> ModuleContent:
    """The draft by its digest. Raises Invalid for what is wrong with its body."""
    check_module(draft.module, draft.kind, draft.raw)
    return ModuleContent(
        module=draft.module,
        digest=digest_of(draft.raw),
        size_bytes=len(draft.raw),
        kind=draft.kind,
        name=draft.name,
        version=draft.version,
    )


def composed_of(
    standing: Standing, contents: Sequence[ModuleContent], *, author: str, reason: str, at: int
) -> list[Revision] | None:
    """As `composed`, of contents that were checked before. Raises Conflict `main_module_empty`, `too_many_modules`."""
    following = dict(standing.modules)
    for content in contents:
        before = standing.modules.get(content.module)
        following[content.module] = Revision(
            service_code=standing.adapter.service_code,
            management_code=standing.adapter.management_code,
            module=content.module,
            revision=0,
            digest=content.digest,
            size_bytes=content.size_bytes,
            saved_at=at,
            author=author,
            reason=reason,
            kind=content.kind,
            name=_said(content.name, before.name if before else ""),
            version=_said(content.version, before.version if before else ""),
        )
    if MAIN not in following:
        raise Conflict("main_module_empty", "The main module (0) has no config yet: save that one first")
    if len(following) > MAX_MODULES:
        raise Conflict("too_many_modules", f"A config has at most {MAX_MODULES} modules")
    if {_content(one) for one in following.values()} == {_content(one) for one in standing.modules.values()}:
        return None
    number = standing.revision + 1
    return [
        msgspec.structs.replace(one, revision=number, saved_at=at, author=author, reason=reason)
        for _, one in sorted(following.items())
    ]


async def kept(tx: Transaction, management_code: str, draft: ModuleDraft) -> None:
    """Keep the body, as text or as bytes. Harmless when it is there."""
    digest = digest_of(draft.raw)
    if draft.raw and travels_plainly(len(draft.raw), draft.kind):
        await tx.add_content(management_code, digest, draft.raw.decode())
    else:
        await tx.add_module_body(management_code, digest, draft.raw)


async def revised(
    tx: Transaction,
    actor: Actor,
    service_code: str,
    draft: ModuleDraft,
    action: Action,
    *,
    reason: str,
    expected: int | None,
    at: int,
) -> Revision:
    """Save one module: its row of the new revision, or of the one that stands when nothing differs.

    By the actor's own right, or under a consent. Raises Forbidden `no_right` or `consent_needed`.
    """
    standing = await standing_of(tx, service_code)
    actor = (await grounds(tx, actor, [Right.EDIT_CONFIG], [standing.adapter], at))[service_code]
    check_expected(standing, expected)
    rows = composed(standing, [draft], author=actor.author, reason=reason, at=at)
    if rows is None:
        return standing.modules[draft.module]
    await kept(tx, standing.adapter.management_code, draft)
    await write_revision(tx, actor, standing, rows, action, changed=[draft.module])
    return next(one for one in rows if one.module == draft.module)


def check_expected(standing: Standing, expected: int | None) -> None:
    """Raises Conflict `revision_conflict` unless the newest revision is the one that was expected, or none was."""
    if expected is not None and expected != standing.revision:
        code = standing.adapter.service_code
        text = f"Revision {standing.revision} of {code} stands, not {expected}: compare them and save again"
        raise StaleEdit(text, code, standing=standing.revision, expected=expected)


async def write_revision(
    tx: Transaction,
    actor: Actor,
    standing: Standing,
    rows: Sequence[Revision],
    action: Action,
    *,
    changed: Sequence[int],
    source: int | None = None,
) -> None:
    """Write a composed revision with its event and its record. `source`: the revision that it brings back."""
    main = rows[0]
    before = standing.modules.get(changed[0])
    after = next(one for one in rows if one.module == changed[0])
    await tx.add_revisions(rows)
    await tx.add_events([saved(actor, after)])
    entry = recorded(
        actor,
        main.saved_at,
        action,
        main.service_code,
        management_code=main.management_code,
        before={"revision": before.revision, "digest": before.digest} if before else {"revision": None, "digest": None},
        after={
            "module": after.module,
            "revision": after.revision,
            "digest": after.digest,
            **({} if len(changed) == 1 else {"modules": list(changed)}),
            **({} if source is None else {"source": source}),
        },
        note=main.reason,
    )
    await tx.append_audit([entry])


def _said(now: str | None, before: str) -> str:
    return before if now is None else now


def _content(one: Revision) -> tuple[object, ...]:
    return (one.module, one.digest, one.kind, one.name, one.version)
