"""The door on real sockets: with openssl and curl as a stranger's unit would come, and with a bad peer's bytes."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from protocol.identity import DistributionId
from protocol.wire.events import TlsReason
from servicehost.backends.authority.doors import renew_door_certificate
from servicehost.backends.authority.local import LocalAuthority
from servicehost.bootstrap.connection import Connection
from servicehost.bootstrap.door import DoorEnd, DoorEnded, DoorLimits, Respond
from servicehost.bootstrap.est import CACERTS, SIMPLEENROLL, EstDoor
from servicehost.bootstrap.http import HttpRefusal, Peer, Request, Response
from servicehost.bootstrap.listener import BootstrapListener, log_end
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused, mint_token, used, why_refused
from servicehost.ports.authority import IssuedCertificate
from servicehost.sessions.identity import read_identity
from servicehost.sessions.tls import server_context
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, local_authority
from tests.builders.birth import Maker
from tests.builders.openssl import make_csr, openssl, verify

TOKEN, RECORD = mint_token(bytes(32), distribution_id=UNIT, now=NOW)
LOOPBACK: list[IPv4Address | IPv6Address] = [IPv4Address("127.0.0.1"), IPv6Address("::1")]
FINE = Response(status=200, content_type="text/plain", body=b"fine")
GET = b"GET / HTTP/1.1\r\nHost: door\r\n\r\n"
POST_HEAD = b"POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 9\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n"


class Timers:
    """Deadlines that pass when the test says so."""

    def __init__(self) -> None:
        self.armed: list[tuple[float, Callable[[], None]]] = []
        self._changed = asyncio.Event()

    def schedule(self, delay: float, callback: Callable[[], None], /) -> "Timers.Handle":
        entry = (delay, callback)
        self.armed.append(entry)
        self._changed.set()
        return Timers.Handle(self, entry)

    async def passes(self, delay: float) -> None:
        """Wait until a deadline of `delay` seconds is armed, then let it pass."""
        while not (due := [entry for entry in self.armed if entry[0] == delay]):
            self._changed.clear()
            await self._changed.wait()
        self.armed.remove(due[0])
        due[0][1]()

    class Handle:
        def __init__(self, timers: "Timers", entry: tuple[float, Callable[[], None]]) -> None:
            self.timers, self.entry = timers, entry

        def cancel(self) -> None:
            if self.entry in self.timers.armed:
                self.timers.armed.remove(self.entry)


class Ends:
    """The endings that the door reports, in order."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[DoorEnded] = asyncio.Queue()

    def note(self, ended: DoorEnded) -> None:
        self._queue.put_nowait(ended)

    async def next(self) -> str:
        return (await self._queue.get()).code

    def rest(self) -> int:
        return self._queue.qsize()


class WatchedListener(BootstrapListener):
    """Tells when the last place was given back."""

    emptied: asyncio.Event

    def discharge(self, connection: Connection) -> None:
        super().discharge(connection)
        if not self.connections:
            self.emptied.set()


class Door:
    """A listening door, and what a client needs to come in."""

    def __init__(self, listener: WatchedListener, folder: Path, ends: Ends, timers: Timers, ports: list[int]) -> None:
        self.listener, self.folder, self.ends, self.timers, self.ports = listener, folder, ends, timers, ports
        self.client = ssl.create_default_context(cafile=folder / "anchors.pem")

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.ports[0], ssl=self.client)

    async def connect_tcp(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.ports[0])


@asynccontextmanager
async def open_door(folder: Path, respond: Respond, limits: DoorLimits | None = None) -> AsyncIterator[Door]:
    """A door with a certificate of `folder`'s authority, valid today because real clients look at the clock."""
    authority = local_authority(folder, datetime.now(UTC))
    async with open_door_of(authority, folder, respond, limits) as door:
        yield door


@asynccontextmanager
async def open_door_of(
    authority: LocalAuthority,
    folder: Path,
    respond: Respond,
    limits: DoorLimits | None = None,
    also: Sequence[str] = (),
) -> AsyncIterator[Door]:
    now = datetime.now(UTC)
    files = await renew_door_certificate(authority, folder, names=["localhost"], addresses=LOOPBACK, now=now)
    anchors = await authority.anchors_pem()
    (folder / "anchors.pem").write_text(anchors)
    context = server_context(files.certificate, files.key, [anchors, *also], certificate_required=False)
    ends, timers = Ends(), Timers()
    listener = WatchedListener(
        context, respond, now=lambda: NOW, limits=limits, schedule=timers.schedule, ended=ends.note
    )
    listener.emptied = asyncio.Event()
    addresses = await listener.start(["127.0.0.1", "::1"], 0)
    try:
        yield Door(listener, folder, ends, timers, [port for _, port in addresses])
    finally:
        await listener.close()


async def fine(_request: Request, *, remote_address: str) -> Response:
    assert remote_address == "127.0.0.1"
    return FINE


class OneToken:
    """The use case behind the door, in memory: one token, judged by the real rules."""

    def __init__(self, authority: LocalAuthority) -> None:
        self.authority = authority
        self.record = RECORD

    async def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> IssuedCertificate:
        refusal = why_refused(self.record if token == TOKEN else None, distribution_id, NOW)
        if refusal is not None:
            raise EnrolmentRefused(refusal, remote_address)
        now = datetime.now(UTC)
        issued = await self.authority.issue_unit(
            csr_der, distribution_id=distribution_id, model_serial=MODEL_SERIAL, now=now
        )
        self.record = used(self.record, NOW)
        return issued


async def curl(
    door: Door, path: str, *arguments: str | Path, host: str = "127.0.0.1", port: int = 0
) -> tuple[int, bytes]:
    """Status and body, as curl gets them."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", "--cacert"]
    url = f"https://{host}:{port or door.ports[0]}{path}"
    out = ["--output", str(door.folder / "answer"), "--write-out", "%{http_code}", url]
    (door.folder / "answer").unlink(missing_ok=True)
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(door.folder / "anchors.pem"), *map(str, arguments), *out],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return int(done.stdout), (door.folder / "answer").read_bytes()


async def test_a_unit_enrols_with_nothing_but_openssl_and_curl(tmp_path: Path) -> None:
    authority = local_authority(tmp_path, datetime.now(UTC))
    enrol = OneToken(authority)

    async def ca_certificates() -> str:
        return await authority.anchors_pem() + await authority.chain_pem()

    async def nobody(*_: object, **__: object) -> IssuedCertificate:
        raise AssertionError("nobody shows a certificate here")

    respond = EstDoor(
        ca_certificates=ca_certificates,
        enrol=enrol,
        enrol_by_birth=nobody,
        reenrol=nobody,
        read_identity=read_identity,
    ).respond
    async with open_door_of(authority, tmp_path, respond) as door:
        status, answer = await curl(door, CACERTS, host="[::1]", port=door.ports[1])
        assert status == 200
        (tmp_path / "ca.pem").write_bytes(openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=unbase64(answer)))

        csr = make_csr(tmp_path, key=("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))
        (tmp_path / "csr.b64").write_bytes(openssl("base64", stdin=csr))
        sent = ("--header", "content-type: application/pkcs10", "--data-binary", f"@{tmp_path / 'csr.b64'}")
        status, answer = await curl(door, SIMPLEENROLL, "--user", f"{UNIT}:{TOKEN}", *sent)
        assert status == 200
        printed = openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=unbase64(answer)).decode()
        [leaf] = [part for part in printed.split("\n\n") if "serialNumber" in part]
        (tmp_path / "leaf.pem").write_text(leaf)
        anchors, chain = tmp_path / "anchors.pem", tmp_path / "ca.pem"
        verify(tmp_path / "leaf.pem", root=anchors, chain=chain, purpose="sslclient", at=datetime.now(UTC))
        der = openssl("x509", "-in", tmp_path / "leaf.pem", "-outform", "DER")
        assert read_identity(der).distribution_id == UNIT

        status, answer = await curl(door, SIMPLEENROLL, "--user", f"{UNIT}:{TOKEN}", *sent)
        assert (status, json.loads(answer)["code"]) == (401, EnrolmentRefusal.TOKEN_USED)
        status, answer = await curl(door, SIMPLEENROLL, "--user", f"{UNIT}:guess", *sent)
        assert (status, json.loads(answer)["code"]) == (401, EnrolmentRefusal.UNKNOWN_TOKEN)

        (tmp_path / "large").write_bytes(b"x" * 2_000_000)
        large = ("--header", "content-type: application/pkcs10", "--data-binary", f"@{tmp_path / 'large'}")
        status, answer = await curl(door, SIMPLEENROLL, "--user", f"{UNIT}:{TOKEN}", *large)
        assert (status, json.loads(answer)["code"]) == (413, HttpRefusal.BODY_TOO_LARGE)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_request_tells_whom_tls_has_proved_the_peer_to_be(tmp_path: Path, version: ssl.TLSVersion) -> None:
    maker, authority = Maker(tmp_path), local_authority(tmp_path, datetime.now(UTC))
    shown: list[Peer] = []

    async def note(request: Request, *, remote_address: str) -> Response:
        shown.append(request.peer)
        return FINE

    born = maker.born("SA-1")
    async with open_door_of(authority, tmp_path, note, also=[maker.root.read_text()]) as door:
        door.client.maximum_version = version
        for certificate in (None, born.certificate):
            if certificate is not None:
                door.client.load_cert_chain(certificate, born.key)
            reader, writer = await door.connect()
            writer.write(CLOSE)
            await reader.read()
            writer.close()
    name = version.name.replace("_", ".")
    assert shown == [
        Peer(tls_version=name),
        Peer(certificate=born.der, chain=born.chain, tls_version=name),
    ]


async def test_a_makers_certificate_that_has_expired_passes_tls_and_a_strangers_does_not(tmp_path: Path) -> None:
    maker, stranger = Maker(tmp_path), Maker(tmp_path, "Stranger")
    authority = local_authority(tmp_path, datetime.now(UTC))
    async with open_door_of(authority, tmp_path, fine, also=[maker.root.read_text()]) as door:
        old = maker.born("SA-1", ends=datetime.now(UTC) - timedelta(days=400))
        door.client.load_cert_chain(old.certificate, old.key)
        reader, writer = await door.connect()
        writer.write(CLOSE)
        assert b"fine" in await reader.read()
        writer.close()
        assert await door.ends.next() == DoorEnd.DONE
        foreign = stranger.born("SA-1")
        door.client.load_cert_chain(foreign.certificate, foreign.key)
        reader, writer = await door.connect()
        writer.write(CLOSE)
        with pytest.raises(ssl.SSLError, match=r"(?i)unknown.ca"):
            await reader.read()
        writer.close()
        assert await door.ends.next() == TlsReason.FOREIGN_CERTIFICATE


def unbase64(answer: bytes) -> bytes:
    return openssl("base64", "-d", stdin=answer)


async def test_two_requests_share_a_connection_and_the_answers_are_dated(tmp_path: Path) -> None:
    async with open_door(tmp_path, fine) as door:
        reader, writer = await door.connect()
        writer.write(GET + CLOSE)
        answer = await reader.read()
        assert answer.count(b"HTTP/1.1 200 ") == 2
        assert answer.lower().count(b"date: sun, 01 mar 2026 12:00:00 gmt\r\n") == 2
        assert await door.ends.next() == DoorEnd.DONE
        writer.close()


async def test_a_failing_use_case_is_a_500_and_not_a_lost_connection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(_request: Request, *, remote_address: str) -> Response:
        raise RuntimeError(f"for {remote_address}")

    async with open_door(tmp_path, fails) as door:
        reader, writer = await door.connect()
        writer.write(CLOSE)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b"internal_error" in answer
        assert b"RuntimeError" not in answer
        writer.close()
    assert "bootstrap_request_failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("octets", "limit", "end"),
    [(GET[:9], "header", HttpRefusal.HEADER_LATE), (POST_HEAD, "body", HttpRefusal.BODY_LATE)],
)
async def test_a_slow_request_is_answered_408_and_ended(tmp_path: Path, octets: bytes, limit: str, end: str) -> None:
    limits = DoorLimits()
    async with open_door(tmp_path, fine, limits) as door:
        reader, writer = await door.connect()
        writer.write(octets)
        await door.timers.passes(getattr(limits, limit))
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await door.ends.next() == end
        writer.close()


async def test_a_slow_handshake_is_ended_and_its_place_given_back(tmp_path: Path) -> None:
    limits = DoorLimits(connections=1)
    async with open_door(tmp_path, fine, limits) as door:
        reader, writer = await door.connect_tcp()
        await door.timers.passes(limits.handshake)
        assert await reader.read() == b""
        assert await door.ends.next() == DoorEnd.HANDSHAKE_LATE
        writer.close()
        await writer.wait_closed()
        await door.listener.emptied.wait()


async def test_a_closing_peer_that_sends_on_is_cut_after_a_while(tmp_path: Path) -> None:
    limits = DoorLimits()
    async with open_door(tmp_path, fine, limits) as door:
        _, writer = await door.connect_tcp()
        await door.timers.passes(limits.handshake)
        writer.write(b"x" * 100)
        await door.timers.passes(limits.linger)
        await door.listener.emptied.wait()
        writer.close()
        assert await door.ends.next() == DoorEnd.HANDSHAKE_LATE
        assert door.ends.rest() == 0


async def test_a_late_answer_sends_the_unit_away_to_come_again(tmp_path: Path) -> None:
    asked, late = asyncio.Event(), asyncio.Event()
    limits = DoorLimits()

    async def slow(_request: Request, *, remote_address: str) -> Response:
        asked.set()
        await late.wait()
        return FINE

    async with open_door(tmp_path, slow, limits) as door:
        reader, writer = await door.connect()
        writer.write(GET)
        await asked.wait()
        await door.timers.passes(limits.answer)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 60" in answer.lower()
        assert await door.ends.next() == DoorEnd.ANSWER_LATE
        late.set()
        writer.close()


async def test_a_full_door_turns_peers_away_before_tls(tmp_path: Path) -> None:
    async with open_door(tmp_path, fine, DoorLimits(connections=1)) as door:
        reader, writer = await door.connect()
        extra_reader, extra_writer = await door.connect_tcp()
        assert await extra_reader.read() == b""
        assert await door.ends.next() == DoorEnd.FULL
        assert door.listener.connections == 1
        writer.write(CLOSE)
        assert b"fine" in await reader.read()
        for each in (writer, extra_writer):
            each.close()


@pytest.mark.parametrize(
    ("octets", "alert"), [(b"\x16\x03\x01\x00\x05junk!", b"\x15"), (GET, b"")], ids=["junk", "http"]
)
async def test_a_peer_that_does_not_speak_tls_is_ended_with_the_alert_there_is(
    tmp_path: Path, octets: bytes, alert: bytes
) -> None:
    async with open_door(tmp_path, fine) as door:
        reader, writer = await door.connect_tcp()
        writer.write(octets)
        assert (await reader.read())[:1] == alert
        assert await door.ends.next() == TlsReason.PROTOCOL
        writer.close()


async def test_a_peer_that_vanishes_is_noted_once(tmp_path: Path) -> None:
    async with open_door(tmp_path, fine) as door:
        _, writer = await door.connect_tcp()
        writer.close()
        assert await door.ends.next() == TlsReason.EOF
        door.listener.emptied.clear()
        _, writer = await door.connect()
        writer.write(GET[:5])
        writer.close()
        assert await door.ends.next() == HttpRefusal.CUT_OFF
        await door.listener.emptied.wait()
        assert door.ends.rest() == 0


async def test_closing_the_door_lets_the_answer_under_way_go_out(tmp_path: Path) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request, *, remote_address: str) -> Response:
        asked.set()
        await go.wait()
        return FINE

    async with open_door(tmp_path, slow) as door:
        idle_reader, idle_writer = await door.connect()
        reader, writer = await door.connect()
        writer.write(GET)
        await asked.wait()
        closing = asyncio.ensure_future(door.listener.close())
        assert await idle_reader.read() == b""
        assert await door.ends.next() == DoorEnd.CLOSING
        go.set()
        answer = await reader.read()
        assert b"fine" in answer
        assert b"connection: close" in answer.lower()
        assert await door.ends.next() == DoorEnd.DONE
        await closing
        for each in (idle_writer, writer):
            each.close()


async def test_an_address_that_is_taken_leaves_nothing_listening(tmp_path: Path) -> None:
    async with open_door(tmp_path, fine) as door:
        other = BootstrapListener(door.listener.context, fine, now=lambda: NOW)
        with pytest.raises(OSError, match="in use"):
            await other.start(["::1", "127.0.0.1"], door.ports[0])
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("::1", door.ports[0])


def test_an_end_is_logged_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    log_end(DoorEnded(code=DoorEnd.FULL, remote_address="192.0.2.7"))
    line = capsys.readouterr().out
    assert "bootstrap_connection_ended" in line
    assert "192.0.2.7" in line
