"""The authority in files, present and to come: it can be rolled over while it signs."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from protocol.identity import DistributionId, ModelSerial
from servicehost.backends.authority import succession
from servicehost.backends.authority.files import load_issuer
from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.backends.authority.local import LocalAuthority
from servicehost.backends.authority.requests import csr_key_fingerprint
from servicehost.domain.errors import Conflict
from servicehost.domain.rollover import Rollover, Towards
from servicehost.ports.authority import IssuedCertificate

__all__ = ["FilesAuthority"]


class FilesAuthority:
    """Implements `ports.authority.Authority` and `ports.rollover.Succession` on a folder that it alone writes.

    During a rollover units get their certificates from the authority to come, and the doors theirs from the present one
    until its end: a unit is asked to renew only once it holds the anchor to come, while every unit holds the present.
    """

    def __init__(self, folder: Path, *, passphrase: bytes | None = None, beside: bool = False) -> None:
        """Finish what was interrupted, and load. Raises AuthorityFileError.

        `beside` another process that works on the folder it is only read; then nothing may be begun or finished here.
        """
        self._folder = folder
        self._passphrase = passphrase
        self._changing = asyncio.Lock()
        if not beside:
            succession.settle(folder)
        self._load()

    def _load(self) -> None:
        present = LocalAuthority(load_issuer(self._folder, passphrase=self._passphrase))
        rollover = succession.read_rollover(self._folder)
        coming = None
        if rollover is not None:
            coming = LocalAuthority(load_issuer(self._folder / succession.NEXT, passphrase=self._passphrase))
        self._present, self._coming, self._rollover = present, coming, rollover

    # -- Authority ----------------------------------------------------------------------------------------------

    async def anchors_pem(self) -> str:
        return "".join([await one.anchors_pem() for one in self._in_force()])

    async def chain_pem(self) -> str:
        return "".join([await one.chain_pem() for one in self._in_force()])

    def key_fingerprint(self, csr_der: bytes) -> str:
        return csr_key_fingerprint(csr_der)

    async def issue_unit(
        self, csr_der: bytes, *, distribution_id: DistributionId, model_serial: ModelSerial, now: datetime
    ) -> IssuedCertificate:
        forward = self._rollover is not None and self._rollover.towards is Towards.NEXT
        issuing = self._coming if self._coming is not None and forward else self._present
        return await issuing.issue_unit(csr_der, distribution_id=distribution_id, model_serial=model_serial, now=now)

    async def issue_host(
        self,
        csr_der: bytes,
        *,
        names: Sequence[str],
        addresses: Sequence[IPv4Address | IPv6Address],
        now: datetime,
    ) -> IssuedCertificate:
        return await self._present.issue_host(csr_der, names=names, addresses=addresses, now=now)

    async def issue_signer(self, csr_der: bytes, *, now: datetime) -> IssuedCertificate:
        # The present one's, like the doors': a unit that has not followed yet must believe the document too.
        return await self._present.issue_signer(csr_der, now=now)

    def _in_force(self) -> tuple[LocalAuthority, ...]:
        return (self._present,) if self._coming is None else (self._present, self._coming)

    # -- Succession ---------------------------------------------------------------------------------------------

    def rollover(self) -> Rollover | None:
        return self._rollover

    async def begin(self, *, now: datetime, by: str) -> Rollover:
        await self._change(partial(succession.begin, self._folder, now=now, by=by, passphrase=self._passphrase))
        if self._rollover is None:
            text = "The rollover was ended while it began: look at it, and begin it again"
            raise Conflict("authority_unavailable", text)
        return self._rollover

    async def turn_back(self) -> Rollover | None:
        await self._change(partial(succession.turn_back, self._folder))
        return self._rollover

    async def finish(self) -> None:
        rollover = self._rollover
        if rollover is not None:
            step = succession.end if rollover.towards is Towards.NEXT else succession.drop
            await self._change(partial(step, self._folder))

    async def _change(self, step: Callable[[], None]) -> None:
        """On a thread, for it waits for the disk; whatever comes of it, what is then in the folder is in force."""
        async with self._changing:
            try:
                await asyncio.to_thread(self._step, step)
            except AuthorityFileError as error:
                raise Conflict("authority_unavailable", f"{error.path}: {error.text}") from error

    def _step(self, step: Callable[[], None]) -> None:
        try:
            step()
        finally:
            succession.settle(self._folder)
            self._load()
