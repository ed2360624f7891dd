"""What is sent is what differs."""

import pytest

from servicehost.web.panel import sheet
from servicehost.web.panel.language import Language
from servicehost.web.panel.search import Wish
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


async def test_a_long_list_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    office = await open_office()
    await three(office)
    monkeypatch.setattr(sheet, "ROWS_SHOWN", 2)
    cut = sheet_of(await picture(office), Wish(), Language.EN)
    assert list(cut["fleet"]) == [ONE, TWO]
    assert "2 of 3 sites" in cut["shown"]["shown"]
    assert THREE not in "".join(cut["fleet"].values())
