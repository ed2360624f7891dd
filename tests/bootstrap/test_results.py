"""Results that units upload: who may, which bytes, and what each answer says is held."""

import json
from typing import Any

import pytest

from servicehost.bootstrap.http import Peer, Request, Response
from servicehost.bootstrap.results import RESULTS, ResultsRoom
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.errors import Busy, Invalid, NotFound, Refused
from servicehost.ports.uploads import Held, Piece, ResultFile, ResultsFull, WrongOffset
from servicehost.sessions.identity import read_identity
from tests.adapter_sim.stage import UNIT
from tests.bootstrap.test_files import unit_of
from tests.builders.certificates import ours

OURS = ours().unit(UNIT)
NAME = "7-1000-2"


class Stage:
    def __init__(self) -> None:
        self.taken: list[tuple[UnitIdentity, ResultFile, Piece | None]] = []
        self.refuses: Exception | None = None
        self.room = ResultsRoom(self.take, unit_of=unit_of, now=lambda: ours().now)

    async def take(self, unit: UnitIdentity, file: ResultFile, piece: Piece | None) -> Held:
        if self.refuses is not None:
            raise self.refuses
        self.taken.append((unit, file, piece))
        return Held(size_bytes=5)

    async def ask(
        self, method: str = "PUT", *, name: str = NAME, peer: bytes | None = OURS.der, body: bytes = b"", said: str = ""
    ) -> Response:
        headers = {"content-range": said} if said else {}
        request = Request(method=method, target=RESULTS + name, headers=headers, body=body, peer=Peer(certificate=peer))
        return await self.room.respond(request, remote_address="192.0.2.1")


async def test_a_piece_is_taken_and_the_answer_says_what_is_held() -> None:
    stage = Stage()
    put = await stage.ask(body=b"abc", said="bytes 2-4/9")
    head = await stage.ask("HEAD")
    for answer in (put, head):
        assert (answer.status, answer.headers) == (204, (("upload-offset", "5"),))
    file = ResultFile(task=7, issued_ms=1_000, module=2)
    unit = read_identity(OURS.der)
    assert stage.taken == [(unit, file, Piece(first=2, total=9, data=b"abc")), (unit, file, None)]


@pytest.mark.parametrize(
    "said",
    ["", "bytes 0-2/*", "bytes 0-3/9", "bytes 7-9/9", "bytes 3-1/9", "items 0-2/9", "bytes=0-2", "bytes 0-2/9, 0-2/9"],
)
async def test_which_bytes_they_are_must_be_said_and_fit(said: str) -> None:
    stage = Stage()
    answer = await stage.ask(body=b"abc", said=said)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "content_range_needed")
    assert stage.taken == []


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"peer": None}, 403, "certificate_required"),
        ({"peer": b"foreign"}, 403, "certificate_of_another_authority"),
        ({"method": "POST"}, 405, "method_not_allowed"),
        ({"name": "7-1000"}, 404, "no_such_task"),
        ({"name": "7-1000-2.partial"}, 404, "no_such_task"),
        ({"name": "../7-1000-2"}, 404, "no_such_task"),
    ],
)
async def test_nobody_else_and_nothing_else_is_let_in(more: dict[str, Any], status: int, code: str) -> None:
    stage = Stage()
    answer = await stage.ask(**{"body": b"abc", "said": "bytes 0-2/9", **more})
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert stage.taken == []


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (NotFound("no_such_task", "x"), 404, "no_such_task"),
        (Invalid("result_too_large", "x"), 413, "result_too_large"),
        (WrongOffset(Held(size_bytes=3)), 409, "wrong_offset"),
        (ResultsFull(), 507, "results_full"),
        (Busy("busy", "x", 1), 503, "busy"),
        (OSError(5, "Input/output error"), 503, "results_unwritable"),
    ],
)
async def test_each_refusal_has_its_name(refused: Refused | OSError, status: int, code: str) -> None:
    stage = Stage()
    stage.refuses = refused
    answer = await stage.ask(body=b"abc", said="bytes 0-2/9")
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    headers = dict(answer.headers)
    assert headers.get("upload-offset") == ("3" if status == 409 else None)
    assert ("retry-after" in headers) == (status >= 500)
