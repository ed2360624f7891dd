"""Keeps the doors up to what is in force: their certificate, the anchors in their TLS contexts, what units are told."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from servicehost.backends.authority.doors import DOOR, DOOR_KEY
from servicehost.backends.authority.renewal import renew_door_certificate_if_due
from servicehost.bootstrap.listener import BootstrapListener
from servicehost.ports.authority import Authority
from servicehost.ports.rollover import Succession
from servicehost.sessions.door import AdaptersDoor
from servicehost.sessions.tls import server_context
from servicehost.sessions.trust import NO_TRUST, trust_of

__all__ = ["DoorTrust", "ca_certificates", "door_contexts"]

_log: Final[Any] = structlog.get_logger("servicehost.trust")


class _Parties(Authority, Succession, Protocol):
    """What is in force, and what is about to be."""


async def ca_certificates(authority: Authority) -> str:
    """Every anchor and issuing certificate in force, PEM. Raises AuthorityUnavailable."""
    return await authority.anchors_pem() + await authority.chain_pem()


def door_contexts(folder: Path, anchors: str, makers: Sequence[str] = ()) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The TLS contexts of the adapters' door and of the bootstrap door. Raises OSError and ssl.SSLError.

    `makers`, PEM, are let in at the bootstrap door alone: a birth certificate opens no session.
    """
    make = partial(server_context, folder / DOOR, folder / DOOR_KEY)
    return make([anchors]), make([anchors, *makers], certificate_required=False)


class DoorTrust:
    """One a host. It asks the authority what is in force and changes nothing that has not changed."""

    def __init__(
        self, authority: _Parties, folder: Path, now: Callable[[], datetime], *, makers: Sequence[str] = ()
    ) -> None:
        """`makers`: see `door_contexts`."""
        self._authority = authority
        self._folder = folder
        self._now = now
        self._makers = tuple(makers)
        self._doors: tuple[AdaptersDoor, BootstrapListener] | None = None
        self._trust = NO_TRUST
        self._served = ""
        self._renewing = asyncio.Lock()

    async def ca_certificates(self) -> str:
        """Every anchor and issuing certificate in force, PEM. Raises AuthorityUnavailable."""
        return await ca_certificates(self._authority)

    async def contexts(self) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        """The doors' contexts, after their certificate was renewed if that was due.

        Raises AuthorityFileError, OSError and ssl.SSLError for that certificate, AuthorityUnavailable.
        """
        await renew_door_certificate_if_due(self._authority, self._folder, now=self._now())
        self._served = await self.ca_certificates()
        return door_contexts(self._folder, self._served, self._makers)

    async def serve(self, adapters_door: AdaptersDoor, bootstrap_door: BootstrapListener) -> None:
        """From now on these doors are kept up to date."""
        self._doors = (adapters_door, bootstrap_door)
        await self._tell(adapters_door)

    async def renew(self) -> None:
        """Renew the doors' certificate if it is due, and let the doors know what has changed. Harmless at any time.

        Raises as `contexts`; then the doors go on with what they had.
        """
        async with self._renewing:
            renewed = await renew_door_certificate_if_due(self._authority, self._folder, now=self._now())
            if self._doors is None:
                return
            adapters_door, bootstrap_door = self._doors
            in_force = await self.ca_certificates()
            if renewed or in_force != self._served:
                for_units, bootstrap_door.context = door_contexts(self._folder, in_force, self._makers)
                adapters_door.renew_context(for_units)
                self._served = in_force
                _log.info("contexts_renewed", certificate_renewed=renewed)
            await self._tell(adapters_door)

    async def _tell(self, adapters_door: AdaptersDoor) -> None:
        rollover = self._authority.rollover()
        leaves = None if rollover is None else rollover.leaves
        anchors, chain = await self._authority.anchors_pem(), await self._authority.chain_pem()
        trust = trust_of(anchors, chain, leaves=leaves)
        if trust != self._trust:
            self._trust = trust
            await adapters_door.renew_trust(trust)
            _log.info("trust_changed", anchors=sorted(trust.fingerprints), leaves=leaves)
