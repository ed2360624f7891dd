"""What is sent is what differs."""

import pytest

from servicehost.web.panel import sheet
from servicehost.web.panel.filters import Found
from servicehost.web.panel.language import Language
from servicehost.web.panel.search import Wish, read_wish
from servicehost.web.panel.sheet import changes, sheet_of
from tests.builders.office import open_office
from tests.web.panel.test_picture import ONE, THREE, TWO, picture, three


def test_nothing_differs_from_itself_and_everything_from_nothing() -> None:
    lists = {"fleet": {"a": "1", "b": "2"}}
    assert changes(lists, lists) == {}
    assert changes({}, lists)["fleet"].items == lists["fleet"]


def test_a_line_that_differs_is_sent_alone_and_one_that_moved_is_not_sent() -> None:
    change = changes({"fleet": {"a": "1", "b": "2"}}, {"fleet": {"b": "2", "a": "3"}})["fleet"]
    assert (change.order, change.items) == (["b", "a"], {"a": "3"})
    moved = changes({"fleet": {"a": "1", "b": "2"}}, {"fleet": {"b": "2", "a": "1"}})["fleet"]
    assert (moved.order, moved.items) == (["b", "a"], {})
    gone = changes({"fleet": {"a": "1", "b": "2"}}, {"fleet": {"b": "2"}})["fleet"]
    assert (gone.order, gone.items) == (["b"], {})


async def test_a_search_narrows_every_list_and_a_state_the_fleet_alone() -> None:
    office = await open_office()
    await three(office)
    for code in (ONE, TWO):
        await office.push(code, "hostname x\n")
    seen = await picture(office)
    by_search = sheet_of(seen, Wish(search=ONE), Language.JA)
    assert (list(by_search["fleet"]), len(by_search["pushes_open"])) == ([ONE], 1)
    assert list(by_search["headline"]) == ["headline"]
    by_state = sheet_of(seen, Wish(state="never"), Language.JA)
    assert (list(by_state["fleet"]), len(by_state["pushes_open"])) == (["empty"], 2)


async def test_a_list_of_which_a_search_leaves_nothing_does_not_say_that_there_is_nothing() -> None:
    office = await open_office()
    await three(office)
    none_yet = sheet_of(await picture(office), Wish(search=THREE), Language.EN)
    assert "No push is under way" in none_yet["pushes_open"]["empty"]
    await office.push(ONE, "hostname x\n")
    elsewhere = sheet_of(await picture(office), Wish(search=THREE), Language.EN)
    assert "None at the sites found" in elsewhere["pushes_open"]["empty"]


async def test_a_long_list_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    office = await open_office()
    await three(office)
    monkeypatch.setattr(sheet, "ROWS_SHOWN", 2)
    cut = sheet_of(await picture(office), Wish(), Language.EN)
    assert list(cut["fleet"]) == [ONE, TWO]
    assert "1 to 2 of 3 sites" in cut["shown"]["shown"]
    assert THREE not in "".join(cut["fleet"].values())


async def test_a_page_goes_on_behind_the_last_adapter_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    office = await open_office()
    await three(office)
    monkeypatch.setattr(sheet, "ROWS_SHOWN", 2)
    drawn = await picture(office)
    first = sheet_of(drawn, read_wish({"q": "nxe"}), Language.JA)
    assert f"q=nxe&amp;after={TWO}#fleet" in first["fleet_pages"]["pages"]
    last = sheet_of(drawn, read_wish({"q": "nxe", "after": TWO}), Language.JA)
    assert list(last["fleet"]) == [THREE]
    assert "after=" not in last["fleet_pages"]["pages"]
    kept = Found(codes=frozenset({ONE, THREE}))  # the one behind which the page begins is held no more
    assert list(sheet_of(drawn, read_wish({"after": TWO, "of": "group:1"}), Language.JA, kept)["fleet"]) == [THREE]


async def test_a_filter_narrows_every_list_and_the_counts_of_states() -> None:
    office = await open_office()
    await three(office)
    seen = await picture(office)
    found = Found(codes=frozenset({ONE, TWO}))
    lists = sheet_of(seen, read_wish({"of": "group:1"}), Language.EN, found)
    assert (list(lists["fleet"]), "The filter holds 2 sites" in lists["shown"]["shown"]) == ([ONE, TWO], True)
    whole = sheet_of(seen, Wish(), Language.EN)
    assert lists["presences"] != whole["presences"]
    assert "of=group%3A1" in lists["presences"]["disconnected"]
