"""The page of stock: by depot, and where it runs low."""

from tests.builders.panel_world import DORA, SAKI, PanelWorld
from tests.builders.world import MODEL

PAGE = "/panel/stock"


async def test_stock_is_shown_by_depot_and_low_where_it_is(panel: PanelWorld) -> None:
    shown = (await panel.page(DORA, PAGE)).text
    assert "主倉庫" in shown
    assert "下限割れ" not in shown
    threshold = {"deed": "threshold", "depot": "main", "model": MODEL}
    await panel.send(DORA, f"{PAGE}/thresholds", **threshold, least="9")
    assert "下限割れ" in (await panel.page(DORA, PAGE)).text
    refused = await panel.send(DORA, f"{PAGE}/thresholds", **threshold, least="many")
    assert "0 から 9999 まで" in refused.text


async def test_support_reads_and_sets_nothing(panel: PanelWorld) -> None:
    assert "下限数を設定する" not in (await panel.page(SAKI, PAGE)).text
