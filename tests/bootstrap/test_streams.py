"""Bodies that are made while they are sent: bounded memory, peers of any pace, an end that has a name."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from servicehost.backends.authority.doors import request_by
from servicehost.backends.authority.key_files import write_key
from servicehost.backends.authority.local import LocalAuthority
from servicehost.bootstrap.door import DoorEnd, DoorLimits
from servicehost.bootstrap.files import FILES, FilesRoom
from servicehost.bootstrap.http import Request, Response
from servicehost.domain.certificate import UnitIdentity
from servicehost.ports.offered import OfferedFile
from servicehost.sessions.identity import read_identity
from tests.bootstrap.test_listener import CLOSE, GET, Door, open_door, open_door_of
from tests.builders.authority import MODEL_SERIAL, UNIT, local_authority
from tests.fakes.offers import OffersInMemory

LIMITS = DoorLimits(stall=7.0)
HEAD = GET.replace(b"GET", b"HEAD", 1)
MIB = 1 << 20


class Pieces:
    """A stream out of memory; `length` may promise more than there is."""

    def __init__(self, *pieces: bytes, length: int | None = None) -> None:
        self._left = list(pieces)
        self.length = sum(map(len, pieces)) if length is None else length
        self.closed = asyncio.Event()

    async def read(self) -> bytes:
        return self._left.pop(0) if self._left else b""

    def close(self) -> None:
        assert not self.closed.is_set()
        self.closed.set()


class Short(Pieces):
    async def read(self) -> bytes:
        if not self._left:
            raise EOFError("there is no more")
        return self._left.pop(0)


class Endless(Pieces):
    """More than any buffer takes."""

    def __init__(self) -> None:
        super().__init__(length=1 << 40)

    async def read(self) -> bytes:
        return bytes(64 * 1024)


@asynccontextmanager
async def streaming_door(folder: Path, make: Callable[[], Pieces]) -> AsyncIterator[tuple[Door, list[Pieces]]]:
    made: list[Pieces] = []

    async def respond(_request: Request, /, *, remote_address: str) -> Response:
        assert remote_address
        made.append(make())
        return Response(status=200, content_type="text/plain", stream=made[-1])

    async with open_door(folder, respond, LIMITS) as door:
        yield door, made


async def test_a_stream_arrives_whole_and_the_connection_goes_on(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, lambda: Pieces(b"one ", b"two ", b"three")) as (door, made):
        reader, writer = await door.connect()
        writer.write(GET + HEAD + CLOSE)
        answer = await reader.read()
        assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"content-length: 13\r\n") == 3
        assert answer.count(b"one two three") == 2
        assert await door.ends.next() == DoorEnd.DONE
        assert all(one.closed.is_set() for one in made)
        writer.close()


async def test_a_stream_that_ends_too_early_is_cut_and_not_passed_off_as_whole(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, lambda: Short(b"half", length=8)) as (door, made):
        reader, writer = await door.connect()
        writer.write(GET)
        answer = await reader.read()
        assert answer.endswith(b"\r\n\r\nhalf")
        assert await door.ends.next() == DoorEnd.CUT_SHORT
        assert made[0].closed.is_set()
        writer.close()


async def test_a_peer_that_takes_no_byte_is_cut_and_its_stream_let_go(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, Endless) as (door, made):
        _, writer = await door.connect()
        writer.write(GET)
        while not door.ends.rest():
            await door.timers.passes(LIMITS.stall)
            await asyncio.sleep(0)
        assert await door.ends.next() == DoorEnd.STALLED
        await made[0].closed.wait()
        await door.listener.emptied.wait()
        writer.transport.abort()


async def test_a_peer_that_takes_a_little_each_time_is_not_cut(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, Endless) as (door, _made):
        reader, writer = await door.connect()
        writer.write(GET)
        await reader.readexactly(1000)
        [connection] = door.listener._open
        for _ in range(20):
            await door.timers.passes(LIMITS.stall)
            before = connection._outlet.taken(connection._unsent)
            while connection._outlet.taken(connection._unsent) == before:
                await reader.readexactly(1000)
        assert door.ends.rest() == 0
        writer.transport.abort()
        assert await door.ends.next() == DoorEnd.PEER_GONE


async def test_a_peer_that_hangs_up_ends_the_reading(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, Endless) as (door, made):
        reader, writer = await door.connect()
        writer.write(GET)
        await reader.readexactly(1000)
        writer.transport.abort()
        assert await door.ends.next() == DoorEnd.PEER_GONE
        await made[0].closed.wait()


async def test_closing_the_door_cuts_a_stream_that_would_last(tmp_path: Path) -> None:
    async with streaming_door(tmp_path, Endless) as (door, made):
        reader, writer = await door.connect()
        writer.write(GET)
        await reader.readexactly(1000)
        await door.listener.close(patience=0.0)
        assert await door.ends.next() == DoorEnd.CLOSING
        await made[0].closed.wait()
        writer.transport.abort()


# -- a unit fetches a file ----------------------------------------------------------------------------------------


@asynccontextmanager
async def a_door_with_files(folder: Path) -> AsyncIterator[tuple[Door, OffersInMemory]]:
    """A door whose units are those of its authority; `unit.pem` and `unit-key.pem` in the folder are one's."""
    authority = local_authority(folder, datetime.now(UTC))
    await _write_unit(authority, folder)
    offers = OffersInMemory()

    async def unit_of(certificate: bytes) -> UnitIdentity:
        return read_identity(certificate)

    room = FilesRoom(offers, unit_of=unit_of, now=lambda: datetime.now(UTC))
    async with open_door_of(authority, folder, room.respond) as door:
        yield door, offers


async def _write_unit(authority: LocalAuthority, folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = await authority.issue_unit(
        request_by(key), distribution_id=UNIT, model_serial=MODEL_SERIAL, now=datetime.now(UTC)
    )
    write_key(folder / "unit-key.pem", key, None)
    (folder / "unit.pem").write_text(issued.leaf_pem + issued.chain_pem)


def offered(folder: Path, offers: OffersInMemory, size: int) -> OfferedFile:
    """A file of that size with something at both ends; the rest of it is a hole."""
    path = folder / "firmware"
    with path.open("wb") as file:
        file.write(b"first")
        file.truncate(size)
        file.seek(-4, 2)
        file.write(b"last")
    with path.open("rb") as file:
        one = OfferedFile(path=path, digest=file_digest(file, sha256).hexdigest())
    offers.offer("firmware", UNIT, one)
    return one


def most_memory() -> int:
    """The most bytes this process has had at once since `forget_memory`."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def forget_memory() -> None:
    Path("/proc/self/clear_refs").write_text("5")


async def curl(folder: Path, door: Door, *more: str) -> str:
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "--cacert", "anchors.pem"]
    place = ["--output", "got", "--write-out", "%{http_code}", f"https://localhost:{door.ports[0]}{FILES}firmware"]
    process = await asyncio.create_subprocess_exec(
        *command, *more, *place, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return said.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here: it plays the unit")
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="no way here to ask how much memory was had")
async def test_64_mib_reach_a_unit_and_never_lie_in_memory(tmp_path: Path) -> None:
    own = ("--cert", "unit.pem", "--key", "unit-key.pem")
    async with a_door_with_files(tmp_path) as (door, offers):
        offered(tmp_path, offers, MIB)
        assert await curl(tmp_path, door, *own) == "200"
        file = offered(tmp_path, offers, 64 * MIB)
        forget_memory()
        before = most_memory()
        assert await curl(tmp_path, door, *own) == "200"
        assert most_memory() - before < 8 * MIB
        with (tmp_path / "got").open("rb") as got:
            assert file_digest(got, sha256).hexdigest() == file.digest
        assert await curl(tmp_path, door, *own, "--range", "-4") == "206"
        assert (tmp_path / "got").read_bytes() == b"last"
        assert await curl(tmp_path, door) == "403"
        assert b"certificate_required" in (tmp_path / "got").read_bytes()


async def test_the_certificate_that_tls_has_proven_comes_with_the_request(tmp_path: Path) -> None:
    authority = local_authority(tmp_path, datetime.now(UTC))
    await _write_unit(authority, tmp_path)
    seen: list[bytes | None] = []

    async def respond(request: Request, /, *, remote_address: str) -> Response:
        assert remote_address
        seen.append(request.peer.certificate)
        return Response(status=200, content_type="text/plain", body=b"fine")

    async with open_door_of(authority, tmp_path, respond) as door:
        for with_certificate in (False, True):
            if with_certificate:
                door.client.load_cert_chain(tmp_path / "unit.pem", tmp_path / "unit-key.pem")
            reader, writer = await door.connect()
            writer.write(CLOSE)
            assert b"fine" in await reader.read()
            writer.close()
    leaf = x509.load_pem_x509_certificates((tmp_path / "unit.pem").read_bytes())[0]
    assert seen == [None, leaf.public_bytes(Encoding.DER)]
