"""A carrier that calls at the operators' door."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.webhook import parse_secrets
from servicehost.operations.errand_catalogue import CarriersBell
from tests.builders.api import Answer
from tests.builders.carrier_house import NEXT_SECRET, SECRET, THEIR_SECRET, signed_headers
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.stories import SENDBACK, until

PATH = "carrier/notices"
IN_FORCE = [THEIR_SECRET]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[CaseApi]:
    """An exchange is ordered from a carrier that calls."""
    bell = CarriersBell(secrets=lambda: parse_secrets(" ".join(IN_FORCE)), tolerance_ms=300_000)
    async with open_case_api(tmp_path, bell=bell) as api:
        await until(api.world, SENDBACK, ExchangeState.ORDERED)
        yield api


def body_of(kind: str = "errand.arrived", errand: str = "exchange-1", **data: Any) -> bytes:
    return json.dumps({"type": kind, "timestamp": "2027-01-15T08:00:00Z", "data": {"errand": errand, **data}}).encode()


async def tells(
    api: CaseApi, body: bytes, *, name: str = "msg_1", secret: str = THEIR_SECRET, late_s: int = 0, **headers: str
) -> Answer:
    seconds = api.world.clock.wall() // 1000 - late_s
    return await api.call("POST", PATH, data=body, headers=signed_headers(secret, name, seconds, body) | headers)


async def test_a_signed_message_is_kept_and_moves_the_exchange_once_it_is_answered(house: CaseApi) -> None:
    answer = await tells(house, body_of())
    assert (answer.status, answer.json["message"], answer.json["errand"]) == (200, "msg_1", "exchange-1")
    await house.world.killed()
    assert (await house.world.exchange()).state is ExchangeState.ARRIVED


async def test_the_same_message_again_has_the_same_answer_and_no_effect(house: CaseApi) -> None:
    first = await tells(house, body_of())
    before = await house.world.reads.events(EVERYTHING, limit=1_000)
    await house.world.passes(60)
    # sent again by the carrier under a new time, and played back by somebody who has listened
    for late_s in (0, 60):
        again = await tells(house, body_of(), late_s=late_s)
        assert (again.status, again.json) == (200, first.json)
    assert await house.world.reads.events(EVERYTHING, limit=1_000) == before


async def test_played_back_later_it_is_refused(house: CaseApi) -> None:
    await tells(house, body_of())
    await house.world.passes(301)
    assert (await tells(house, body_of(), late_s=301)).code == "webhook_out_of_time"


async def test_one_name_for_two_messages_is_a_conflict_that_changes_nothing(house: CaseApi) -> None:
    await tells(house, body_of("errand.accepted"))
    answer = await tells(house, body_of("errand.lost"))
    assert (answer.status, answer.code) == (409, "webhook_id_used")
    assert (await house.world.exchange()).state is ExchangeState.ORDERED


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
async def test_what_is_signed_with_another_secret_also_with_ours_is_refused(house: CaseApi, secret: str) -> None:
    answer = await tells(house, body_of(), secret=secret)
    assert (answer.status, answer.code) == (401, "webhook_signature_wrong")
    assert answer.headers["WWW-Authenticate"] == 'Webhook-Signature realm="servicehost"'
    assert (await house.world.exchange()).state is ExchangeState.ORDERED


async def test_two_secrets_are_in_force_while_one_follows_the_other(
    house: CaseApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "IN_FORCE", [NEXT_SECRET, THEIR_SECRET])
    for number, secret in enumerate((THEIR_SECRET, NEXT_SECRET)):
        assert (await tells(house, body_of("errand.accepted"), name=f"m{number}", secret=secret)).status == 200
    monkeypatch.setitem(globals(), "IN_FORCE", [NEXT_SECRET])
    assert (await tells(house, body_of(), name="m2")).code == "webhook_signature_wrong"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"webhook-signature": ""}, "webhook_headers_missing"),
        ({"webhook-timestamp": "soon"}, "webhook_headers_malformed"),
        ({"webhook-id": "a.b"}, "webhook_headers_malformed"),
        ({"webhook-signature": "v1,\u00ff"}, "webhook_signature_wrong"),
        ({"content-type": "text/plain"}, "media_type_unsupported"),
    ],
)
async def test_a_call_that_is_no_signed_message_is_refused_by_name(
    house: CaseApi, headers: dict[str, Any], code: str
) -> None:
    assert (await tells(house, body_of(), **headers)).code == code


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body_not_json"),
        (b"\xff", 400, "body_not_json"),
        (b"[" * 5_000, 422, "body_invalid"),
        (b'{"x": ' * 5_000, 400, "body_not_json"),
        (b"{}", 422, "body_invalid"),
        (body_of("errand.abducted"), 422, "body_invalid"),
        (body_of(missing=["sofa"]), 422, "body_invalid"),
        (body_of(errand="exchange-99"), 404, "unknown_order"),
        (body_of(errand="somebody else's 4"), 404, "unknown_order"),
        (b" " * 70_000, 413, "body_too_large"),
    ],
)
async def test_a_signed_message_that_makes_no_sense_is_refused_by_name(
    house: CaseApi, body: bytes, status: int, code: str
) -> None:
    answer = await tells(house, body)
    assert (answer.status, answer.code) == (status, code)


async def test_people_hear_of_an_errand_that_we_never_placed(house: CaseApi) -> None:
    await tells(house, body_of(errand="exchange-99"))
    told = await house.world.reads.events(EVERYTHING, limit=1_000)
    (event,) = [one for one in told if one.sub_type == "carrier_notice_unknown"]
    assert event.detail["order"] == "exchange-99"


async def test_fields_that_we_do_not_know_are_passed_over(house: CaseApi) -> None:
    assert (await tells(house, body_of("errand.accepted", weather="fine"))).status == 200


async def test_where_no_carrier_calls_there_is_no_bell(cases: CaseApi) -> None:
    answer = await tells(cases, body_of())
    assert (answer.status, answer.code) == (404, "no_carrier_here")
