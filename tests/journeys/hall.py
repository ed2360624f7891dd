"""A host in the test's loop with people and units around it, and units that come to its doors with any certificate."""

import asyncio
import itertools
import secrets
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from adapter_sim.identity import Brought, Identity
from adapter_sim.shelf import Shelf
from adapter_sim.tls import client_context
from protocol.identity import DistributionId, unit_urn
from protocol.wire.stack import UnitWire
from servicehost.demo.api import Api
from servicehost.founding import Founded
from tests.adapter_sim.stage import OneUnit
from tests.builders.birth import Maker
from tests.builders.certificates import Authority, Credential, Key, authority_in
from tests.builders.inner_host import InnerHost, inner_host, opening
from tests.builders.loopback import hang_up
from tests.fakes.clock import FixedClock
from tests.journeys.raw import RawUnit

__all__ = ["MODEL", "Hall", "Shown", "fingerprint", "open_hall", "request_of", "serial_of"]

MODEL = "SA-1"
_numbers = itertools.count(0x4000)


class Shown(NamedTuple):
    """Who comes, and with what; None: with nothing. `as_` is whom the certificate names, if it names anybody."""

    unit: str
    credential: Credential | None
    as_: str | None = None


@dataclass(kw_only=True)
class Hall:
    """`api` is a dispatcher's; `authority` the host's own, to sign with right or wrong as is asked."""

    host: InnerHost
    clock: FixedClock
    api: Api
    management_code: str
    authority: Authority
    maker: Maker
    folder: Path
    _own_folders: "itertools.count[int]" = field(default_factory=itertools.count)

    # -- what people enter --------------------------------------------------------------------------------------

    def nobody(self) -> str:
        """A Distribution ID that nobody has registered."""
        return f"0001-0000-0000-000B-02E0-4DFF-FE10-{next(_numbers):04X}"

    async def standby(self) -> str:
        """A registered unit that serves no adapter."""
        unit = self.nobody()
        await self.api.post("units", {"distribution_id": unit, "model": MODEL, "serial": serial_of(unit)})
        return unit

    async def serving(self) -> tuple[str, str]:
        """A unit, and the service code of the adapter that it serves."""
        unit = await self.standby()
        adapter = await self.api.post("adapters", {"management_code": self.management_code})
        await self.api.put(f"adapters/{adapter['service_code']}/unit", {"distribution_id": unit})
        return unit, adapter["service_code"]

    async def issued(self, unit: str, key: Key | None = None, *, chain: bool = True) -> Credential:
        """The certificate that the host gives this unit for a token, for this key or a new one."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        token = (await self.api.post(f"units/{unit}/enrolment-tokens", {}))["token"]
        given = await self.host.host.catalogue.enrol_unit(
            request_of(key, unit), distribution_id=DistributionId(unit), token=token, remote_address="127.0.0.1"
        )
        leaf = x509.load_der_x509_certificate(given.der)
        issuers = tuple(x509.load_pem_x509_certificates(given.chain_pem.encode()))
        return Credential(key=key, certificate=leaf, chain=issuers if chain else ())

    async def lives(self, unit: str, life: str) -> None:
        """Say what has become of it."""
        await self.api.put(f"units/{unit}/life", {"life": life, "reason": "said so"})

    async def revoke(self, credential: Credential) -> None:
        """This certificate alone."""
        number = f"{credential.certificate.serial_number:x}"
        number = number.zfill(len(number) + len(number) % 2)
        await self.api.post(f"certificates/{number}/revocation", {"reason": "key_compromise"})

    # -- units --------------------------------------------------------------------------------------------------

    def brought(self, credential: Credential) -> Brought:
        """Its files."""
        folder = self.own_folder()
        certificate, key = credential.write(folder, "unit")
        return Brought(certificate=certificate, key=key)

    def own_folder(self) -> Path:
        folder = self.folder / f"unit-{next(self._own_folders)}"
        folder.mkdir()
        return folder

    def context(self, credential: Credential | None, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """What a unit with this certificate dials with; `version` pins TLS to one."""
        if credential is None:
            context = client_context([self.host.anchors])
        else:
            with tempfile.TemporaryDirectory() as folder:
                context = _client_context(self.host.anchors, *credential.write(Path(folder), "unit"))
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context

    def born(self, unit: str) -> Credential:
        """What the unit's maker burnt into it, bearing the names that ours would as well."""
        urn = x509.UniformResourceIdentifier(unit_urn(DistributionId(unit)))
        born = self.maker.born(f"{MODEL}-{serial_of(unit)}", names=(urn,))
        leaf, *chain = x509.load_pem_x509_certificates(born.certificate.read_bytes())
        key = load_pem_private_key(born.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return Credential(key=key, certificate=leaf, chain=tuple(chain))

    def unit(self, shown: Shown, version: ssl.TLSVersion | None = None) -> OneUnit:
        """The simulated unit, without power."""
        door = [("127.0.0.1", self.host.adapters_port)]
        context = self.context(shown.credential, version)
        return OneUnit(door, name=shown.unit, context=context)

    def identity(self, credential: Credential) -> Identity:
        """The flash of a unit that was given this credential."""
        return Identity(Shelf(self.own_folder()), brought=self.brought(credential), anchors=self.host.anchors)

    @asynccontextmanager
    async def raw(self, credential: Credential) -> AsyncIterator[RawUnit]:
        """A unit made by hand, whose opening was answered."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.host.adapters_port)
        try:
            unit = RawUnit(reader, writer, UnitWire(self.context(credential), "127.0.0.1", self.host.adapters_port))
            await unit.open()
            yield unit
        finally:
            await hang_up([writer])

    # -- what people see ----------------------------------------------------------------------------------------

    async def last_attempt(self, of: str | None = None) -> dict[str, Any]:
        """The newest row of the connection log, everybody's or of one unit."""
        await self.host.round("intake_tick")
        path = "attempts" if of is None else f"units/{of}/attempts"
        row: dict[str, Any] = (await self.api.get(path, limit=1))["items"][0]
        return row


def serial_of(unit: str) -> str:
    return f"T{unit[-4:]}"


def fingerprint(credential: Credential) -> str:
    return sha256(credential.der).hexdigest()


def request_of(key: Key, unit: str) -> bytes:
    """A PKCS#10 request of this unit for a certificate like the one it has."""
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{MODEL}-{serial_of(unit)}")])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(unit_urn(DistributionId(unit)))])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _client_context(anchors: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    try:
        return client_context([anchors], certificate_chain=certificate, private_key=key)
    except ssl.SSLError:  # too weak for our own OpenSSL: a stranger's may think otherwise
        context = client_context([anchors])
        context.set_ciphers("ECDHE+AESGCM:@SECLEVEL=0")
        context.load_cert_chain(certificate, key)
        return context


@asynccontextmanager
async def open_hall(founded: Founded, folder: Path, *flags: str) -> AsyncIterator[Hall]:
    """The founded host with its doors open; `flags` are settings over its own."""
    maker, clock = Maker(folder), opening(founded)
    async with inner_host(founded, clock, f"enrolment.makers={maker.root}", *flags) as host:
        runner = host.host.operators_door
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with Api(f"http://127.0.0.1:{runner.addresses[0][1]}") as api:
            await api.log_in(founded.master_id, founded.one_time_password, secrets.token_urlsafe(12))
            assert founded.management_code is not None
            yield Hall(
                host=host,
                clock=clock,
                api=api,
                management_code=founded.management_code,
                authority=authority_in(host.folder / "authority"),
                maker=maker,
                folder=folder,
            )
