"""Files for units: who gets them, and which part."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from servicehost.bootstrap.files import FILES, PIECE_BYTES, FilesRoom
from servicehost.bootstrap.http import Peer, Request, Response
from servicehost.domain.certificate import CertificateFault, CertificateRefused, UnitIdentity
from servicehost.ports.authority import AuthorityUnavailable
from servicehost.ports.offered import OfferedFile
from servicehost.sessions.identity import read_identity
from tests.adapter_sim.stage import UNIT
from tests.builders.certificates import ours, theirs
from tests.builders.doors import distribution_id
from tests.fakes.offers import OffersFull, OffersInMemory

CONTENT = bytes(range(256)) * 1024  # four pieces
OURS = ours().unit(UNIT)
NAME = "offer-1"
TAG = f'"{sha256(CONTENT).hexdigest()}"'


async def unit_of(certificate: bytes) -> UnitIdentity:
    if certificate == theirs().unit(UNIT).der or certificate == b"foreign":
        raise CertificateRefused(CertificateFault.FOREIGN, "not ours")
    if certificate == b"away":
        raise AuthorityUnavailable("it is away")
    return read_identity(certificate)


class Stage:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "firmware"
        self.path.write_bytes(CONTENT)
        self.file = OfferedFile(path=self.path, digest=sha256(CONTENT).hexdigest(), media_type="application/firmware")
        self.offers = OffersInMemory()
        self.offers.offer(NAME, OURS_UNIT, self.file)
        self.room = FilesRoom(self.offers, unit_of=unit_of, now=lambda: ours().now)

    async def ask(
        self, name: str = NAME, *, peer: bytes | None = OURS.der, method: str = "GET", **headers: str
    ) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method=method, target=FILES + name, headers=named, body=b"", peer=Peer(certificate=peer))
        return await self.room.respond(request, remote_address="192.0.2.1")

    async def code(self, name: str = NAME, *, peer: bytes | None = OURS.der) -> tuple[int, str]:
        answer = await self.ask(name, peer=peer)
        return answer.status, json.loads(answer.body)["code"]


OURS_UNIT = read_identity(OURS.der).distribution_id


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def body(answer: Response) -> bytes:
    """The stream read to its end, each piece bounded; it is closed then."""
    assert answer.stream is not None
    pieces = []
    while piece := await answer.stream.read():
        assert len(piece) <= PIECE_BYTES
        pieces.append(piece)
    answer.stream.close()
    whole = b"".join(pieces)
    assert len(whole) == answer.stream.length
    return whole


async def test_its_unit_gets_the_whole_file_with_what_to_check_it_by(stage: Stage) -> None:
    answer = await stage.ask()
    assert (answer.status, answer.content_type, await body(answer)) == (200, "application/firmware", CONTENT)
    headers = dict(answer.headers)
    assert headers["etag"] == f'"{stage.file.digest}"'
    assert headers["accept-ranges"] == "bytes"
    assert headers["repr-digest"].startswith("sha-256=:")


@pytest.mark.parametrize(
    ("given", "status", "expected", "content_range"),
    [
        ({"range": "bytes=0-99"}, 206, CONTENT[:100], "bytes 0-99/262144"),
        ({"range": "bytes=100-"}, 206, CONTENT[100:], "bytes 100-262143/262144"),
        ({"range": "bytes=-100"}, 206, CONTENT[-100:], "bytes 262044-262143/262144"),
        ({"range": "bytes=65535-131073"}, 206, CONTENT[65535:131074], "bytes 65535-131073/262144"),
        ({"range": "bytes=0-1,5-6"}, 200, CONTENT, None),
        ({"range": "lines=0-1"}, 200, CONTENT, None),
        ({"range": "bytes=0-99", "if_range": '"of another version"'}, 200, CONTENT, None),
        ({"range": "bytes=0-99", "if_range": "Sun, 01 Mar 2026 12:00:00 GMT"}, 200, CONTENT, None),
        (
            {"range": "bytes=0-99", "if_range": f'"{sha256(CONTENT).hexdigest()}"'},
            206,
            CONTENT[:100],
            "bytes 0-99/262144",
        ),
    ],
)
async def test_a_range_is_given_where_it_can_be(
    stage: Stage, given: dict[str, Any], status: int, expected: bytes, content_range: str | None
) -> None:
    answer = await stage.ask(**given)
    assert (answer.status, await body(answer)) == (status, expected)
    assert dict(answer.headers).get("content-range") == content_range


async def test_a_range_beyond_the_end_is_answered_with_the_size(stage: Stage) -> None:
    answer = await stage.ask(range="bytes=262144-")
    assert (answer.status, json.loads(answer.body)["code"]) == (416, "range_unsatisfiable")
    assert dict(answer.headers)["content-range"] == "bytes */262144"


async def test_head_tells_the_whole_length_whatever_range_is_asked(stage: Stage) -> None:
    answer = await stage.ask(method="HEAD", range="bytes=0-9")
    assert answer.status == 200
    assert answer.stream is not None
    assert answer.stream.length == len(CONTENT)
    answer.stream.close()


async def test_who_has_it_is_told_so_and_an_empty_file_is_a_file(stage: Stage) -> None:
    answer = await stage.ask(if_none_match=f'"{stage.file.digest}"')
    assert (answer.status, answer.stream) == (304, None)
    stage.path.write_bytes(b"")
    assert await body(await stage.ask()) == b""


@pytest.mark.parametrize(
    ("peer", "status", "code"),
    [
        (None, 403, "certificate_required"),
        (b"foreign", 403, "certificate_of_another_authority"),
        (b"junk", 403, "certificate_unreadable"),
        (ours().host().der, 403, "certificate_with_several_names"),
        (ours().expired_unit(UNIT).der, 403, "certificate_expired"),
        (ours().unit_not_yet_valid(UNIT).der, 403, "certificate_not_yet_valid"),
        (ours().unit(distribution_id(2)).der, 404, "no_such_file"),
        (b"away", 503, "authority_unavailable"),
    ],
)
async def test_nobody_else_gets_it(stage: Stage, peer: bytes | None, status: int, code: str) -> None:
    assert await stage.code(peer=peer) == (status, code)


@pytest.mark.parametrize("token", ["", "other", "to/ken", "../firmware", "t%6fken", "x" * 129, "tokén"])
async def test_another_name_is_not_found(stage: Stage, token: str) -> None:
    assert await stage.code(token) == (404, "no_such_file")


async def test_another_method_is_refused_but_not_told_to_strangers(stage: Stage) -> None:
    answer = await stage.ask(method="POST")
    assert (answer.status, dict(answer.headers)["allow"]) == (405, "GET, HEAD")
    assert (await stage.ask(method="POST", peer=None)).status == 403


async def test_a_file_that_is_gone_is_our_fault_and_worth_another_try(stage: Stage) -> None:
    stage.path.unlink()
    assert await stage.code() == (503, "file_unreadable")
    stage.path.mkdir()
    assert await stage.code() == (503, "file_unreadable")


async def test_a_file_that_becomes_shorter_is_noticed(stage: Stage) -> None:
    answer = await stage.ask()
    assert answer.stream is not None
    await answer.stream.read()
    stage.path.write_bytes(b"short")
    with pytest.raises(EOFError, match="shorter"):
        await answer.stream.read()
    answer.stream.close()


async def test_what_is_withdrawn_is_not_found_and_offers_are_bounded(stage: Stage) -> None:
    stage.offers.withdraw(NAME)
    stage.offers.withdraw(NAME)
    assert await stage.code() == (404, "no_such_file")
    few = OffersInMemory(most=1)
    few.offer("one", OURS_UNIT, stage.file)
    few.offer("one", OURS_UNIT, stage.file)
    with pytest.raises(OffersFull):
        few.offer("two", OURS_UNIT, stage.file)
