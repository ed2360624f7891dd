"""An authority elsewhere, reached through a program: step-ca's command, a script before a hardware module, anything.

The program is started once a certificate. On its standard input it gets the request (PKCS#10, PEM); in its environment
it is told what for:

    SERVICEHOST_CSR_KIND        unit | host | signer
    SERVICEHOST_CSR_URI         unit: the alternative name, a URI, and no other
    SERVICEHOST_CSR_SERIAL      unit: the subject's serialNumber
    SERVICEHOST_CSR_NAMES       host: DNS names, separated by commas
    SERVICEHOST_CSR_ADDRESSES   host: IP addresses, separated by commas
    SERVICEHOST_CSR_PURPOSE     signer: its only extended key usage, critical, an object identifier; no alternative name

On its standard output it answers with the certificate, then the issuing certificates, PEM, and exits with 0. The
request's own names and extensions are a stranger's word: the program must not copy them.
"""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from protocol.identity import DistributionId, ModelSerial, unit_urn
from protocol.location import SIGNER_PURPOSE
from servicehost.backends.authority.answers import HOST, SIGNER, UNIT, Wanted, check_answer
from servicehost.backends.authority.profiles import host_profile
from servicehost.backends.authority.requests import csr_key_fingerprint, read_csr, read_p256_csr
from servicehost.backends.authority.signing import issued, pem
from servicehost.domain.errors import Conflict
from servicehost.domain.rollover import Rollover
from servicehost.ports.authority import AuthorityUnavailable, IssuedCertificate

__all__ = ["MAX_ANSWER_BYTES", "CommandAuthority"]

MAX_ANSWER_BYTES: Final = 64 * 1024
_MAX_COMPLAINT_BYTES: Final = 4 * 1024
_PIECE: Final = 4096


class CommandAuthority:
    """Implements `ports.authority.Authority`, and `ports.rollover.Succession` as far as that is ours.

    `anchors` and `chain` are PEM files, read anew whenever they are asked for: an authority elsewhere is rolled over
    elsewhere, and here by putting the new root and issuing certificate beside the old ones and taking these away later.
    `at_once` programs run at the same time; further requests wait within their caller's time.
    """

    def __init__(
        self, command: Sequence[str], *, anchors: Path, chain: Path | None, due_s: float, at_once: int = 4
    ) -> None:
        self._command = tuple(command)
        self._anchors = anchors
        self._chain = chain
        self._due_s = due_s
        self._room = asyncio.Semaphore(at_once)

    # -- Authority ----------------------------------------------------------------------------------------------

    async def anchors_pem(self) -> str:
        return _read(self._anchors, at_least=1)

    async def chain_pem(self) -> str:
        return "" if self._chain is None else _read(self._chain, at_least=0)

    def key_fingerprint(self, csr_der: bytes) -> str:
        return csr_key_fingerprint(csr_der)

    async def issue_unit(
        self, csr_der: bytes, *, distribution_id: DistributionId, model_serial: ModelSerial, now: datetime
    ) -> IssuedCertificate:
        urn, serial = unit_urn(distribution_id), str(model_serial)
        told = {"KIND": "unit", "URI": urn, "SERIAL": serial}
        names = [x509.UniformResourceIdentifier(urn)]
        wanted = Wanted(key=read_csr(csr_der), names=names, serial=serial, purpose=UNIT, now=now)
        return await self._issue(csr_der, told, wanted)

    async def issue_host(
        self,
        csr_der: bytes,
        *,
        names: Sequence[str],
        addresses: Sequence[IPv4Address | IPv6Address],
        now: datetime,
    ) -> IssuedCertificate:
        key = read_csr(csr_der)
        host_profile(key, names, addresses)  # raises as the port says
        told = {"KIND": "host", "NAMES": ",".join(names), "ADDRESSES": ",".join(map(str, addresses))}
        wished: list[x509.GeneralName] = [x509.DNSName(name.lower()) for name in names]
        wished += [x509.IPAddress(address) for address in addresses]
        return await self._issue(csr_der, told, Wanted(key=key, names=wished, serial=None, purpose=HOST, now=now))

    async def issue_signer(self, csr_der: bytes, *, now: datetime) -> IssuedCertificate:
        key = read_p256_csr(csr_der)
        told = {"KIND": "signer", "PURPOSE": SIGNER_PURPOSE}
        return await self._issue(csr_der, told, Wanted(key=key, names=(), serial=None, purpose=SIGNER, now=now))

    async def _issue(self, csr_der: bytes, told: Mapping[str, str], wanted: Wanted) -> IssuedCertificate:
        request = x509.load_der_x509_csr(csr_der).public_bytes(Encoding.PEM)
        async with self._room:
            answer = await self._run(request, {f"SERVICEHOST_CSR_{name}": value for name, value in told.items()})
        known = await self.anchors_pem() + await self.chain_pem()
        leaf, chain, anchor = check_answer(answer, wanted, known)
        return issued(leaf, "".join(map(pem, chain)), anchor)

    # -- Succession ---------------------------------------------------------------------------------------------

    def rollover(self) -> Rollover | None:
        return None

    async def begin(self, *, now: datetime, by: str) -> Rollover:
        text = f"The authority is elsewhere, and is rolled over there: then add its new root to {self._anchors}"
        raise Conflict("rolled_over_elsewhere", text)

    async def turn_back(self) -> Rollover | None:
        return None

    async def finish(self) -> None:
        """Nothing is ours to finish."""

    # -- the program --------------------------------------------------------------------------------------------

    async def _run(self, request: bytes, told: Mapping[str, str]) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, **told}, start_new_session=True
            )
        except OSError as error:
            raise AuthorityUnavailable(f"{self._command[0]} cannot be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(self._due_s):
                answer, complaint = await _converse(process, request)
                code = await process.wait()
        except TimeoutError as error:
            raise AuthorityUnavailable(f"{self._command[0]} has not answered within {self._due_s:g} s") from error
        finally:
            await _gone(process)
        if code != 0:
            words = " ".join(complaint.decode("utf-8", "replace").split())[:300]
            raise AuthorityUnavailable(f"{self._command[0]} ended with {code}: {words or 'it said nothing'}")
        return answer


async def _converse(process: Process, request: bytes) -> tuple[bytes, bytes]:
    assert process.stdin is not None  # noqa: S101 - all three were asked for
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    answer, complaint, _ = await asyncio.gather(
        _read_all(process.stdout, MAX_ANSWER_BYTES),
        _read_all(process.stderr, _MAX_COMPLAINT_BYTES),
        _say(process.stdin, request),
    )
    if len(answer) > MAX_ANSWER_BYTES:
        raise AuthorityUnavailable(f"the program's answer has more than {MAX_ANSWER_BYTES} bytes")
    return answer, complaint


async def _say(stdin: asyncio.StreamWriter, request: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it may answer, or give up, without having read it all
        stdin.write(request)
        await stdin.drain()
    stdin.close()


async def _read_all(stream: asyncio.StreamReader, limit: int) -> bytes:
    """What it says, and at most one piece beyond `limit`; whatever is more is taken off it and dropped."""
    kept = bytearray()
    while piece := await stream.read(_PIECE):
        if len(kept) <= limit:
            kept += piece
    return bytes(kept)


async def _gone(process: Process) -> None:
    """No program outlives its request, nor what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _read(path: Path, *, at_least: int) -> str:
    try:
        text = path.read_text("ascii")
        found = x509.load_pem_x509_certificates(text.encode("ascii")) if at_least or text.strip() else []
    except (OSError, ValueError) as error:
        raise AuthorityUnavailable(f"{path} is no file of certificates in PEM: {error}") from error
    return "".join(map(pem, found))
