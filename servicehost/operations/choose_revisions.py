"""Which revision each adapter of an order shall run: what was saved, or a text saved with the order."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from protocol.digest import digest_of
from servicehost.domain.config import Revision, check_body
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor
from servicehost.domain.push import Target
from servicehost.domain.unit import Adapter
from servicehost.ports.store import Transaction

__all__ = ["Choice", "Chosen", "PushOrder", "choose"]


NO_REVISIONS: Final[Mapping[str, int]] = MappingProxyType({})


class PushOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to push where: `body` (saved first as a new revision of each), or the `revision` of that number of each
    adapter, or, with neither, the working revision of each. Times left out are the settings'.
    """

    service_codes: Sequence[str]
    module: int = 0
    revision: int | None = None
    revisions: Mapping[str, int] = NO_REVISIONS
    """Of each adapter its own number; those that are not named have `revision`."""
    body: str | None = None
    reason: str = ""
    confirm_timeout_s: int | None = None
    life_s: int | None = None
    target: Target = Target.BOTH
    through_acknowledged: bool = False
    """The caller knows that they operate through one of the adapters."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A whole revision of one adapter: its main module and the others."""

    main: Revision
    others: Sequence[Revision] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The revision of each adapter that has one, by service code, and the rows that are new."""

    chosen: Mapping[str, Chosen]
    added: Sequence[Revision] = ()


async def choose(
    tx: Transaction, actors: Mapping[str, Actor], order: PushOrder, adapters: Mapping[str, Adapter], now: int
) -> Choice:
    """What is new is written. `actors` says who acts upon each adapter.

    Raises Invalid for what is wrong with the order's body.
    """
    if order.body is not None:
        return await _saved_first(tx, actors, order, adapters, now)
    newest = await tx.latest_revisions(list(adapters), MAIN)
    if order.revision is not None or order.revisions:
        numbers = {code: order.revisions.get(code, order.revision) for code in newest}
        newest = {
            code: main
            for code, one in newest.items()
            # Almost always the newest is meant; only the others are read one by one.
            if (main := await _numbered(tx, one, numbers[code]))
        }
    return Choice(chosen=await _whole(tx, newest))


async def _numbered(tx: Transaction, newest: Revision, number: int | None) -> Revision | None:
    if number is None or newest.revision == number:
        return newest
    return await tx.revision(newest.service_code, MAIN, number)


async def _whole(tx: Transaction, mains: Mapping[str, Revision]) -> dict[str, Chosen]:
    others = await tx.revision_sets([(code, main.revision) for code, main in mains.items()])
    return {code: Chosen(main=main, others=others.get(code, ())) for code, main in mains.items()}


async def _saved_first(
    tx: Transaction, actors: Mapping[str, Actor], order: PushOrder, adapters: Mapping[str, Adapter], at: int
) -> Choice:
    """The text is the main module; the other modules go along into the new revision as they stand."""
    body = order.body or ""
    raw = check_body(body)
    digest = digest_of(raw)
    before = await _whole(tx, await tx.latest_revisions(list(adapters), MAIN))
    chosen: dict[str, Chosen] = {code: one for code, one in before.items() if one.main.digest == digest}
    added: list[Revision] = []
    for code, adapter in adapters.items():
        if code in chosen:
            continue
        stood = before.get(code)
        main = Revision(
            service_code=code,
            management_code=adapter.management_code,
            module=MAIN,
            revision=stood.main.revision + 1 if stood else 1,
            digest=digest,
            size_bytes=len(raw),
            saved_at=at,
            author=actors[code].author,
            reason=order.reason,
            name=stood.main.name if stood else "",
            version=stood.main.version if stood else "",
        )
        chosen[code] = Chosen(main=main, others=[_along(one, main) for one in stood.others] if stood else ())
        added += [main, *chosen[code].others]
    for management_code in sorted({revision.management_code for revision in added}):
        await tx.add_content(management_code, digest, body)
    await tx.add_revisions(added)
    return Choice(chosen=chosen, added=added)


def _along(other: Revision, main: Revision) -> Revision:
    return msgspec.structs.replace(
        other, revision=main.revision, saved_at=main.saved_at, author=main.author, reason=main.reason
    )
