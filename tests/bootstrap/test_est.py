import json
import ssl
from base64 import b64encode
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.identity import DistributionId, unit_urn
from servicehost.bootstrap.est import CACERTS, CSRATTRS, SIMPLEENROLL, SIMPLEREENROLL, EstDoor
from servicehost.bootstrap.est_refusals import REMEDIES
from servicehost.bootstrap.http import NOBODY, Peer, Request, Response
from servicehost.domain.birth import BirthCertificate
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import Waiting
from servicehost.domain.errors import Busy, StoreFull
from servicehost.ports.authority import Authority, AuthorityUnavailable, IssuedCertificate
from servicehost.sessions.identity import read_identity
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, local_authority, request_by
from tests.builders.birth import Maker
from tests.builders.openssl import make_csr, openssl

TOKEN = "shet_of:colons"


class RecordingEnrol:
    """Issues, and notes who asked; raises or answers what it is told to. All three use cases in one."""

    def __init__(self, authority: Authority, error: Exception | None = None) -> None:
        self.authority = authority
        self.error = error
        self.asked: list[tuple[DistributionId, str, str]] = []
        self.born: list[BirthCertificate] = []
        self.renewed: list[UnitIdentity] = []
        self.waiting: Waiting | None = None

    async def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> IssuedCertificate:
        self.asked.append((distribution_id, token, remote_address))
        return await self._issued(csr_der)

    async def by_birth(
        self, csr_der: bytes, *, birth: BirthCertificate, remote_address: str
    ) -> IssuedCertificate | Waiting:
        self.born.append(birth)
        return self.waiting or await self._issued(csr_der)

    async def again(
        self, csr_der: bytes, *, identity: UnitIdentity, remote_address: str
    ) -> IssuedCertificate | Waiting:
        self.renewed.append(identity)
        return self.waiting or await self._issued(csr_der)

    async def _issued(self, csr_der: bytes) -> IssuedCertificate:
        if self.error is not None:
            raise self.error
        return await self.authority.issue_unit(csr_der, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW)


@pytest.fixture
def enrol(tmp_path: Path) -> RecordingEnrol:
    return RecordingEnrol(local_authority(tmp_path))


def door(enrol: RecordingEnrol, *, chain_in_answer: bool = True, makers: Collection[bytes] = ()) -> EstDoor:
    async def ca_certificates() -> str:
        return await enrol.authority.anchors_pem() + await enrol.authority.chain_pem()

    return EstDoor(
        ca_certificates=ca_certificates,
        enrol=enrol,
        enrol_by_birth=enrol.by_birth,
        reenrol=enrol.again,
        read_identity=read_identity,
        makers=makers,
        chain_in_answer=chain_in_answer,
    )


def basic(credentials: str) -> str:
    return "Basic " + b64encode(credentials.encode()).decode()


def a_csr() -> bytes:
    return request_by(ec.generate_private_key(ec.SECP256R1()))


def enrolment(body: bytes | None = None, headers: Mapping[str, str | None] | None = None) -> Request:
    """A good request, with some headers changed or, by None, left out."""
    given = {"authorization": basic(f"{UNIT}:{TOKEN}"), "content-type": "application/pkcs10"} | dict(headers or {})
    sent = {name: value for name, value in given.items() if value is not None}
    return Request(method="POST", target=SIMPLEENROLL, headers=sent, body=b64encode(a_csr()) if body is None else body)


async def ask(est: EstDoor, request: Request) -> Response:
    return await est.respond(request, remote_address="192.0.2.7")


async def refusal_of(enrol: RecordingEnrol, request: Request, makers: Collection[bytes] = ()) -> tuple[int, str]:
    response = await ask(door(enrol, makers=makers), request)
    document = json.loads(response.body)
    assert response.content_type == "application/problem+json"
    assert document["detail"]
    assert (response.status == 401) == ("www-authenticate" in dict(response.headers))
    return response.status, document["code"]


def certificates_in(response: Response) -> str:
    assert response.status == 200
    assert response.content_type == "application/pkcs7-mime; smime-type=certs-only"
    der = openssl("base64", "-d", stdin=response.body)
    return openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=der).decode()


async def test_cacerts_hands_out_root_and_issuing_certificate(enrol: RecordingEnrol) -> None:
    request = Request(method="GET", target=CACERTS + "?any=thing", headers={}, body=b"")
    printed = certificates_in(await ask(door(enrol), request))
    assert printed.count("BEGIN CERTIFICATE") == 2
    assert "subject=CN = Service host root\n" in printed
    assert "subject=CN = Service host issuing\n" in printed


async def test_simpleenroll_answers_with_leaf_and_issuing_certificate(enrol: RecordingEnrol) -> None:
    printed = certificates_in(await ask(door(enrol), enrolment()))
    assert printed.count("BEGIN CERTIFICATE") == 2
    assert f"subject=serialNumber = {MODEL_SERIAL}\n" in printed
    assert "subject=CN = Service host issuing\n" in printed
    assert enrol.asked == [(UNIT, TOKEN, "192.0.2.7")]


async def test_a_strict_client_may_be_given_the_leaf_alone(enrol: RecordingEnrol) -> None:
    printed = certificates_in(await ask(door(enrol, chain_in_answer=False), enrolment()))
    assert printed.count("BEGIN CERTIFICATE") == 1
    assert f"subject=serialNumber = {MODEL_SERIAL}\n" in printed


async def test_lines_cases_and_parameters_that_do_not_matter_are_borne(enrol: RecordingEnrol) -> None:
    encoded = b64encode(a_csr())
    body = b"\r\n".join(encoded[at : at + 64] for at in range(0, len(encoded), 64)) + b"\r\n"
    credentials = basic(f"{UNIT.lower()}:{TOKEN}").replace("Basic ", "bAsIc  ")
    headers = {"content-type": "Application/PKCS10; charset=x", "authorization": credentials}
    assert (await ask(door(enrol), enrolment(body, headers))).status == 200
    assert enrol.asked == [(UNIT, TOKEN, "192.0.2.7")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"authorization": None}, (401, "credentials_missing")),
        ({"authorization": ""}, (401, "credentials_malformed")),
        ({"authorization": "Bearer " + TOKEN}, (401, "credentials_malformed")),
        ({"authorization": "Basic !!!!"}, (401, "credentials_malformed")),
        ({"authorization": "Basic ホスト"}, (401, "credentials_malformed")),
        ({"authorization": "Basic " + b64encode(b"\xff:\xff").decode()}, (401, "credentials_malformed")),
        ({"authorization": basic(UNIT)}, (401, "credentials_malformed")),
        ({"authorization": basic(UNIT + ":")}, (401, "credentials_malformed")),
        ({"authorization": basic("tss00000001:" + TOKEN)}, (401, "distribution_id_malformed")),
        ({"content-type": None}, (415, "media_type_unsupported")),
        ({"content-type": "application/x-www-form-urlencoded"}, (415, "media_type_unsupported")),
    ],
)
async def test_bad_headers_are_refused_by_name_before_anything_is_issued(
    enrol: RecordingEnrol, headers: dict[str, str | None], expected: tuple[int, str]
) -> None:
    assert await refusal_of(enrol, enrolment(headers=headers)) == expected
    assert enrol.asked == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "body_empty")),
        (b" \r\n", (400, "body_empty")),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", (400, "body_not_base64")),
        (b"\x30\x82\x01\x00", (400, "body_not_base64")),
        (b"AAA", (400, "body_not_base64")),
        (b64encode(b"garbage"), (400, "csr_unreadable")),
    ],
)
async def test_a_bad_body_is_refused_by_name(enrol: RecordingEnrol, body: bytes, expected: tuple[int, str]) -> None:
    assert await refusal_of(enrol, enrolment(body)) == expected


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (EnrolmentRefusal.UNKNOWN_TOKEN, 401),
        (EnrolmentRefusal.TOKEN_USED, 401),
        (EnrolmentRefusal.TOKEN_EXPIRED, 401),
        (EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT, 403),
    ],
)
async def test_a_refused_token_is_answered_with_its_name(
    enrol: RecordingEnrol, code: EnrolmentRefusal, status: int
) -> None:
    enrol.error = EnrolmentRefused(code)
    assert await refusal_of(enrol, enrolment()) == (status, code)


async def test_an_absent_authority_is_a_reason_to_come_back(enrol: RecordingEnrol) -> None:
    enrol.error = AuthorityUnavailable("it does not answer")
    response = await ask(door(enrol), enrolment())
    assert response.status == 503
    assert dict(response.headers)["retry-after"] == "60"


async def test_a_full_store_is_a_reason_to_come_back_with_the_same_token(enrol: RecordingEnrol) -> None:
    enrol.error = StoreFull()
    assert await refusal_of(enrol, enrolment()) == (503, "store_full")
    assert dict((await ask(door(enrol), enrolment())).headers)["retry-after"] == "60"


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/", (404, "not_found")),
        ("GET", CACERTS + "/", (404, "not_found")),
        ("GET", "/.well-known/est/serverkeygen", (404, "not_found")),
        ("POST", CSRATTRS, (405, "method_not_allowed")),
        ("GET", SIMPLEREENROLL, (405, "method_not_allowed")),
        ("POST", CACERTS, (405, "method_not_allowed")),
        ("GET", SIMPLEENROLL, (405, "method_not_allowed")),
    ],
)
async def test_other_addresses_and_methods_are_refused(
    enrol: RecordingEnrol, method: str, target: str, expected: tuple[int, str]
) -> None:
    assert await refusal_of(enrol, Request(method=method, target=target, headers={}, body=b"")) == expected


async def test_csrattrs_asks_for_a_key_and_a_digest_and_for_no_names(enrol: RecordingEnrol) -> None:
    response = await ask(door(enrol), Request(method="GET", target=CSRATTRS, headers={}, body=b""))
    assert (response.status, response.content_type) == (200, "application/csrattrs")
    shown = openssl("asn1parse", "-inform", "DER", stdin=openssl("base64", "-d", stdin=response.body)).decode()
    objects = [line.rpartition(":")[2] for line in shown.splitlines() if "OBJECT" in line]
    assert objects == ["id-ecPublicKey", "prime256v1", "ecdsa-with-SHA256"]
    assert shown.splitlines()[0].split("hl=")[1].startswith("2 l=  33 cons: SEQUENCE")


def test_every_refusal_has_a_remedy() -> None:
    assert set(REMEDIES) == set(EnrolmentRefusal)
    assert all(REMEDIES.values())


async def test_too_many_tries_are_told_when_to_come_again(enrol: RecordingEnrol) -> None:
    enrol.error = Busy("too_many_tries", "wait", 7)
    assert await refusal_of(enrol, enrolment()) == (429, "too_many_tries")
    assert dict((await ask(door(enrol), enrolment())).headers)["retry-after"] == "7"


# -- by birth certificate -----------------------------------------------------------------------------------------


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def showing(chain: tuple[bytes, ...], target: str = SIMPLEENROLL, csr: bytes | None = None) -> Request:
    """A request by a peer whose chain TLS has proved."""
    peer = Peer(certificate=chain[0], chain=chain, tls_version="TLSv1.3")
    body = b64encode(csr or a_csr())
    return Request(method="POST", target=target, headers={"content-type": "application/pkcs10"}, body=body, peer=peer)


async def test_a_birth_certificate_enrols_without_a_token(enrol: RecordingEnrol, maker: Maker) -> None:
    born = maker.born(str(MODEL_SERIAL))
    response = await ask(door(enrol, makers=[maker.anchor]), showing(born.chain))
    assert response.status == 200
    assert [(one.model_serial, one.not_after.year) for one in enrol.born] == [(MODEL_SERIAL, 9999)]


async def test_a_unit_that_must_wait_is_answered_202_and_told_how_long(enrol: RecordingEnrol, maker: Maker) -> None:
    enrol.waiting = Waiting(request=4, retry_after_s=90)
    response = await ask(door(enrol, makers=[maker.anchor]), showing(maker.born(str(MODEL_SERIAL)).chain))
    assert (response.status, dict(response.headers)["retry-after"]) == (202, "90")
    assert json.loads(response.body)["code"] == "enrolment_pending"


async def test_a_token_goes_before_a_birth_certificate(enrol: RecordingEnrol, maker: Maker) -> None:
    request = enrolment()
    peer = Peer(certificate=maker.born("X-1").der)
    shown = Request(method="POST", target=SIMPLEENROLL, headers=request.headers, body=request.body, peer=peer)
    assert (await ask(door(enrol, makers=[maker.anchor]), shown)).status == 200
    assert (len(enrol.asked), len(enrol.born)) == (1, 0)


@pytest.mark.parametrize(
    ("model_serial", "code"),
    [(None, "certificate_without_model_serial"), ("no hyphen", "certificate_model_serial_malformed")],
)
async def test_a_birth_certificate_that_names_no_box_is_refused(
    enrol: RecordingEnrol, maker: Maker, model_serial: str | None, code: str
) -> None:
    request = showing(maker.born(model_serial).chain)
    assert await refusal_of(enrol, request, [maker.anchor]) == (403, code)


async def test_an_anchor_that_is_trusted_no_more_proves_nothing(enrol: RecordingEnrol, maker: Maker) -> None:
    assert await refusal_of(enrol, showing(maker.born(str(MODEL_SERIAL)).chain)) == (401, "credentials_missing")


@pytest.mark.parametrize("target", [SIMPLEENROLL, SIMPLEREENROLL])
async def test_a_resumed_session_that_tells_no_chain_is_sent_away_to_connect_anew(
    enrol: RecordingEnrol, maker: Maker, target: str
) -> None:
    request = showing(maker.born(str(MODEL_SERIAL)).chain[:1], target)
    resumed = msgspec.structs.replace(request, peer=Peer(certificate=request.peer.certificate))
    assert await refusal_of(enrol, resumed, [maker.anchor]) == (403, "certificate_not_proven")


async def test_a_birth_certificate_renews_nothing_even_if_it_bears_a_units_name(
    enrol: RecordingEnrol, maker: Maker
) -> None:
    names = (x509.UniformResourceIdentifier(unit_urn(UNIT)),)
    born = maker.born(str(MODEL_SERIAL), names=names)
    request = showing(born.chain, SIMPLEREENROLL)
    assert await refusal_of(enrol, request, [maker.anchor]) == (403, "not_our_certificate")
    assert enrol.renewed == []


# -- by a certificate of ours --------------------------------------------------------------------------------------


async def ours(enrol: RecordingEnrol) -> tuple[bytes, ...]:
    """The chain of a unit's certificate."""
    issued = await enrol.authority.issue_unit(a_csr(), distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW)
    return (issued.der, ssl.PEM_cert_to_DER_cert(await enrol.authority.chain_pem()))


def named_csr(folder: Path, *, serial: str = str(MODEL_SERIAL), unit: str = UNIT) -> bytes:
    """As `openssl req` writes it."""
    more = ("-addext", f"subjectAltName=URI:{unit_urn(DistributionId(unit))}")
    key = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    return make_csr(folder, key=key, subject=f"/serialNumber={serial}", more=more)


async def test_a_certificate_of_ours_is_renewed_for_a_request_with_its_names(
    enrol: RecordingEnrol, tmp_path: Path
) -> None:
    chain = await ours(enrol)
    response = await ask(door(enrol), showing(chain, SIMPLEREENROLL, named_csr(tmp_path)))
    assert response.status == 200
    assert enrol.renewed == [read_identity(chain[0])]


@pytest.mark.parametrize("other", [{"serial": "SA-W2-9999"}, {"unit": "0000-0000-0000-0000-0000-0000-0000-0001"}])
async def test_a_request_with_other_names_renews_nothing(
    enrol: RecordingEnrol, tmp_path: Path, other: dict[str, str]
) -> None:
    request = showing(await ours(enrol), SIMPLEREENROLL, named_csr(tmp_path, **other))
    assert await refusal_of(enrol, request) == (400, "csr_names_differ")
    assert await refusal_of(enrol, showing(await ours(enrol), SIMPLEREENROLL)) == (400, "csr_names_differ")
    assert enrol.renewed == []


async def test_a_renewal_needs_a_certificate_and_a_request(enrol: RecordingEnrol) -> None:
    nobody = Request(method="POST", target=SIMPLEREENROLL, headers={}, body=b"", peer=NOBODY)
    assert await refusal_of(enrol, nobody) == (403, "client_certificate_required")
    garbage = showing(await ours(enrol), SIMPLEREENROLL, b"garbage")
    assert await refusal_of(enrol, garbage) == (400, "csr_unreadable")


async def test_a_certificate_of_ours_is_no_birth_certificate(enrol: RecordingEnrol) -> None:
    assert await refusal_of(enrol, showing(await ours(enrol))) == (403, "not_a_birth_certificate")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (EnrolmentRefusal.UNIT_STOLEN, 403),
        (EnrolmentRefusal.CERTIFICATE_REVOKED, 403),
        (EnrolmentRefusal.ENROLMENT_DENIED, 403),
        (EnrolmentRefusal.TOO_MANY_WAITING, 429),
    ],
)
async def test_a_renewal_that_is_refused_is_answered_with_its_name(
    enrol: RecordingEnrol, tmp_path: Path, code: EnrolmentRefusal, status: int
) -> None:
    enrol.error = EnrolmentRefused(code)
    request = showing(await ours(enrol), SIMPLEREENROLL, named_csr(tmp_path))
    assert await refusal_of(enrol, request) == (status, code)
