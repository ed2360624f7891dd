"""Enrolment at the bootstrap door: by a stranger's tools, and by many who show one token."""

import asyncio
import base64
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from adapter_sim import keys
from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed
from adapter_sim.inventory import UnitEntry
from protocol.identity import parse_distribution_id
from servicehost.demo.cast import MODEL
from tests.builders.birth import Maker
from tests.builders.openssl import make_csr, openssl
from tests.journeys.host_process import HostProcess, Nursery, started
from tests.journeys.people import Founding
from tests.journeys.world import Post, World

AT_ONCE = 100
P_256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Whose birth certificates the host trusts."""
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="module")
def host(
    nursery: Nursery, founded: Founding, tmp_path_factory: pytest.TempPathFactory, maker: Maker
) -> Iterator[HostProcess]:
    folder = founded.copy(tmp_path_factory.mktemp("enrolment") / "host")
    running = started(nursery, folder, f"enrolment.makers={maker.root}")
    yield running
    running.kill()


def curl(root: Path, *words: str | Path, stdin: bytes = b"") -> tuple[int, bytes]:
    """HTTP status and body."""
    command = ["curl", "--silent", "--show-error", "--cacert", root, "--write-out", "\n%{http_code}", *words]
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


class Stranger:
    """A unit that has openssl, curl, the host's root and nothing else."""

    def __init__(self, world: World, post: Post, folder: Path) -> None:
        self.post, self.folder = post, folder
        self.root = world.host.folder / "authority" / "root.pem"
        self.est = f"https://127.0.0.1:{world.host.bootstrap_port}/.well-known/est"

    def new_request(self) -> None:
        """A fresh key, and a request that bears the names a certificate of this unit has."""
        names = ("-addext", f"subjectAltName=URI:urn:servicehost:unit:{self.post.unit}")
        subject = f"/serialNumber={MODEL}-{self.post.serial}"
        (self.folder / "csr").write_bytes(
            base64.encodebytes(make_csr(self.folder, key=P_256, subject=subject, more=names))
        )

    def ask(self, operation: str, *words: str | Path) -> tuple[int, bytes]:
        sent = ("--header", "Content-Type: application/pkcs10", "--data-binary", f"@{self.folder / 'csr'}")
        return curl(self.root, *words, *sent, f"{self.est}/{operation}")

    def by_token(self) -> tuple[int, bytes]:
        return self.ask("simpleenroll", "--user", f"{self.post.unit}:{self.post.token}")

    def cacerts(self) -> None:
        """Into ca.pem."""
        status, answer = curl(self.root, f"{self.est}/cacerts")
        assert status == 200
        (self.folder / "ca.pem").write_bytes(_printed(answer))

    def verified(self, answer: bytes, name: str) -> Path:
        """The certificate in an answer, kept with its key under this name and found good by `openssl verify`."""
        leaf = self.folder / f"{name}.pem"
        leaf.write_bytes(_printed(answer))
        shutil.copy(self.folder / "key.pem", self.folder / f"{name}.key")
        trust = ("-CAfile", self.root, "-untrusted", self.folder / "ca.pem")
        openssl("verify", *trust, "-purpose", "sslclient", leaf)
        shown = openssl("x509", "-in", leaf, "-noout", "-ext", "subjectAltName").decode()
        assert f"URI:urn:servicehost:unit:{self.post.unit}" in shown
        return leaf


def _printed(answer: bytes) -> bytes:
    return openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=base64.b64decode(answer))


def first_certificate(stranger: Stranger) -> Path:
    """What a firmware author does first, step by step."""
    stranger.cacerts()
    status, wanted = curl(stranger.root, f"{stranger.est}/csrattrs")
    shown = openssl("asn1parse", "-inform", "DER", stdin=base64.b64decode(wanted)).decode()
    assert (status, "prime256v1" in shown, "ecdsa-with-SHA256" in shown) == (200, True, True)
    stranger.new_request()
    status, answer = stranger.by_token()
    assert status == 200, answer
    assert stranger.by_token() == (200, answer)  # the answer was lost on the way: the same again
    leaf = stranger.verified(answer, "first")
    stranger.new_request()
    status, refusal = stranger.by_token()
    assert (status, b"token_used" in refusal) == (401, True)
    return leaf


async def test_a_unit_that_has_only_openssl_and_curl_gets_a_certificate_and_is_let_in(
    world: World, tmp_path: Path
) -> None:
    post = await world.new_post()
    leaf = await asyncio.to_thread(first_certificate, Stranger(world, post, tmp_path))
    root = world.host.folder / "authority" / "root.pem"
    # Its session, with openssl alone: TLS stands, the certificate is taken, and HTTP is answered.
    greeting = b"GET /elsewhere HTTP/1.1\r\nHost: h\r\n\r\n"
    door = ("-connect", f"127.0.0.1:{world.host.adapters_port}", "-CAfile", root, "-verify_return_error")
    proof = ("-cert", leaf, "-key", tmp_path / "first.key", "-quiet", "-ign_eof")
    answer = await asyncio.to_thread(openssl, "s_client", *door, *proof, stdin=greeting)
    assert b"no_such_path" in answer
    # And with a WebSocket it is welcomed.
    await welcomed(world, post, leaf, tmp_path / "first.key")


async def welcomed(world: World, post: Post, certificate: Path, key: Path) -> None:
    entry = UnitEntry(
        distribution_id=post.unit, model=MODEL, serial=post.serial, certificate=str(certificate), key=str(key)
    )
    await world.units.power_on(entry)
    assert (await world.units.until(post.unit, "welcomed"))["service_code"] == post.service_code


async def test_with_openssl_and_curl_it_renews_the_certificate_it_has(world: World, tmp_path: Path) -> None:
    post = await world.new_post()
    stranger = Stranger(world, post, tmp_path)

    def renewed() -> Path:
        leaf = first_certificate(stranger)
        stranger.new_request()
        status, answer = stranger.ask("simplereenroll", "--cert", leaf, "--key", tmp_path / "first.key")
        assert status == 200, answer
        return stranger.verified(answer, "second")

    second = await asyncio.to_thread(renewed)
    ways = [event["detail"]["way"] for event in await world.events("unit_enrolled", actor=post.unit)]
    assert ways == ["token", "renewal"]
    await welcomed(world, post, second, tmp_path / "second.key")


async def test_with_openssl_and_curl_it_enrols_by_its_makers_birth_certificate(
    world: World, tmp_path: Path, maker: Maker
) -> None:
    post = await world.new_post()
    stranger = Stranger(world, post, tmp_path)
    born = maker.born(f"{MODEL}-{post.serial}")
    proof = ("--cert", born.certificate, "--key", born.key)

    def enrolled_by_birth() -> Path:
        stranger.cacerts()
        stranger.new_request()
        status, refusal = stranger.ask("simplereenroll", *proof)
        assert (status, b"not_our_certificate" in refusal) == (403, True)
        status, answer = stranger.ask("simpleenroll", *proof)
        assert status == 200, answer
        return stranger.verified(answer, "first")

    leaf = await asyncio.to_thread(enrolled_by_birth)
    await welcomed(world, post, leaf, tmp_path / "first.key")


async def test_a_birth_certificate_opens_no_session(world: World, tmp_path: Path, maker: Maker) -> None:
    post = await world.new_post()
    names = (x509.UniformResourceIdentifier(f"urn:servicehost:unit:{post.unit}"),)
    born = maker.born(f"{MODEL}-{post.serial}", names=names)
    door = ("-connect", f"127.0.0.1:{world.host.adapters_port}", "-CAfile", Stranger(world, post, tmp_path).root)
    proof = ("-cert", born.certificate, "-key", born.key, "-quiet", "-ign_eof")
    command = ["openssl", "s_client", *map(str, (*door, *proof))]
    greeting = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    def shown() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, input=greeting, capture_output=True, timeout=30, check=False)

    done = await asyncio.to_thread(shown)
    assert (done.stdout, b"unknown ca" in done.stderr) == (b"", True)


async def at_once(work: Callable[[], str]) -> Counter[str]:
    """What came of as many calls as can be under way together."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(await asyncio.gather(*(loop.run_in_executor(pool, work) for _ in range(AT_ONCE))))


async def test_one_token_in_many_hands_at_once_gives_one_certificate(world: World) -> None:
    post = await world.new_post()
    outcomes = await at_once(lambda: enrolled(world, post))
    assert outcomes == {"certificate": 1, "token_used": AT_ONCE - 1}
    assert len(await world.events("unit_enrolled", actor=post.unit)) == 1


async def test_one_key_that_asks_many_times_at_once_gets_the_one_certificate_each_time(world: World) -> None:
    post = await world.new_post()
    unit = parse_distribution_id(post.unit)
    request = keys.request(ec.generate_private_key(ec.SECP256R1()), unit, f"{MODEL}-{post.serial}")
    door = BootstrapDoor(f"https://127.0.0.1:{world.host.bootstrap_port}", world.host.folder / "authority" / "root.pem")
    outcomes = await at_once(lambda: door.certificate(request, user=post.unit, token=post.token).hex())
    assert list(outcomes.values()) == [AT_ONCE]
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


def test_a_host_that_cannot_read_a_makers_authority_does_not_start_and_names_it(
    founded: Founding, tmp_path: Path
) -> None:
    folder = founded.copy(tmp_path / "host")
    maker = tmp_path / "gone.pem"
    command = [sys.executable, "-m", "servicehost", "serve", "--settings", str(folder / "servicehost.toml")]
    ports = [f"--set={door}_door.port=0" for door in ("adapters", "bootstrap", "operators")]
    command += [f"--set=enrolment.makers={maker}", *ports]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert f"{maker}: no such file: correct enrolment.makers (authority_file_missing)".encode() in done.stderr
