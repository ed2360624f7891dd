"""How configs are shown: in clear to those who may see secrets, masked to everybody else who may read."""

import asyncio
from typing import Final

import msgspec

from servicehost.domain.consent import ConsentState, consent_for
from servicehost.domain.errors import Forbidden
from servicehost.domain.masking import Masked, Masker, Masks
from servicehost.domain.module import BINARY
from servicehost.domain.people import Actor, Right, has_right
from servicehost.ports.clock import Clock
from servicehost.ports.reads import AdapterView, Reads

__all__ = ["Showing", "Shown"]

_AT_ONCE: Final = 16_384
"""Characters that are masked on the loop; more of them on a thread."""
_CONSENTS: Final = 500


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A body as it may be shown; `values` counts what was masked."""

    body: bytes
    values: int


class Showing:
    """Whoever shows a config, a part of one, or what a unit says that it runs, asks here first.

    Operation managers of the contract see everything; the provider's people under a consent in force that allows
    `see_secrets` for the adapter, and masked otherwise, also where they may edit. Digests and ETags are never masked:
    they are those of the real body.
    """

    def __init__(self, masks: Masks, reads: Reads, clock: Clock) -> None:
        self._masks, self._reads, self._clock = masks, reads, clock

    async def text(self, actor: Actor, service_code: str, text: str) -> Masked:
        """The text of that adapter as the actor may see it."""
        if not text or has_right(actor, Right.SEE_SECRETS):
            return Masked(text=text, values=0)
        view = await self._reads.adapter(actor.scope, service_code)
        if view is not None and await self._allowed(actor, view):
            return Masked(text=text, values=0)
        return await _masked(self.masker_of(view), text)

    async def raw(self, actor: Actor, service_code: str, kind: str, body: bytes) -> Shown:
        """The same of bytes. Raises Forbidden `module_withheld` for those that are no text: in them nothing can be
        found, so nothing can be masked.
        """
        if not body or has_right(actor, Right.SEE_SECRETS):
            return Shown(body=body, values=0)
        view = await self._reads.adapter(actor.scope, service_code)
        if view is not None and await self._allowed(actor, view):
            return Shown(body=body, values=0)
        text = _decoded(body) if kind != BINARY else None
        if text is None:
            raise Forbidden(
                "module_withheld",
                "Binary modules may hold secrets, which cannot be masked in them: they are shown to the customer's"
                " operation managers, and under a consent that allows see_secrets",
            )
        masked = await _masked(self.masker_of(view), text)
        return Shown(body=masked.text.encode(), values=masked.values)

    def masker_of(self, view: AdapterView | None) -> Masker:
        """By the model of the unit that serves the adapter; without one, of all models."""
        return self._masks.masker(None if view is None or view.unit is None else view.unit.unit.model)

    async def _allowed(self, actor: Actor, view: AdapterView) -> bool:
        now = self._clock.wall()
        consents = await self._reads.consents(
            actor.scope,
            now,
            service_code=view.adapter.service_code,
            state=ConsentState.IN_FORCE,
            limit=_CONSENTS,
        )
        return consent_for(actor, [Right.SEE_SECRETS], view.adapter, consents, now) is not None


def _decoded(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


async def _masked(masker: Masker, text: str) -> Masked:
    return masker.masked(text) if len(text) <= _AT_ONCE else await asyncio.to_thread(masker.masked, text)
