"""The pages below the first in a real browser: at both widths, in both languages, by keyboard, without a script, live.

The host is the test's own, over the world of the story: no fleet, no waiting.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.rollout import MemberState, RolloutState
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.store import Batch
from tests.builders.panel_world import ANNA, DORA, PanelWorld, lapsed, open_panel, waits
from tests.builders.rollouts import a_member, a_rollout, add_rollout
from tests.builders.world import CODE, NEW, OLD, TENANT, distribution_id

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

PAGES = (
    "/panel/",
    "/panel/cases",
    "/panel/cases/fault-1",
    f"/panel/adapters/{CODE}",
    f"/panel/adapters/{CODE}/config",
    f"/panel/adapters/{CODE}/tasks",
    "/panel/rollouts",
    "/panel/rollouts/1",
    "/panel/schedules",
    "/panel/rights",
    "/panel/returns",
    "/panel/returns/1",
    f"/panel/units/{distribution_id(OLD)}",
    "/panel/charges",
    "/panel/areas",
    "/panel/stock",
    "/panel/enrolments",
    "/panel/audit",
    "/panel/returns/999",
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
SMALL_TARGETS = """[...document.querySelectorAll("main button, main input, main select, .menu a, .filters a, summary")]
    .filter((one) => one.offsetParent && one.type !== "hidden")
    .filter((one) => [one, ...(one.labels ?? [])].every((part) => part.getBoundingClientRect().height < 24))
    .map((one) => one.outerHTML)"""
UNNAMED = """[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((one) => !one.labels?.length).map((one) => one.outerHTML)"""
TWICE = """[...document.querySelectorAll("[id]")].map((one) => one.id)
    .filter((id, place, all) => all.indexOf(id) !== place)"""
COLOUR_ALONE = """[...document.querySelectorAll(".badge")].filter((one) => !one.textContent.trim())
    .map((one) => one.outerHTML)"""
ZONELESS = """[...document.querySelectorAll("main time.full")].map((one) => one.textContent)
    .filter((text) => text.includes(":") && !text.includes("JST"))"""


@dataclass(kw_only=True)
class Hall:
    """The pages' host and one browser."""

    panel: PanelWorld
    browser: Any
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def window(self, who: str, *, width: int = 1440, **more: Any) -> AsyncIterator[Any]:
        """A page of a fresh window, logged in."""
        visit = await self.panel.visit(who)
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="ja-JP", timezone_id="America/New_York", **more
        )
        cookies = [{"name": name, "value": value, "url": visit.base} for name, value in visit.cookies.items()]
        await context.add_cookies(cookies)
        page = await context.new_page()
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        try:
            yield page
        finally:
            await context.close()

    def complained(self) -> list[str]:
        """What browsers wrote to their consoles since the last look, but for pages that are not there."""
        said, self.complaints = self.complaints, []
        return [one for one in said if "404" not in one]


def paused_rollout(batch: Batch) -> None:
    rollout = a_rollout(state=RolloutState.PAUSED, management_code=TENANT, reason="gate_unmet", wave=1, waves=1)
    member = a_member(CODE, MemberState.FAILED, management_code=TENANT, reason="session_lost", revision=1)
    add_rollout(batch, rollout, [member])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    async with playwright.async_playwright() as driver, open_panel(tmp_path_factory.mktemp("hall")) as panel:
        await lapsed(panel.world)
        await waits(panel.world)
        await panel.world.store.batch(EVERYTHING, paused_rollout)
        browser = await driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield Hall(panel=panel, browser=browser)
        finally:
            await browser.close()


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [360, 1440])
async def test_every_page_fits_and_can_be_walked(hall: Hall, width: int, language: str) -> None:
    async with hall.window(DORA, width=width) as page:
        for path in PAGES:
            await page.goto(f"{hall.panel.base}{path}?lang={language}")
            await page.evaluate(OPEN_ALL)
            assert await page.evaluate(OVERFLOW) <= 0, path
            for wrong in (SMALL_TARGETS, UNNAMED, TWICE, COLOUR_ALONE, ZONELESS):
                assert await page.evaluate(wrong) == [], path
            levels = await page.eval_on_selector_all("h1, h2, h3", "all => all.map(one => +one.tagName[1])")
            assert levels.count(1) == 1, path
            assert all(after - before <= 1 for before, after in pairwise(levels)), path
            assert await page.locator("nav#menu a[aria-current=page]").count() <= 1
            if language == "en":
                assert not await page.locator("main [lang=en].en").count(), path
    assert hall.complained() == []


async def test_a_filter_in_the_address_stays_in_force_while_the_page_moves(hall: Hall) -> None:
    fleet = "[data-list=fleet] > "
    async with hall.window(DORA) as page:
        await page.goto(f"{hall.panel.base}/panel/?query=code:{CODE}&lang=ja")
        await page.wait_for_selector("#connection[data-state=live]")
        assert await page.locator(f"{fleet} *").count() == 1
        await page.fill("#q", "どこにもない")
        await page.wait_for_selector(f"{fleet} [data-key=empty]")
        assert f"query=code%3A{CODE}" in page.url
        await page.fill("#q", "")
        await page.wait_for_selector(f"{fleet} [data-key={CODE}]")
        assert await page.locator(f"{fleet} *").count() == 1
    assert hall.complained() == []


async def test_a_return_is_recorded_by_keyboard_and_without_a_script(hall: Hall) -> None:
    async with hall.window(DORA, java_script_enabled=False) as page:
        await page.goto(f"{hall.panel.base}/panel/returns/1")
        await page.focus("summary:has-text('受領を記録')")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type("東京倉庫")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/receipt")
        assert "受領を記録しますか？" in await page.inner_text("h1")
        assert "東京倉庫" in await page.inner_text("main")
        await page.click("text=戻る")
        await page.wait_for_url("**/panel/returns/1")
        assert "SA-W2-S1" in await page.inner_text("h1")
        found = await hall.panel.world.reads.unit_return(EVERYTHING, 1)
        assert found is not None
        assert found.unit_return.state is ReturnState.NOT_RETURNED
    assert hall.complained() == []


async def test_what_others_do_shows_without_a_reload_and_leaves_a_begun_form_alone(hall: Hall) -> None:
    async with hall.window(ANNA) as page, hall.window(DORA) as hers:
        await page.goto(f"{hall.panel.base}/panel/charges")
        await hers.goto(f"{hall.panel.base}/panel/charges")
        await hers.wait_for_function("document.querySelector('#proposals').dataset.source")
        await hers.click("#proposals summary:has-text('請求を見送る')")
        await hers.fill("#waive-1-reason", "未送信の理由")
        await page.evaluate("window.kept = true")
        await hall.panel.send(DORA, "/panel/charges/1/approval", reason="agreed", sure="yes")
        await page.wait_for_selector("#charge-1 .badge.good")
        assert "承認済み" in await page.inner_text("#charge-1")
        assert await page.evaluate("window.kept") is True
        await hers.wait_for_selector("#news:not(:empty)")
        assert "新しい情報があります" in await hers.inner_text("#news")
        assert await hers.input_value("#waive-1-reason") == "未送信の理由"
    assert hall.complained() == []


@pytest.mark.parametrize("width", [360, 1440])
async def test_a_triage_is_answered_by_keyboard_and_without_a_script(hall: Hall, width: int) -> None:
    world = hall.panel.world
    await world.hello(NEW)
    await world.reports(NEW)
    await world.falls_silent(NEW)
    await world.passes(700)
    await world.workers()
    faults = await world.reads.faults(EVERYTHING, open_only=True, limit=10)
    address = f"{hall.panel.base}/panel/cases/fault-{faults[-1].fault}"
    async with hall.window(ANNA, width=width, java_script_enabled=False) as page:
        await page.goto(f"{address}?lang=ja")
        asked = await page.inner_text("#triage legend")
        await page.focus("#triage-answer-3")
        await page.keyboard.press("Space")
        await page.fill("#triage-note", "電話に出られません")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**?done=triage_answered#triage")
        assert "電話に出られません" in await page.inner_text("#triage .answers")
        assert await page.inner_text("#triage legend") != asked
        assert "回答を記録しました。" in await page.inner_text("p.done")
    async with hall.window(ANNA, width=width) as page:
        await page.goto(f"{address}?lang=ja")
        await page.evaluate(OPEN_ALL)
        assert await page.evaluate(OVERFLOW) <= 0
        for wrong in (SMALL_TARGETS, UNNAMED, TWICE, COLOUR_ALONE, ZONELESS):
            assert await page.evaluate(wrong) == []
    assert hall.complained() == []
