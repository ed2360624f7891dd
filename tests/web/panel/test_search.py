import pytest

from servicehost.web.panel.picture import FleetRow
from servicehost.web.panel.search import Wish, read_wish

ROW = FleetRow(
    service_code="nxe123456789",
    site="ナゴヤ第2支店",
    customer="サンプル商事株式会社",
    unit="SA-W2-D00012",
    distribution_id="0001-0000-0000-000B-02E0-4DFF-FE00-000C",
    presence="disconnected",
    heard_at=None,
    startup=None,
    working=None,
    push=None,
    attention=True,
)


@pytest.mark.parametrize(
    "search", ["", "ナゴヤ", "ﾅｺﾞﾔ", "ＮＸＥ１２３", "nxe123 第２", "sa-w2-d00012", "商事　ナゴヤ", "FE00-000c"]
)
def test_a_search_finds_in_any_width_and_case(search: str) -> None:
    assert Wish(search=search).fits(ROW)


@pytest.mark.parametrize("search", ["大阪", "ナゴヤ 大阪", "nxe999"])
def test_every_word_must_be_found(search: str) -> None:
    assert not Wish(search=search).fits(ROW)


@pytest.mark.parametrize(("state", "fits"), [("", True), ("disconnected", True), ("attention", True), ("never", False)])
def test_a_state_narrows_the_fleet(state: str, fits: bool) -> None:
    assert Wish(state=state).fits(ROW) is fits


def test_an_address_can_ask_for_what_there_is_only() -> None:
    assert read_wish({"state": "melted", "of": "colour:3", "after": ""}) == Wish()
    assert read_wish({"q": "  大阪 ", "state": "never"}) == Wish(search="大阪", state="never")
    assert len(read_wish({"q": "x" * 5000}).search) == 100
