"""Events listed, exported and followed at the operators' door."""

import csv
import io
import json

import aiohttp
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Severity
from servicehost.settings.operators_door import OperatorsDoor
from tests.builders.api import Api, open_api
from tests.builders.estate import an_event
from tests.builders.office import ANNA_S, BEN_S

ONE = "nxe000000001"


async def told(api: Api, *tenants: str | None, **fields: object) -> list[int]:
    """The numbers of new events of these tenants."""
    events = [an_event(tenant, **fields) for tenant in tenants]
    await api.office.store.batch(EVERYTHING, lambda batch: batch.add_events(events))
    return sorted(api.office.shelf.events)[-len(events) :]


async def test_events_are_read_both_ways_without_a_gap(api: Api) -> None:
    support = api.office.support
    whole = [event["event"] for event in (await api.call("GET", "events?limit=500", support)).json["items"]]
    for way in ("false", "true"):
        seen: list[int] = []
        after: int | None = 0
        while after is not None:
            part = (await api.call("GET", f"events?limit=3&after={after}&newest_first={way}", support)).json
            seen += [event["event"] for event in part["items"]]
            after = part["next"]
        assert seen == (whole if way == "false" else whole[::-1])


async def test_a_filter_takes_several_words_and_an_instant(api: Api) -> None:
    fan = await told(api, ANNA_S, sub_type="fan", severity=Severity.ALERT, at=1_000)
    await told(api, ANNA_S, sub_type="fan", severity=Severity.ALERT, at=2_000)
    await told(api, ANNA_S, sub_type="fan", severity=Severity.INFO, at=1_000)
    query = "sub_type=fan,flash&event_class=monitor,operation&severity=3&until=1970-01-01T00:00:02Z"
    found = await api.call("GET", f"events?{query}", api.office.anna)
    assert [one["event"] for one in found.json["items"]] == fan


@pytest.mark.parametrize("query", ["event_class=weather", "severity=8", "since=yesterday", "sub_type=a,,b", "kind=1"])
async def test_a_filter_that_is_none_is_named(api: Api, query: str) -> None:
    refused = await api.call("GET", f"events?{query}", api.office.anna)
    assert (refused.status, refused.code) == (422, "query_invalid")


async def test_what_was_removed_is_said_wherever_events_are_given(api: Api) -> None:
    await api.token_of(api.office.anna)
    numbers = await told(api, ANNA_S, ANNA_S)
    everything = len(api.office.shelf.events)
    now = api.office.clock.wall()
    await api.office.store.batch(EVERYTHING, lambda batch: batch.forget_events(10**15, everything - 1, now))
    listed = await api.call("GET", "events", api.office.anna)
    assert [one["event"] for one in listed.json["items"]] == numbers[1:]
    assert listed.json["removed"]["event"] == numbers[0]
    assert listed.json["removed"]["at"].endswith("Z")
    for export in ("events.csv", "events.ndjson"):
        assert (await api.call("GET", export, api.office.anna)).headers["Events-Removed-To"] == f"{numbers[0]}"


async def test_an_export_is_whole_and_a_tenants_own(api: Api) -> None:
    mine = await told(api, *([ANNA_S] * 600), sub_type="fan", reason="=1+1", detail={"text": "ファン, 停止"})
    await told(api, BEN_S, sub_type="fan")
    lines = (await api.call("GET", "events.ndjson?sub_type=fan", api.office.anna)).text.splitlines()
    assert [json.loads(line)["event"] for line in lines] == mine
    table = (await api.call("GET", "events.csv?sub_type=fan", api.office.anna)).text
    assert table[0] == "\ufeff"
    rows = list(csv.DictReader(io.StringIO(table[1:])))
    assert [int(row["event"]) for row in rows] == mine
    assert rows[0]["reason"] == "'=1+1"
    assert json.loads(rows[0]["detail"]) == {"text": "ファン, 停止"}


async def test_an_export_of_nothing_still_has_its_head(api: Api) -> None:
    assert (await api.call("GET", "events.ndjson?sub_type=none", api.office.anna)).text == ""
    assert (await api.call("GET", "events.csv?sub_type=none", api.office.anna)).text.startswith("\ufeffevent,at,")


class Follower:
    """Reads server-sent events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self, name: str) -> tuple[str, dict[str, object]]:
        """The id and the data of the next message of that name."""
        while True:
            fields = dict[str, str]()
            while line := (await self._answer.content.readline()).decode().rstrip("\n"):
                key, _, value = line.partition(": ")
                fields[key] = value
            if fields.get("event") == name:
                return fields.get("id", ""), json.loads(fields["data"])


async def followed(api: Api, path: str, **headers: str) -> aiohttp.ClientResponse:
    sent = {"Authorization": f"Bearer {await api.token_of(api.office.anna)}", **headers}
    return await api.client.get(f"/api/v1/{path}", headers=sent)


async def test_a_follower_goes_on_after_the_event_it_saw_last_and_hears_the_next(api: Api) -> None:
    numbers = await told(api, ANNA_S, ANNA_S, BEN_S, ANNA_S, sub_type="fan")
    async with await followed(api, "events/stream?sub_type=fan", **{"Last-Event-ID": f"{numbers[0]}"}) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        follower = Follower(answer)
        assert (await follower.next("begun"))[1]["missed"] is False
        assert [(await follower.next("event"))[0] for _ in range(2)] == [f"{numbers[1]}", f"{numbers[3]}"]
        await told(api, ANNA_S, sub_type="flash")
        (fresh,) = await told(api, ANNA_S, sub_type="fan")
        number, event = await follower.next("event")
        assert (number, event["sub_type"]) == (f"{fresh}", "fan")


async def test_without_a_place_a_follower_hears_what_comes_from_now_on(api: Api) -> None:
    await told(api, ANNA_S)
    async with await followed(api, "events/stream") as answer:
        await (follower := Follower(answer)).next("begun")
        (fresh,) = await told(api, ANNA_S)
        assert (await follower.next("event"))[0] == f"{fresh}"


async def test_who_comes_back_too_late_is_told_that_something_is_missing(api: Api) -> None:
    numbers = await told(api, ANNA_S, ANNA_S)
    await api.office.store.batch(EVERYTHING, lambda batch: batch.forget_events(10**15, numbers[0], 5))
    async with await followed(api, f"events/stream?after={numbers[0] - 1}") as answer:
        _, begun = await (follower := Follower(answer)).next("begun")
        assert begun["missed"] is True
        assert (await follower.next("event"))[0] == f"{numbers[1]}"


async def test_one_more_than_the_settings_allow_is_refused_by_name() -> None:
    async with (
        open_api(settings=OperatorsDoor(max_event_streams=1)) as api,
        await followed(api, "events/stream") as first,
    ):
        await Follower(first).next("begun")
        refused = await api.call("GET", "events/stream", api.office.anna)
        assert (refused.status, refused.code) == (503, "too_many_streams")
        assert refused.headers["Retry-After"] == "10"
