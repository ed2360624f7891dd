"""The location document in files: one that holds, signed by a key for that alone."""

import asyncio
import stat
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapter_sim.location import signature_check
from protocol.jws import read_signed
from protocol.location import SIGNER_PURPOSE, read_location
from protocol.messages import Redial
from servicehost.backends.authority.files import create_authority, load_issuer
from servicehost.backends.authority.local import LocalAuthority
from servicehost.backends.authority.location import DOCUMENT, SIGNER, SIGNER_KEY, LocationFiles, renew_signer_if_due
from servicehost.backends.authority.rolling import FilesAuthority
from servicehost.ports.authority import Authority, AuthorityUnavailable, CsrRefused
from servicehost.ports.location import LocationTerms
from tests.builders.authority import NOW, local_authority, request_by
from tests.builders.openssl import openssl

TERMS = LocationTerms(
    hosts=("wss://a.example:8443",), bootstrap=("https://a.example:8444",), redial=Redial(), life=timedelta(days=1)
)


class Stage:
    """A folder, an authority, and what they are to say; `now` and `terms` move by the test's hand."""

    def __init__(self, folder: Path, authority: Authority | None = None) -> None:
        self.folder = folder / "door"
        self.authority: Authority = authority or local_authority(folder)
        self.now = NOW
        self.terms = TERMS
        self.files = self.again()

    def again(self) -> LocationFiles:
        """As after a restart, or in another process."""
        return LocationFiles(self.authority, self.folder, terms=lambda: self.terms, now=lambda: self.now)

    async def sequence(self) -> int:
        return (await self.files.current()).location.sequence

    def signer(self) -> x509.Certificate:
        return x509.load_pem_x509_certificates((self.folder / SIGNER).read_bytes())[0]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_a_unit_that_knows_the_root_alone_believes_it(stage: Stage) -> None:
    signed = await stage.files.current()
    root = x509.load_pem_x509_certificates((await stage.authority.anchors_pem()).encode())
    read = read_location(signed.text, signature_check(root))
    assert read == signed.location
    assert (read.hosts, read.bootstrap, read.redial) == (TERMS.hosts, TERMS.bootstrap, TERMS.redial)
    assert (read.issued_at, read.expires_at) == (NOW, NOW + timedelta(days=1))
    assert "".join(read.anchors) == await stage.authority.anchors_pem()


async def test_openssl_agrees_with_the_signature(stage: Stage, tmp_path: Path) -> None:
    signed = read_signed((await stage.files.current()).text)
    r, s = int.from_bytes(signed.signature[:32], "big"), int.from_bytes(signed.signature[32:], "big")
    (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
    key = stage.signer().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(key)
    verify = ("dgst", "-sha256", "-verify", tmp_path / "key.pem", "-signature", tmp_path / "signature")
    assert openssl(*verify, stdin=signed.signed) == b"Verified OK\n"


async def test_its_certificate_is_for_that_and_for_nothing_else(stage: Stage) -> None:
    await stage.files.current()
    usage = stage.signer().extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert ([one.dotted_string for one in usage.value], usage.critical) == ([SIGNER_PURPOSE], True)
    purposes = openssl("x509", "-in", stage.folder / SIGNER, "-noout", "-purpose").decode()
    assert "SSL client : No\n" in purposes
    assert "SSL server : No\n" in purposes
    assert stat.S_IMODE((stage.folder / SIGNER_KEY).stat().st_mode) == 0o600


async def test_the_octets_stay_the_same_over_restarts_until_half_of_its_life_is_over(stage: Stage) -> None:
    first = await stage.files.current()
    stage.now += timedelta(hours=12) - timedelta(seconds=1)
    assert (await stage.again().current()).text == first.text == (stage.folder / DOCUMENT).read_bytes()
    stage.now += timedelta(seconds=1)
    second = await stage.files.current()
    assert second.location.issued_at == stage.now
    assert second.location.sequence > first.location.sequence
    assert second.etag != first.etag


@pytest.mark.parametrize(
    "changed",
    [
        {"hosts": ("wss://b.example:8443",)},
        {"bootstrap": ()},
        {"redial": Redial(spread_s=9.0)},
        {"life": timedelta(days=2)},
    ],
)
async def test_whatever_is_to_be_said_otherwise_is_said_at_once_under_a_greater_sequence(
    stage: Stage, changed: dict[str, object]
) -> None:
    before = await stage.sequence()
    stage.terms = msgspec.structs.replace(TERMS, **changed)
    assert await stage.sequence() > before


async def test_the_sequence_grows_even_if_the_clock_has_gone_back(stage: Stage) -> None:
    before = await stage.sequence()
    stage.now -= timedelta(days=1)
    stage.terms = msgspec.structs.replace(TERMS, hosts=("wss://b.example",))
    assert await stage.sequence() == before + 1


async def test_a_document_that_is_lost_or_spoilt_is_made_anew_above_the_old_one(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await stage.sequence()
    stage.now += timedelta(seconds=5)
    (stage.folder / DOCUMENT).write_bytes(b"spoilt")
    assert await stage.sequence() > before
    assert "location_unreadable" in capsys.readouterr().out


async def test_many_who_ask_at_once_get_one_document(stage: Stage) -> None:
    other = stage.again()
    asked = await asyncio.gather(*(each.current() for each in [stage.files, other] * 20))
    assert len({one.text for one in asked}) == 1


async def test_the_signers_certificate_is_renewed_at_two_thirds_under_the_same_key(stage: Stage) -> None:
    first = await stage.files.current()
    old = stage.signer()
    stage.now = NOW + timedelta(days=244)
    second = await stage.files.current()
    assert stage.signer().serial_number != old.serial_number
    assert stage.signer().public_key() == old.public_key()
    assert second.location.sequence > first.location.sequence
    assert not await renew_signer_if_due(stage.authority, stage.folder, now=stage.now)


async def test_under_another_issuing_certificate_the_signer_is_renewed_at_once(stage: Stage, tmp_path: Path) -> None:
    await stage.files.current()
    create_authority(tmp_path / "next", now=NOW)
    stage.authority = LocalAuthority(load_issuer(tmp_path / "next"))
    signed = await stage.again().current()
    root = x509.load_pem_x509_certificates((await stage.authority.anchors_pem()).encode())
    assert read_location(signed.text, signature_check(root)) == signed.location


async def test_in_a_rollover_a_unit_that_has_not_followed_believes_the_document_too(tmp_path: Path) -> None:
    create_authority(tmp_path / "authority", now=NOW)
    authority = FilesAuthority(tmp_path / "authority")
    before = x509.load_pem_x509_certificates((await authority.anchors_pem()).encode())
    stage = Stage(tmp_path / "rolled", authority)
    await stage.files.current()
    signer = stage.signer()
    await authority.begin(now=NOW, by="dora")
    told = await stage.files.current()
    assert (stage.signer(), len(told.location.anchors)) == (signer, 2)
    assert read_location(told.text, signature_check(before)) == told.location

    await authority.finish()
    ended = await stage.files.current()
    after = x509.load_pem_x509_certificates((await authority.anchors_pem()).encode())
    assert (stage.signer() == signer, len(ended.location.anchors)) == (False, 1)
    assert read_location(ended.text, signature_check(after)) == ended.location


class Away(LocalAuthority):
    async def anchors_pem(self) -> str:
        raise AuthorityUnavailable("it is away")


async def test_while_the_authority_is_away_the_old_document_is_given(stage: Stage, tmp_path: Path) -> None:
    away = Away(load_issuer(tmp_path / "authority"))
    with pytest.raises(AuthorityUnavailable):
        await Stage(tmp_path / "new", away).files.current()
    first = await stage.files.current()
    stage.authority, stage.now = away, NOW + timedelta(days=30)
    assert (await stage.again().current()).text == first.text


async def test_only_a_p256_key_can_sign(stage: Stage) -> None:
    with pytest.raises(CsrRefused, match="P-256"):
        await stage.authority.issue_signer(request_by(ec.generate_private_key(ec.SECP384R1())), now=NOW)
