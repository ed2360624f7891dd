import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.identity import DistributionId
from servicehost.bootstrap.est import CACERTS, SIMPLEENROLL, EstDoor
from servicehost.bootstrap.http import Request, Response
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.errors import StoreFull
from servicehost.ports.authority import Authority, AuthorityUnavailable, IssuedCertificate
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, local_authority, request_by
from tests.builders.openssl import openssl

TOKEN = "shet_of:colons"


class RecordingEnrol:
    """Issues for one token and notes who asked; raises what it is told to."""

    def __init__(self, authority: Authority, error: Exception | None = None) -> None:
        self.authority = authority
        self.error = error
        self.asked: list[tuple[DistributionId, str, str]] = []

    async def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> IssuedCertificate:
        self.asked.append((distribution_id, token, remote_address))
        if self.error is not None:
            raise self.error
        return await self.authority.issue_unit(
            csr_der, distribution_id=distribution_id, model_serial=MODEL_SERIAL, now=NOW
        )


@pytest.fixture
def enrol(tmp_path: Path) -> RecordingEnrol:
    return RecordingEnrol(local_authority(tmp_path))


def door(enrol: RecordingEnrol, *, chain_in_answer: bool = True) -> EstDoor:
    async def ca_certificates() -> str:
        return await enrol.authority.anchors_pem() + await enrol.authority.chain_pem()

    return EstDoor(ca_certificates=ca_certificates, enrol=enrol, chain_in_answer=chain_in_answer)


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


async def refusal_of(enrol: RecordingEnrol, request: Request) -> tuple[int, str]:
    response = await ask(door(enrol), request)
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
        ("GET", "/.well-known/est/csrattrs", (404, "not_found")),
        ("POST", CACERTS, (405, "method_not_allowed")),
        ("GET", SIMPLEENROLL, (405, "method_not_allowed")),
    ],
)
async def test_other_addresses_and_methods_are_refused(
    enrol: RecordingEnrol, method: str, target: str, expected: tuple[int, str]
) -> None:
    assert await refusal_of(enrol, Request(method=method, target=target, headers={}, body=b"")) == expected
