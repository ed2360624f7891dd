"""Charges on the page: evidence, amounts, decisions, the sums of months and the file."""

import pytest

from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import EVERYTHING
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld


async def state(panel: PanelWorld) -> ProposalState:
    found = await panel.world.reads.charge(EVERYTHING, 1)
    assert found is not None
    return found.state


async def test_a_proposal_shows_its_amount_items_rule_and_evidence(panel: PanelWorld) -> None:
    page = await panel.page(ANNA, "/panel/charges")
    for said in (
        "33,500円",
        "33,500 yen",
        "機器本体",
        "ACアダプタ",
        "レンタル機器が返却されていない",
        "この規則で決定",
        "未返却",
    ):
        assert said in page.text
    assert "/panel/charges/1/approval" not in page.text
    assert "33,500" not in (await panel.page(BEN, "/panel/charges")).text
    assert "該当する請求案はありません。" in (await panel.page(BEN, "/panel/charges")).text


async def test_an_approval_is_asked_about_done_summed_and_in_the_file(panel: PanelWorld) -> None:
    asked = await panel.send(DORA, "/panel/charges/1/approval", deed="approve-1", reason="agreed by telephone")
    assert "この費用を請求しますか？" in asked.text
    assert 'value="agreed by telephone"' in asked.text
    assert await state(panel) is ProposalState.PROPOSED
    done = await panel.send(DORA, "/panel/charges/1/approval", reason="agreed by telephone", sure="yes")
    assert done.headers["Location"] == "/panel/charges?done=charge_approved"
    assert await state(panel) is ProposalState.APPROVED
    page = await panel.page(ANNA, "/panel/charges", state="approved")
    assert "2027年01月 33,500円" in page.text
    assert "3.4万" in page.text
    file = await panel.page(ANNA, "/panel/charges.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="charges-all-now.csv"'
    assert "agreed by telephone" in file.text
    assert "agreed" not in (await panel.page(BEN, "/panel/charges.csv")).text
    again = await panel.send(DORA, "/panel/charges/1/waiver", reason="no", sure="yes")
    assert again.status == 409
    assert "この請求案はすでに決定されています。" in again.text


async def test_a_waiver_needs_a_reason_before_anything_is_asked(panel: PanelWorld) -> None:
    refused = await panel.send(DORA, "/panel/charges/1/waiver", deed="waive-1", reason=" ")
    assert refused.status == 422
    assert "理由を入力してください。" in refused.text
    assert await state(panel) is ProposalState.PROPOSED
    await panel.send(DORA, "/panel/charges/1/waiver", reason="goodwill", sure="yes")
    assert await state(panel) is ProposalState.WAIVED


@pytest.mark.parametrize(("who", "status"), [(ANNA, 403), (SAKI, 403), (BEN, 404)])
async def test_only_a_dispatcher_decides(panel: PanelWorld, who: str, status: int) -> None:
    for sure in ("", "yes"):
        sent = await panel.send(who, "/panel/charges/1/approval", reason="x", sure=sure)
        assert sent.status == (status if sure == "" else 403)
    assert await state(panel) is ProposalState.PROPOSED


async def test_a_file_of_no_day_is_a_bad_request_and_nobodys_without_a_log_in(panel: PanelWorld) -> None:
    assert (await panel.page(ANNA, "/panel/charges.csv", **{"from": "yesterday"})).status == 422
    panel.visits[ANNA].cookies.clear()
    assert (await panel.visits[ANNA].get("/panel/charges.csv")).headers["Location"] == "/panel/login"
