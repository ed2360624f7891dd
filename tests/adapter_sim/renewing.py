"""What a renewing unit meets in tests: a bootstrap door that is only a function, and dates in the test's hand."""

import asyncio
import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from adapter_sim.identity import Credential, Identity, Role
from adapter_sim.shelf import Shelf
from protocol.renewal import due_at
from tests.adapter_sim.stage import UNIT
from tests.builders.certificates import CLIENT_AUTH, YEAR, Authority, ours

__all__ = ["CutShelf", "EstStub", "PowerCut", "Steps", "days", "enrolled", "eve", "rfc3339"]

BEGINS = ours().now.replace(microsecond=0)
"""From when the certificates of `enrolled` units hold."""


def rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def days(number: float) -> str:
    """The host's clock so many days after the certificate began."""
    return rfc3339(BEGINS + dt.timedelta(days=number))


class EstStub:
    """`AskDoor`: signs what is asked for, and holds the request to the rules of a re-enrolment."""

    def __init__(self, authority: Authority | None = None) -> None:
        self.authority = authority or ours()
        self.asked: list[Role] = []
        self.keys: list[bytes] = []
        self.refusals: list[Exception] = []
        """Taken one by one, each refuses one request."""
        self.begins = BEGINS + dt.timedelta(days=240)
        self.name: str | None = None

    async def __call__(self, request: bytes, held: Credential) -> bytes:
        csr = x509.load_der_x509_csr(request)
        assert csr.is_signature_valid
        assert csr.public_key() != held.leaf.public_key()
        self.asked.append(held.role)
        self.keys.append(
            csr.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        if self.refusals:
            raise self.refusals.pop(0)
        leaf = self.sign(csr)
        return pkcs7.serialize_certificates([leaf, self.authority.issuing.certificate], serialization.Encoding.DER)

    def sign(self, csr: x509.CertificateSigningRequest) -> x509.Certificate:
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if self.name is not None:
            names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(self.name)])
        return (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self.authority.issuing.certificate.subject)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begins)
            .not_valid_after(self.begins + YEAR)
            .add_extension(names, critical=False)
            .add_extension(x509.ExtendedKeyUsage([CLIENT_AUTH]), critical=False)
            .sign(self.authority.issuing.key, hashes.SHA256())
        )


def enrolled(folder: Path, shelf: Shelf | None = None) -> Identity:
    """A unit's flash with a certificate that holds for a year from `BEGINS`, and its anchors."""
    identity = Identity(shelf or Shelf(folder))
    if not identity.enrolled:
        identity.put_anchors([ours().root.certificate])
        made = ours().unit(UNIT)
        identity.install(made.ec_key, [made.certificate, *made.chain])
    return identity


def eve(identity: Identity) -> tuple[str, float]:
    """The host's clock some seconds before the current certificate is due, and how many seconds."""
    held = identity.credential("current")
    assert held is not None
    due = due_at(held.life, held.lot)
    before = float(int(due) - 5)
    return rfc3339(dt.datetime.fromtimestamp(before, dt.UTC)), due - before


class PowerCut(BaseException):
    """The power goes."""


class Steps:
    """Counts steps; at one of them the power goes."""

    def __init__(self, left: int) -> None:
        self._left = left
        self.gone = asyncio.Event()

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.gone.set()
            raise PowerCut


class CutShelf(Shelf):
    """A flash whose power may go before or after every write."""

    __slots__ = ("steps",)

    def __init__(self, folder: Path, steps: Steps) -> None:
        super().__init__(folder)
        self.steps = steps

    def write(self, name: str, data: bytes) -> None:
        self.steps.step()
        super().write(name, data)
        self.steps.step()

    def move(self, name: str, to: str) -> None:
        self.steps.step()
        super().move(name, to)
        self.steps.step()

    def remove(self, name: str) -> None:
        self.steps.step()
        super().remove(name)
        self.steps.step()
