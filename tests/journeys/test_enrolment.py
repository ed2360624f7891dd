"""Enrolment at the bootstrap door: by a stranger's tools, and by many who show one token."""

import asyncio
import base64
import secrets
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from adapter_sim import keys
from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed
from adapter_sim.inventory import UnitEntry
from protocol.identity import parse_distribution_id
from servicehost.demo.cast import MODEL
from tests.builders.openssl import make_csr, openssl
from tests.journeys.world import Post, World

AT_ONCE = 20
needs_tools = pytest.mark.skipif(
    shutil.which("openssl") is None or shutil.which("curl") is None, reason="openssl and curl are not installed"
)


def curl(root: Path, *words: str | Path, stdin: bytes = b"") -> tuple[int, bytes]:
    """HTTP status and body."""
    command = ["curl", "--silent", "--show-error", "--cacert", root, "--write-out", "\n%{http_code}", *words]
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


@needs_tools
async def test_a_unit_that_has_only_openssl_and_curl_gets_a_certificate_and_is_let_in(
    world: World, tmp_path: Path
) -> None:
    post = await world.new_post()
    root = world.host.folder / "authority" / "root.pem"
    est = f"https://127.0.0.1:{world.host.bootstrap_port}/.well-known/est"
    request = base64.encodebytes(make_csr(tmp_path, key=("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")))
    words = ("--user", f"{post.unit}:{post.token}", "--header", "Content-Type: application/pkcs10")

    def stranger() -> tuple[int, int, Path]:
        status, answer = curl(root, *words, "--data-binary", "@-", f"{est}/simpleenroll", stdin=request)
        assert status == 200, answer
        certificates = openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=base64.b64decode(answer))
        chain = tmp_path / "chain.pem"
        chain.write_bytes(certificates)
        again, refusal = curl(root, *words, "--data-binary", "@-", f"{est}/simpleenroll", stdin=request)
        assert b"token_used" in refusal
        cacerts, answer = curl(root, f"{est}/cacerts")
        anchors = openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=base64.b64decode(answer))
        (tmp_path / "anchors.pem").write_bytes(anchors)
        return again, cacerts, chain

    again, cacerts, chain = await asyncio.to_thread(stranger)
    assert (again, cacerts) == (401, 200)
    openssl("verify", "-CAfile", root, "-untrusted", tmp_path / "anchors.pem", "-purpose", "sslclient", chain)
    shown = openssl("x509", "-in", chain, "-noout", "-ext", "subjectAltName").decode()
    assert f"URI:urn:servicehost:unit:{post.unit}" in shown
    # Its session, with openssl alone: TLS stands, the certificate is taken, and HTTP is answered.
    greeting = b"GET /elsewhere HTTP/1.1\r\nHost: h\r\n\r\n"
    door = ("-connect", f"127.0.0.1:{world.host.adapters_port}", "-CAfile", root, "-verify_return_error")
    proof = ("-cert", chain, "-key", tmp_path / "key.pem", "-quiet", "-ign_eof")
    answer = await asyncio.to_thread(openssl, "s_client", *door, *proof, stdin=greeting)
    assert b"no_such_path" in answer
    # And with a WebSocket it is welcomed.
    entry = UnitEntry(
        distribution_id=post.unit,
        model=MODEL,
        serial=post.serial,
        certificate=str(chain),
        key=str(tmp_path / "key.pem"),
    )
    await world.units.power_on(entry)
    assert (await world.units.until(post.unit, "welcomed"))["service_code"] == post.service_code


async def test_one_token_in_many_hands_at_once_gives_one_certificate(world: World) -> None:
    post = await world.new_post()
    outcomes = Counter(await asyncio.gather(*(asyncio.to_thread(enrolled, world, post) for _ in range(AT_ONCE))))
    assert outcomes == {"certificate": 1, "token_used": AT_ONCE - 1}
    assert len(await world.events("unit_enrolled", actor=post.unit)) == 1


def enrolled(world: World, post: Post) -> str:
    """What came of one attempt with a key of its own."""
    door = BootstrapDoor(f"https://127.0.0.1:{world.host.bootstrap_port}", world.host.folder / "authority" / "root.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    request = keys.request(key, parse_distribution_id(post.unit), f"{MODEL}-{post.serial}")
    try:
        answer = keys.certificates_in(door.certificate(request, user=post.unit, token=post.token))
    except EnrolmentFailed as refused:
        return refused.reason
    leaf: x509.Certificate = keys.own_certificate(answer, key, parse_distribution_id(post.unit), _anchors(door))[0]
    assert leaf.public_key() == key.public_key()
    return "certificate"


def _anchors(door: BootstrapDoor) -> list[x509.Certificate]:
    return keys.anchors_in(keys.certificates_in(door.anchors()))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda mine, other: secrets.token_urlsafe(32), "unknown_token"),
        (lambda mine, other: other.token, "token_of_another_unit"),
    ],
    ids=["unknown", "another unit's"],
)
async def test_a_token_that_is_not_the_units_own_is_refused_by_name_and_stays_good(
    world: World, token: object, reason: str
) -> None:
    mine, other = await world.new_unit(), await world.new_unit()
    assert callable(token)
    shown = Post(unit=mine.unit, serial=mine.serial, token=token(mine, other))
    assert await asyncio.to_thread(enrolled, world, shown) == reason
    assert await asyncio.to_thread(enrolled, world, other) == "certificate"
