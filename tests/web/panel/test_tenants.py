"""Two customers never meet on the page: every address that shows something is walked with the other one's log-in."""

from collections.abc import Callable

import aiohttp
import pytest

from servicehost.domain.people import Role
from servicehost.web.panel.routes import PANEL_ROUTES
from tests.builders.api import Api
from tests.builders.office import ANNA_S, unit_name
from tests.builders.panel import Visit, add_people, serve_world
from tests.builders.stories import ON_SITE, tell
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT, World

NewVisit = Callable[[], Visit]
ANNAS, BENS = "nxe000000001", "nxe000000002"
SITE = "annas secret site"
READING = sorted({path for method, path, _ in PANEL_ROUTES if method == "GET" and "{" not in path})


async def first_change(browser: Visit) -> str:
    """What the stream says up to the end of its first whole page."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{browser.base}/panel/stream", headers=browser.headers) as answer,
    ):
        assert answer.status == 200
        said = b""
        while b"event: change" not in said or not said.endswith(b"\n\n"):
            said += await answer.content.readany()
        return said.decode()


async def shown(browser: Visit, path: str) -> str:
    return await first_change(browser) if path == "/panel/stream" else (await browser.get(path)).text


@pytest.mark.parametrize("path", READING)
async def test_a_page_shows_nothing_of_another_tenant(api: Api, visit: NewVisit, path: str) -> None:
    office = api.office
    await office.catalogue.add_adapter(office.dispatcher, ANNA_S, ANNAS, SITE)
    unit = await office.unit()
    await office.catalogue.bind_unit(office.dispatcher, ANNAS, unit.distribution_id, "")
    await office.push(ANNAS, "annas config\n")
    await office.adapter(BENS, "nxm000000002")
    anna, ben = visit(), visit()
    await anna.log_in(office.anna.master_id)
    await ben.log_in(office.ben.master_id)
    traces = (SITE, ANNAS, unit_name(1), "SA-W2-000001", office.anna.master_id, ANNA_S)
    if path in ("/panel/", "/panel/stream"):
        annas = await shown(anna, path)
        assert SITE in annas
        assert BENS not in annas
        assert BENS in await shown(ben, path)
    text = await shown(ben, path)
    assert not [trace for trace in traces if trace in text]
    assert "annas config" not in text


async def test_a_search_and_a_state_find_nothing_of_another_tenant(api: Api, visit: NewVisit) -> None:
    await api.office.catalogue.add_adapter(api.office.dispatcher, ANNA_S, ANNAS, SITE)
    ben = visit()
    await ben.log_in(api.office.ben.master_id)
    for query in ({"q": "nxe"}, {"state": "never"}, {"q": SITE}):
        assert ANNAS not in (await ben.get("/panel/", **query)).text


async def test_nobody_gets_the_stream_without_a_log_in(visit: NewVisit) -> None:
    answer = await visit().get("/panel/stream")
    assert answer.status == 401
    assert '"code":"no_token"' in answer.text


async def test_a_host_that_starts_or_drains_opens_no_stream(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    api.ready = False
    answer = await browser.get("/panel/stream")
    assert (answer.status, '"code":"not_ready"' in answer.text) == (503, True)
    assert (await browser.get()).status == 200


async def test_faults_and_exchanges_stay_within_their_contract(case_world: World) -> None:
    await tell(case_world, ON_SITE[:-2])
    people = {"anna": (Role.OPERATION_MANAGER, TENANT), "ben": (Role.OPERATION_MANAGER, OTHER_TENANT)}
    await add_people(case_world.store, dict(people))
    async with serve_world(case_world) as base:
        anna, ben = Visit(base=base), Visit(base=base)
        await anna.log_in("anna")
        await ben.log_in("ben")
        for path in ("/panel/", "/panel/stream"):
            assert "fault-1" in await shown(anna, path)
            bens = await shown(ben, path)
            assert OTHER_CODE in bens
            assert "fault-1" not in bens
            assert CODE not in bens
