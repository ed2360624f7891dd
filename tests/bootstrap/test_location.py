"""The location document at the bootstrap door."""

import json

import pytest

from protocol.location import MEDIA_TYPE, PATH
from servicehost.bootstrap.http import Request, Response
from servicehost.bootstrap.location import LocationRoom
from servicehost.ports.authority import AuthorityUnavailable
from servicehost.ports.location import SignedLocation
from tests.builders.locations import a_location

SIGNED = SignedLocation(text=b"a.b.c", location=a_location())


class Source:
    def __init__(self, signed: SignedLocation | None) -> None:
        self.signed = signed

    async def current(self) -> SignedLocation:
        if self.signed is None:
            raise AuthorityUnavailable("it is away")
        return self.signed


async def asked(method: str = "GET", signed: SignedLocation | None = SIGNED, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(method=method, target=PATH, headers=named, body=b"")
    return await LocationRoom(Source(signed)).respond(request, remote_address="192.0.2.1")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_anybody_gets_it_and_may_keep_it(method: str) -> None:
    answer = await asked(method)
    assert (answer.status, answer.content_type, answer.body) == (200, MEDIA_TYPE, b"a.b.c")
    assert dict(answer.headers)["etag"] == SIGNED.etag
    assert "public, max-age=60" in dict(answer.headers)["cache-control"]


async def test_who_has_it_is_told_so() -> None:
    answer = await asked(if_none_match=SIGNED.etag)
    assert (answer.status, answer.body) == (304, b"")
    assert dict(answer.headers)["etag"] == SIGNED.etag
    assert (await asked(if_none_match='"another"')).status == 200


async def test_another_method_is_refused_by_name() -> None:
    answer = await asked("POST")
    assert (answer.status, dict(answer.headers)["allow"]) == (405, "GET, HEAD")


async def test_without_an_authority_it_says_to_come_again() -> None:
    answer = await asked(signed=None)
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "authority_unavailable")
    assert dict(answer.headers)["retry-after"] == "60"


def test_one_octet_more_is_another_tag() -> None:
    assert SIGNED.etag != SignedLocation(text=b"a.b.cd", location=SIGNED.location).etag
