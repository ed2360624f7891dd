"""Whom the filters of a scope's viewers hold: asked of the store once for all of them, and again now and then.

A query may take the store a tenth of a second, so a page that lives asks for it at a pace of its own, never for each
change that it shows.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.errors import Refused
from servicehost.domain.query_text import MalformedQuery
from servicehost.domain.rule import Text
from servicehost.domain.selection import Selection
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.web.panel.headline import filled
from servicehost.web.panel.refusals import refusal_text

__all__ = ["Filters", "Found"]

_EVERY_S: Final = 5.0
_SHARE: Final = 20
"""Asking again takes at most one part in so many of the time."""
_UNSEEN_S: Final = 30.0
"""Longer than the beat of a stream: who looks through a filter says so before."""
_KEPT: Final = 20


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a filter holds; `more`: beyond so many as one selection may have. `trouble` says why it holds nobody, and
    `position` before which character of a written query that is."""

    codes: frozenset[str] = frozenset()
    more: bool = False
    trouble: Text | None = None
    position: int | None = None


class _Kept(msgspec.Struct, kw_only=True):
    found: Found
    asked_at: float
    seen_at: float


class Filters:
    """One scope's. On the event loop's thread."""

    def __init__(self, scope: Scope, reads: Reads, clock: Clock) -> None:
        self._scope = scope
        self._reads = reads
        self._clock = clock
        self._kept: dict[Selection, _Kept] = {}
        self._rests_until = 0.0

    async def found(self, selections: Sequence[Selection]) -> Found | None:
        """Whom all of them hold; None where there is no filter."""
        parts = [await self._part(one) for one in selections]
        if not parts:
            return None
        troubled = next((one for one in parts if one.trouble is not None), None)
        return troubled or Found(
            codes=frozenset.intersection(*(one.codes for one in parts)), more=all(one.more for one in parts)
        )

    def look_through(self, selections: Sequence[Selection]) -> None:
        """Somebody still does."""
        now = self._clock.monotonic()
        for one in selections:
            if one in self._kept:
                self._kept[one].seen_at = now

    async def refresh(self) -> bool:
        """Ask anew for one, if its turn has come. Whether it holds others now."""
        now = self._clock.monotonic()
        self._kept = {one: kept for one, kept in self._kept.items() if now - kept.seen_at < _UNSEEN_S}
        if not self._kept or now < self._rests_until:
            return False
        selection, kept = min(self._kept.items(), key=lambda one: one[1].asked_at)
        if now - kept.asked_at < _EVERY_S:
            return False
        before, kept.found = kept.found, await self._ask(selection)
        kept.asked_at = self._clock.monotonic()
        return before != kept.found

    async def _part(self, selection: Selection) -> Found:
        if selection not in self._kept:
            found, now = await self._ask(selection), self._clock.monotonic()
            self._kept[selection] = _Kept(found=found, asked_at=now, seen_at=now)
            if len(self._kept) > _KEPT:
                del self._kept[min(self._kept, key=lambda one: self._kept[one].seen_at)]
            return found
        self.look_through([selection])
        return self._kept[selection].found

    async def _ask(self, selection: Selection) -> Found:
        began = self._clock.monotonic()
        try:
            selected = await self._reads.select_adapters(self._scope, selection, self._clock.wall())
        except MalformedQuery as refused:
            said = filled("query_unreadable", place=refused.position + 1)
            trouble = Text(ja=said.ja, en=f"{said.en}: {refused.detail}.")
            return Found(trouble=trouble, position=refused.position)
        except Refused as refused:
            return Found(trouble=refusal_text(refused))
        ended = self._clock.monotonic()
        self._rests_until = ended + (ended - began) * _SHARE
        return Found(codes=frozenset(selected.service_codes), more=selected.more)
