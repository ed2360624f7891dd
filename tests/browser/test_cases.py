"""Cases on the live page, once the story has been told: the verdict, where the old unit is, and what is charged."""

import pytest

from servicehost.demo.story import LEAST_ADAPTERS, Story
from tests.browser.conftest import Theatre

ADAPTERS = LEAST_ADAPTERS
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240), pytest.mark.slow]

LIVE = "#connection[data-state=live]"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """[...document.querySelectorAll(".case, .case *")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
    .filter((one) => !one.classList.contains("hidden")).map((one) => one.outerHTML)"""
CASES = "[data-list=cases]"
JAPANESE = (
    "所在: 検査（東京検査室）。検査済み（破損あり）、破損: ACアダプタ、設定は消去済み（検査で確認）",
    "51,800円（税別）、検査で破損を確認。内訳: 機器本体 48,000円、ACアダプタ（破損） 3,800円",
    "ご請求承認済み",
    "検査済み（故障あり）",
    "駆けつけ交換",
    "センドバック交換",
    "交換対象外",
)
ENGLISH = (
    "is in inspection (東京検査室). Inspected (damaged), damaged: AC adapter, erased, as the inspection saw",
    "51,800 yen (tax excluded), found damaged. For the unit 48,000 yen, AC adapter (damaged) 3,800 yen",
    "Charge approved",
    "Inspected (fault found)",
)


async def test_the_charge_and_where_the_old_unit_is_stand_on_the_page_in_words(theatre: Theatre) -> None:
    scene = theatre.scene
    await Story(theatre.stage, scene.cast, scene.manager, scene.dispatcher, 150).tell()
    for language, said in (("ja", (*JAPANESE, *ENGLISH)), ("en", ENGLISH)):
        for width in (1440, 360):
            async with theatre.window(width=width, language=language) as page:
                await page.wait_for_selector(LIVE)
                text = " ".join((await page.inner_text(CASES)).split())
                for words in said:
                    assert words in text, (language, width)
                assert "rental_" not in text
                assert await page.evaluate(OVERFLOW) <= 0
                assert await page.evaluate(CUT_OFF) == []
                await page.click(f"{CASES} .case:has-text('51,800') details[data-keep=charge_trace] summary")
                decided = await page.inner_text(f"{CASES} details[data-keep=charge_trace][open] .decides")
                assert "rental_damage_found" in decided
    assert theatre.complaints == []
