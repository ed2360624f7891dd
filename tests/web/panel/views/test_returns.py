"""Returns and the chain of custody on the page, and what a dispatcher records there."""

from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Evidence, Handover, Holder, Part, Place, Thing
from servicehost.domain.unit_return import Loss, ReturnState, UnitReturn
from servicehost.web.panel.views.returns import steps_of, until_due
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld
from tests.builders.world import OLD, distribution_id


async def the_return(panel: PanelWorld) -> UnitReturn:
    found = await panel.world.reads.unit_return(EVERYTHING, 1)
    assert found is not None
    return found.unit_return


async def test_the_list_says_what_is_overdue_and_since_when(panel: PanelWorld) -> None:
    page = await panel.page(ANNA, "/panel/returns")
    for said in ("SA-W2-S1", "期限超過", "1日超過", "/panel/returns/1"):
        assert said in page.text
    assert "SA-W2-S1" not in (await panel.page(ANNA, "/panel/returns", state="inspected")).text
    bens = await panel.page(BEN, "/panel/returns")
    assert "SA-W2-S1" not in bens.text
    assert "該当する返却はありません。" in bens.text


async def test_a_return_is_received_and_inspected_on_the_page(panel: PanelWorld) -> None:
    path = "/panel/returns/1"
    asked = await panel.send(DORA, f"{path}/receipt", place="東京倉庫", missing="ac_adapter", deed="receipt")
    assert "受領を記録しますか？" in asked.text
    assert "ACアダプタ" in asked.text
    assert (await the_return(panel)).state is ReturnState.NOT_RETURNED
    done = await panel.send(DORA, f"{path}/receipt", place="東京倉庫", missing="ac_adapter", sure="yes")
    assert done.headers["Location"] == f"{path}?done=received"
    one = await the_return(panel)
    assert (one.state, one.place, one.missing) == (ReturnState.RECEIVED, "東京倉庫", (Part.AC_ADAPTER,))
    refused = await panel.send(DORA, f"{path}/inspection", deed="inspection", damaged="lan_cable")
    assert refused.status == 422
    assert "選択されていない項目があります。" in refused.text
    assert 'value="lan_cable" checked' in refused.text
    await panel.send(DORA, f"{path}/inspection", result="damaged", damaged="lan_cable", erased="yes", sure="yes")
    page = await panel.page(ANNA, path)
    for said in ("検査済み", "破損あり", "LANケーブル", "設定は消去済み（検査で確認）", "東京倉庫"):
        assert said in page.text
    assert f"{path}/receipt" not in page.text


async def test_a_unit_is_given_up_only_after_a_question_that_says_what_follows(panel: PanelWorld) -> None:
    path = "/panel/returns/1/loss"
    asked = await panel.send(DORA, path, loss="never_returned", reason="asked three times")
    assert "お客さまへの請求案が作られます" in asked.text
    await panel.send(DORA, path, loss="never_returned", reason="asked three times", sure="yes")
    one = await the_return(panel)
    assert (one.state, one.loss) == (ReturnState.WRITTEN_OFF, Loss.NEVER_RETURNED)
    found = await panel.send(DORA, "/panel/returns/1/shipment", by="carrier", reference="4123-5678")
    assert found.status == 303
    assert "4123-5678" in (await panel.page(ANNA, "/panel/returns/1")).text


@pytest.mark.parametrize("deed", ["shipment", "receipt", "inspection", "loss"])
async def test_only_a_dispatcher_records(panel: PanelWorld, deed: str) -> None:
    fields = {"by": "carrier", "result": "fault_found", "loss": "never_returned", "reason": "x"}
    for who in (ANNA, SAKI, BEN):
        assert (await panel.send(who, f"/panel/returns/1/{deed}", sure="yes", **fields)).status in (403, 404)
    assert (await the_return(panel)).state is ReturnState.NOT_RETURNED


async def test_another_customer_finds_neither_the_return_nor_the_unit(panel: PanelWorld) -> None:
    assert (await panel.page(BEN, "/panel/returns/1")).status == 404
    assert (await panel.page(BEN, f"/panel/units/{distribution_id(OLD)}")).status == 404
    assert (await panel.page(ANNA, "/panel/returns/abc")).status == 404
    mine = await panel.page(ANNA, f"/panel/units/{distribution_id(OLD)}")
    assert mine.status == 200
    assert "お客さまの拠点" in mine.text


def handed(part: Part, at: int = 1, **more: Any) -> Handover:
    plain = {"source": None, "target": Place(holder=Holder.STOCK), "by": "host", "evidence": Evidence(why="x")}
    return Handover(thing=Thing(unit_id=1, part=part), at=at, **(plain | more))


def test_what_passed_together_is_one_step() -> None:
    steps = steps_of(
        [handed(Part.UNIT), handed(Part.LAN_CABLE), handed(Part.ANTENNA, 2), handed(Part.MOUNT, 2, by="d")]
    )
    assert [(step.at, step.parts, step.by) for step in steps] == [
        (1, (Part.UNIT, Part.LAN_CABLE), "host"),
        (2, (Part.ANTENNA,), "host"),
        (2, (Part.MOUNT,), "d"),
    ]


@pytest.mark.parametrize(
    ("left_ms", "said"), [(0, "本日中"), (86_400_000, "あと1日"), (-1, "期限超過"), (-3 * 86_400_000, "3日超過")]
)
def test_days_are_counted_to_the_due_date_and_after_it(left_ms: int, said: str) -> None:
    assert until_due(10**12 + left_ms, 10**12).ja == said
