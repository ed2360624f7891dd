"""The work sheet over both of its addresses."""

import base64
import hashlib
import re

import pytest

from servicehost.domain.appointment import Window
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.inheritance import NEVER_COPIED
from servicehost.web.worksheet.paint import SHEET_POLICY
from servicehost.web.worksheet.sheet import in_japan, window_in_japan
from tests.builders.case_api import CaseApi
from tests.builders.stories import ON_SITE, SENDBACK, until
from tests.builders.world import CODE, MODEL
from tests.web.test_errands import appoint

SHEET = "exchanges/1/worksheet"
SECRET = "ppp password hunter2"


async def on_site(api: CaseApi) -> None:
    await api.post(api.anna, "pushes", service_codes=[CODE], body=f"interface ge0 address dhcp\n{SECRET}\n")
    await until(api.world, ON_SITE, ExchangeState.ORDERED)


async def sheet_of(api: CaseApi) -> str:
    answer = await api.call("GET", SHEET, api.dispatcher)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return answer.text


async def test_it_says_where_what_when_and_who(cases: CaseApi) -> None:
    await on_site(cases)
    await appoint(cases, cases.world.clock.wall(), cabling="WANは白いケーブル\n鍵は受付")
    text = await sheet_of(cases)
    wanted = [
        "駆けつけ交換",
        CODE,
        f"{MODEL}-S1",
        f"{MODEL}-S2",
        "Tokyo 1-1",
        "鈴木 一郎",
        "03-1234-5678",
        "WANは白いケーブル",
        "ACアダプタ",
        "LANケーブル",
        f"SAラベル {CODE}",
        in_japan(cases.world.clock.wall()),
    ]
    assert [word for word in wanted if word not in text] == []
    assert [one.ja for one in NEVER_COPIED.values() if one.ja not in text] == []


async def test_what_is_not_known_is_left_to_be_written_by_hand(cases: CaseApi) -> None:
    await on_site(cases)
    text = await sheet_of(cases)
    assert "None" not in text
    assert '<span class="write"></span>' in text


async def test_a_shipment_has_a_sheet_of_its_own(cases: CaseApi) -> None:
    await until(cases.world, SENDBACK, ExchangeState.ORDERED)
    text = await sheet_of(cases)
    assert "センドバック交換" in text
    assert "ドライバー</span>" not in text
    assert "立会者にご挨拶" not in text


async def test_nothing_of_the_config_but_its_ports_gets_onto_paper(cases: CaseApi) -> None:
    await on_site(cases)
    assert "hunter2" not in await sheet_of(cases)


async def test_what_people_wrote_stays_text(cases: CaseApi) -> None:
    await on_site(cases)
    await appoint(cases, cases.world.clock.wall(), attendee="<b>Suzuki</b>", cabling="<script>alert(1)</script>")
    text = await sheet_of(cases)
    assert "&lt;b&gt;Suzuki" in text
    assert "<script" not in text


async def test_it_is_for_dispatchers_and_the_customer_s_own_managers(cases: CaseApi) -> None:
    await on_site(cases)
    answers = {who: await cases.call("GET", SHEET, getattr(cases, who)) for who in ("anna", "ben", "support")}
    assert answers["anna"].status == 200
    assert (answers["ben"].status, answers["ben"].code) == (404, "exchange_not_found")
    assert (answers["support"].status, answers["support"].code) == (403, "no_right")
    assert (await cases.call("GET", SHEET)).status == 401


async def test_without_work_to_be_done_there_is_no_sheet(cases: CaseApi) -> None:
    await until(cases.world, SENDBACK, ExchangeState.REQUESTED)
    answer = await cases.call("GET", SHEET, cases.dispatcher)
    assert (answer.status, answer.code) == (409, "no_work_sheet")
    await cases.post(cases.anna, "exchanges/1/cancellation", reason="it works again")
    assert (await cases.call("GET", SHEET, cases.dispatcher)).code == "no_work_sheet"


async def test_in_a_browser_it_shows_under_its_own_style_and_nothing_else(cases: CaseApi) -> None:
    await on_site(cases)
    path = "/panel/exchanges/1/worksheet"
    cookie = {"Cookie": f"servicehost_session={await cases.token_of(cases.anna)}"}
    answer = await cases.call("GET", path, headers=cookie)
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"] == SHEET_POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in SHEET_POLICY
    assert not re.findall(r"style=|src=|href=|url\(", answer.text)
    stranger = await cases.call("GET", path)
    assert (stranger.status, "ログイン" in stranger.text) == (200, True)  # where it was led to
    assert (await cases.call("GET", "/panel/exchanges/1x/worksheet", headers=cookie)).status == 404


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((1, 3), "2026年11月24日(火) 10:00～12:00"),
        ((13, 16), "2026年11月24日(火) 22:00～2026年11月25日(水) 01:00"),
    ],
)
def test_windows_are_said_in_japan_s_time(hours: tuple[int, int], said: str) -> None:
    midnight = 1_795_478_400_000  # of 2026-11-24, UTC
    window = Window(from_at=midnight + hours[0] * 3_600_000, until_at=midnight + hours[1] * 3_600_000)
    assert window_in_japan(window) == said
