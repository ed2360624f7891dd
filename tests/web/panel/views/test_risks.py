"""Rights at risk as people see them: whose they are, why, and what to do."""

from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT


async def test_a_manager_sees_their_own_sites_with_the_reason_and_the_remedy(panel: PanelWorld) -> None:
    page = await panel.page(ANNA, "/panel/rights")
    assert page.status == 200
    assert "オプションのお申し込みは、手配担当の決定を待っています。" in page.text
    assert "手配担当が理由を添えて可否を決定します。" in page.text
    assert f"/panel/adapters/{CODE}" in page.text
    assert OTHER_CODE not in page.text
    assert CODE not in (await panel.page(BEN, "/panel/rights")).text


async def test_a_dispatcher_sees_all_customers_counted_and_narrows_them(panel: PanelWorld) -> None:
    page = await panel.page(DORA, "/panel/rights")
    assert CODE in page.text
    assert OTHER_CODE in page.text
    assert page.text.count('data-label="リスクあり"') == 2
    narrow = await panel.page(DORA, "/panel/rights", contract=OTHER_TENANT)
    assert f"/panel/adapters/{CODE}" not in narrow.text
    assert f"/panel/adapters/{OTHER_CODE}" in narrow.text
    none = await panel.page(DORA, "/panel/rights", reason="item_standby")
    assert "リスクのある拠点はありません。" in none.text


async def test_the_next_part_goes_on_after_the_last_site(panel: PanelWorld) -> None:
    page = await panel.page(DORA, "/panel/rights", after=CODE)
    assert f"/panel/adapters/{CODE}" not in page.text
    assert f"/panel/adapters/{OTHER_CODE}" in page.text
    assert "最初へ" in page.text
