"""Each path has its room."""

import json

import pytest

from servicehost.bootstrap.door import Respond
from servicehost.bootstrap.front import Front
from servicehost.bootstrap.http import Request, Response


def room(name: str) -> Respond:
    async def respond(request: Request, /, *, remote_address: str) -> Response:
        return Response(
            status=200, content_type="text/plain", body=f"{name} {request.target} {remote_address}".encode()
        )

    return respond


FRONT = Front({"/est/": room("est"), "/location": room("location"), "/files/": room("files")})


async def asked(target: str) -> Response:
    request = Request(method="GET", target=target, headers={}, body=b"")
    return await FRONT.respond(request, remote_address="192.0.2.1")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/est/cacerts", "est"),
        ("/est/", "est"),
        ("/est/?x", "est"),
        ("/location", "location"),
        ("/location?x=/files/", "location"),
        ("/files/a/b", "files"),
    ],
)
async def test_a_path_is_answered_by_its_room_with_the_whole_target(target: str, name: str) -> None:
    assert (await asked(target)).body == f"{name} {target} 192.0.2.1".encode()


@pytest.mark.parametrize("target", ["/", "/est", "/location/", "/locations", "/LOCATION", "//location", "/%6cation"])
async def test_another_path_is_answered_with_those_there_are(target: str) -> None:
    answer = await asked(target)
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"]) == (404, "not_found")
    assert "/est/, /location, /files/" in problem["detail"]
