"""The page of closed areas: closed and opened by name, decided singly or together, and nobody's but the provider's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.contract import EVERYTHING
from tests.builders.area_orders import on_site_order, settle
from tests.builders.panel_world import ANNA, DORA, SAKI, PanelWorld, open_panel

PAGE = "/panel/areas"
CLOSING = {"deed": "close", "code": "東京都", "state": "no_entry", "until": "2099-04-01T09:30", "reason": "増水"}


@pytest.fixture
async def panel(tmp_path: Path) -> AsyncIterator[PanelWorld]:
    """A world in which nothing has happened yet."""
    async with open_panel(tmp_path) as opened:
        yield opened


async def test_a_dispatcher_closes_by_name_after_a_question_and_decides_what_is_proposed(panel: PanelWorld) -> None:
    await on_site_order(panel.world)
    asked = await panel.send(DORA, PAGE, **CLOSING)
    assert "増水" in asked.text
    closed = await panel.send(DORA, PAGE, **CLOSING, sure="yes")
    assert closed.headers["Location"] == f"{PAGE}?done=area_closed"
    await settle(panel.world)
    shown = (await panel.page(DORA, PAGE)).text
    for part in ("東京都", "立ち入り困難", "センドバック交換に変更する", "決定待ち"):
        assert part in shown
    (waiting,) = await panel.world.reads.area_proposals(EVERYTHING)
    path = f"{PAGE}/proposals/{waiting.number}/decision"
    await panel.send(DORA, path, deed="decide", accept="no", reason="船で行けるため")
    (decided,) = await panel.world.reads.area_proposals(EVERYTHING)
    assert (decided.state, decided.reason) == ("declined", "船で行けるため")
    await panel.send(DORA, f"{PAGE}/{waiting.area}/reopening", deed="reopen", reason="水が引いたため")
    assert "見合わせ中の地域はありません" in (await panel.page(DORA, PAGE)).text


async def test_all_that_wait_are_decided_together_after_a_question(panel: PanelWorld) -> None:
    await on_site_order(panel.world)
    await panel.send(DORA, PAGE, **CLOSING, sure="yes")
    together = {"deed": "all-1", "kind": "downgrade", "accept": "yes", "reason": "道路が不通のため"}
    asked = await panel.send(DORA, f"{PAGE}/1/decisions", **together)
    assert "道路が不通のため" in asked.text
    await panel.send(DORA, f"{PAGE}/1/decisions", **together, sure="yes")
    assert [one.state for one in await panel.world.reads.area_proposals(EVERYTHING)] == ["accepted"]


async def test_a_name_that_is_no_place_is_refused_in_words(panel: PanelWorld) -> None:
    refused = await panel.send(DORA, PAGE, **(CLOSING | {"code": "江戸"}))
    assert "その名称の都道府県・市区町村はありません" in refused.text


async def test_support_reads_and_a_customer_is_shown_nothing(panel: PanelWorld) -> None:
    assert 'action="/panel/areas"' not in (await panel.page(SAKI, PAGE)).text
    assert 'action="/panel/areas"' in (await panel.page(DORA, PAGE)).text
    for page in (PAGE, "/panel/stock"):
        assert (await panel.page(ANNA, page)).status == 403
        assert page not in (await panel.page(ANNA, "/panel/returns")).text
