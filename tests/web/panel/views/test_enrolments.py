"""Units that wait for a certificate, on the page."""

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import RequestState
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld


async def state(panel: PanelWorld) -> RequestState:
    found = await panel.world.reads.enrolment_request(EVERYTHING, 1)
    assert found is not None
    return found.state


async def test_what_is_known_of_a_unit_that_waits_is_on_the_page(panel: PanelWorld) -> None:
    page = await panel.page(DORA, "/panel/enrolments")
    for said in ("SA-W2-S1", "203.0.113.7", "出荷時証明書", "ab" * 32, "JST", "承認待ち"):
        assert said in page.text
    assert "発行依頼" in page.text
    assert "SA-W2-S1" not in (await panel.page(DORA, "/panel/enrolments", state="used")).text


async def test_an_approval_is_asked_about_and_then_done(panel: PanelWorld) -> None:
    asked = await panel.send(DORA, "/panel/enrolments/1/approval", deed="approve-1")
    assert asked.status == 200
    assert "この機器に証明書を発行しますか？" in asked.text
    assert await state(panel) is RequestState.PENDING
    done = await panel.send(DORA, "/panel/enrolments/1/approval", deed="approve-1", sure="yes")
    assert (done.status, done.headers["Location"]) == (303, "/panel/enrolments?done=approved")
    assert await state(panel) is RequestState.APPROVED


async def test_a_denial_needs_a_reason_and_keeps_it(panel: PanelWorld) -> None:
    long = await panel.send(DORA, "/panel/enrolments/1/denial", deed="deny-1", reason="x" * 300)
    assert long.status == 422
    assert "入力が長すぎます" in long.text
    assert "x" * 300 in long.text
    assert "<details open><summary>却下する" in long.text
    done = await panel.send(DORA, "/panel/enrolments/1/denial", deed="deny-1", reason="not <ours>")
    assert done.status == 303
    assert await state(panel) is RequestState.DENIED
    page = await panel.page(DORA, "/panel/enrolments", state="denied")
    assert "not &lt;ours&gt;" in page.text
    assert f"Person {DORA}" in page.text


@pytest.mark.parametrize("who", [ANNA, SAKI])
async def test_only_who_may_register_decides(panel: PanelWorld, who: str) -> None:
    page = await panel.page(who, "/panel/enrolments")
    assert "/approval" not in page.text
    sent = await panel.send(who, "/panel/enrolments/1/approval", sure="yes")
    assert sent.status == 403
    assert "この操作を行う権限がありません。" in sent.text
    assert await state(panel) is RequestState.PENDING


async def test_another_customer_neither_sees_nor_asks(panel: PanelWorld) -> None:
    assert "SA-W2-S1" not in (await panel.page(BEN, "/panel/enrolments")).text
    assert (await panel.send(BEN, "/panel/enrolments/1/approval")).status == 404
