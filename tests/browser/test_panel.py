"""The live page as people have it: by keyboard, on a telephone, in two languages, and through a host's restart."""

from itertools import pairwise
from typing import Any

import pytest

from servicehost.demo.cast import MODEL, new_password
from tests.browser.conftest import Theatre

ADAPTERS = 3
pytestmark = pytest.mark.asyncio(loop_scope="module")

LIVE = "#connection[data-state=live]"
LOST = "#connection[data-state=lost]"
GOOD = ".headline.good"
KEEP = "window.kept = 'this very page'"
KEPT = "window.kept === 'this very page'"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def row(service_code: str) -> str:
    return f'[data-list=fleet] [data-key="{service_code}"]'


async def test_somebody_logs_in_by_keyboard_alone(theatre: Theatre) -> None:
    async with theatre.window(log_in=False) as page:
        assert await page.evaluate("document.activeElement.id") == "master_id"
        await page.keyboard.type(theatre.cast.master_id)
        await page.keyboard.press("Tab")
        await page.keyboard.type(theatre.cast.password)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(LIVE)
        await page.wait_for_selector(GOOD)
        for member in theatre.cast.members:
            # A first config may still be on its way when the units are in session.
            await page.wait_for_selector(f"{row(member.service_code)} .badge.good >> text=確定")
            text = await page.inner_text(row(member.service_code))
            assert member.site in text
            assert f"{MODEL}-{member.serial}" in text
            assert "● 接続" in text
            assert "✓ 確定" in text
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"
    assert theatre.complaints == []


async def test_a_state_that_changes_shows_without_a_reload(theatre: Theatre) -> None:
    member = theatre.cast.members[0]
    async with theatre.window() as page:
        await page.wait_for_selector(LIVE)
        await page.evaluate(KEEP)
        theatre.stage.act({"do": "line_cut", "unit": member.distribution_id})
        await page.wait_for_selector(f"{row(member.service_code)} .badge.bad")
        assert "× 切断" in await page.inner_text(row(member.service_code))
        await page.wait_for_selector(".headline.bad")
        assert "確認が必要な拠点 1件" in await page.inner_text(".headline")
        assert await page.get_attribute("[data-list=fleet] > :first-child", "data-key") == member.service_code
        theatre.stage.act({"do": "mend", "unit": member.distribution_id})
        await page.wait_for_selector(GOOD)
        assert await page.evaluate(KEPT)
    assert theatre.complaints == []


async def test_a_push_is_followed_from_its_order_to_its_end(theatre: Theatre) -> None:
    member = theatre.cast.members[1]
    async with theatre.window(language="en") as page, theatre.manager() as manager:
        await page.wait_for_selector(LIVE)
        ordered = await manager.post("pushes", {"service_codes": [member.service_code], "body": "nonsense here\n"})
        number = ordered["results"][0]["push"]
        ended = f'[data-list=pushes_ended] [data-key="{number}"]'
        await page.wait_for_selector(ended)
        assert "refused" in await page.inner_text(ended)
        assert "the unit does not understand a line of it" in await page.inner_text(ended)
        assert "1 failed push" in await page.inner_text(".headline")
        await manager.post("pushes", {"service_codes": [member.service_code], "revision": 1})
        await page.wait_for_selector(GOOD)
    assert theatre.complaints == []


async def test_a_search_needs_no_reload_and_survives_one(theatre: Theatre) -> None:
    member = theatre.cast.members[2]
    async with theatre.window() as page:
        await page.evaluate(KEEP)
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in member.service_code)
        await page.fill("#q", wide)
        others = [row(other.service_code) for other in theatre.cast.members[:2]]
        for other in others:
            await page.wait_for_selector(other, state="detached")
        assert await page.evaluate(KEPT)
        assert member.site in await page.inner_text(row(member.service_code))
        await page.reload()
        assert await page.locator("[data-list=fleet] > *").count() == 1
        await page.click("#everything")
        await page.wait_for_selector(others[0])
    assert theatre.complaints == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [360, 1440])
async def test_nothing_scrolls_sideways(theatre: Theatre, width: int, language: str) -> None:
    async with theatre.window(width=width, language=language) as page:
        await page.goto(f"{theatre.stage.api_base}/panel/login")
        await page.click("details.first summary")
        assert await page.evaluate(OVERFLOW) <= 0
        await page.go_back()
        await page.wait_for_selector(LIVE)
        assert await page.evaluate(OVERFLOW) <= 0
        assert await page.get_attribute("html", "lang") == language
        said = await page.inner_text("main")
        assert ("Nothing is wrong" in said) is True
        assert ("異常はありません" in said) is (language == "ja")
        small = await page.evaluate(SMALL_TARGETS)
        assert small == []
    assert theatre.complaints == []


SMALL_TARGETS = """[...document.querySelectorAll("main button, main input, .top a, .top button, summary")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"""


async def test_the_page_can_be_walked_by_headings_and_landmarks(theatre: Theatre) -> None:
    async with theatre.window() as page:
        levels = await page.eval_on_selector_all("h1, h2, h3", "all => all.map(one => +one.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for landmark in (
            "header",
            "main",
            "nav.languages[aria-label]",
            "nav#menu[aria-label]",
            "form[role=search]",
            "#connection-word[role=status]",
        ):
            assert await page.locator(landmark).count() == 1, landmark
        unnamed = "all => all.filter(one => !one.labels?.length && one.type !== 'hidden').map(one => one.outerHTML)"
        assert await page.eval_on_selector_all("input", unnamed) == []


async def test_without_a_script_the_page_still_shows_the_fleet(theatre: Theatre) -> None:
    async with theatre.window(java_script_enabled=False) as page:
        assert await page.locator("[data-list=fleet] > *").count() == ADAPTERS
        assert "自動では更新されません" in await page.inner_text("main")


async def test_a_one_time_password_is_changed_on_the_way_in(theatre: Theatre) -> None:
    async with theatre.window(log_in=False) as page:
        await page.fill("#master_id", theatre.cast.master_id)
        await page.fill("#password", theatre.cast.password)
        await page.click("details.first summary")
        password = new_password()
        await page.fill("#new_password", password)
        await page.fill("#repeat_password", password + "!")
        await page.press("#repeat_password", "Enter")
        await page.wait_for_selector("[role=alert]")
        assert "一致しません" in await page.inner_text("[role=alert]")
        assert await page.get_attribute("#master_id", "value") == theatre.cast.master_id
    assert [said for said in theatre.complaints if "422" not in said] == []
    theatre.complaints.clear()


async def test_a_restart_of_the_host_is_announced_and_survived_and_an_ended_log_in_is_named(theatre: Theatre) -> None:
    async with theatre.window() as stays, theatre.window(language="en") as leaves, theatre.manager() as manager:
        for page in (stays, leaves):
            await page.wait_for_selector(LIVE)
            await page.evaluate(KEEP)
        await theatre.stage.host.stop()
        for page, words in ((stays, "再接続"), (leaves, "econnecting")):
            await page.wait_for_selector(LOST)
            assert words in await page.inner_text("#connection")
        assert "最終更新" in await stays.inner_text("#connection")
        await end_log_in(leaves)
        await theatre.restart_host()
        await stays.wait_for_selector(LIVE)
        assert await stays.evaluate(KEPT)
        await stays.wait_for_selector(GOOD)
        await leaves.wait_for_selector("#connection[data-state=ended]")
        assert "Your log-in has ended." in await leaves.inner_text("#connection")
        await leaves.click("#connection-login")
        await leaves.wait_for_selector("#master_id")
        assert len(await manager.all("adapters")) == ADAPTERS
    kinds = {said.partition(":")[0] for said in theatre.complaints}
    assert kinds <= {"error"}  # the browser's own words on a host that is not there
    assert all("ERR_" in said or "401" in said for said in theatre.complaints), theatre.complaints


async def end_log_in(page: Any) -> None:
    """As if it had come to its end while the host was away: the cookie is of no log-in any more."""
    (cookie,) = [one for one in await page.context.cookies() if one["name"] == "servicehost_session"]
    await page.context.add_cookies([cookie | {"value": "shat_" + "0" * 43}])
