"""The filters of the fleet page: who is held, what is said of it, and how seldom the store is asked."""

from typing import Any

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.group import Group, SavedQuery, Tag
from servicehost.domain.selection import Selected, Selection, check_selection
from servicehost.ports.store import Batch
from servicehost.web.panel.filters import Filters
from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld, open_panel
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT
from tests.fakes.clock import FixedClock

TOKYO, LATE = Selection(group=1), Selection(query="drift:yes")


class FewCodes:
    """Answers what it is told to, and counts how often."""

    def __init__(self, clock: FixedClock, takes_s: float = 0.0) -> None:
        self.asked: list[Selection] = []
        self.codes: dict[Selection, tuple[str, ...]] = {TOKYO: ("a", "b"), LATE: ("b", "c")}
        self._clock = clock
        self._takes_s = takes_s

    async def select_adapters(self, _scope: Scope, selection: Selection, _now: int) -> Selected:
        check_selection(selection)
        self.asked.append(selection)
        self._clock.go_on(self._takes_s)
        if selection not in self.codes:
            raise NotFound("group_not_found", "There is no such group")
        return Selected(service_codes=self.codes[selection])


def filters(takes_s: float = 0.0) -> tuple[Filters, FewCodes, FixedClock]:
    clock = FixedClock()
    reads: Any = FewCodes(clock, takes_s)
    return Filters(EVERYTHING, reads, clock), reads, clock


async def test_two_filters_hold_whom_both_hold() -> None:
    made, _, _ = filters()
    found = await made.found((TOKYO, LATE))
    assert found is not None
    assert found.codes == {"b"}
    assert await made.found(()) is None


async def test_the_store_is_asked_once_for_all_viewers_and_again_after_a_while() -> None:
    made, reads, clock = filters()
    for _ in range(3):
        await made.found((TOKYO,))
    assert not await made.refresh()
    clock.go_on(5)
    assert not await made.refresh()  # asked, and nothing else than before
    reads.codes[TOKYO] = ("a",)
    clock.go_on(5)
    assert await made.refresh()
    assert len(reads.asked) == 3


async def test_a_slow_question_rests_the_longer_and_one_that_nobody_looks_through_is_dropped() -> None:
    made, reads, clock = filters(takes_s=1.0)
    await made.found((LATE,))
    clock.go_on(19)
    made.look_through((LATE,))
    await made.refresh()
    assert len(reads.asked) == 1
    clock.go_on(2)
    await made.refresh()
    assert len(reads.asked) == 2
    clock.go_on(31)
    await made.refresh()
    assert len(reads.asked) == 2


async def test_a_filter_that_cannot_be_used_holds_nobody_and_says_why() -> None:
    made, _, _ = filters()
    gone = await made.found((TOKYO, Selection(group=7)))
    wrong = await made.found((Selection(query="tag:x colour:red"),))
    assert gone is not None
    assert wrong is not None
    assert gone.trouble is not None
    assert wrong.trouble is not None
    assert (gone.codes, wrong.codes, wrong.position) == (frozenset(), frozenset(), 6)
    assert "7文字目" in wrong.trouble.ja


async def sort_out(panel: PanelWorld) -> None:
    """Anna's adapter is in a group and carries a tag, and her contract keeps a query; Ben's are in nothing."""

    def work(batch: Batch) -> None:
        group = Group(group=0, management_code=TENANT, name="東京", note="", version=1, made_at=1, made_by="x")
        batch.add_members(batch.add_group(group).group, [CODE])
        batch.set_tags({CODE: [Tag(name="rack", value="4")]})
        text = f"code:{CODE}"
        batch.add_saved_query(
            SavedQuery(query=0, management_code=TENANT, name="いつもの", text=text, version=1, saved_at=1, saved_by="x")
        )

    await panel.world.store.batch(EVERYTHING, work)


async def test_an_address_keeps_a_filter_that_says_what_it_is_and_how_many_it_holds(tmp_path: Any) -> None:
    async with open_panel(tmp_path) as panel:
        await sort_out(panel)
        for of, name in (("group:1", "グループ「東京」"), ("tag:rack=4", "タグ「rack=4」"), ("saved:1", "いつもの")):
            page = await panel.page(DORA, "/panel/", of=of)
            assert page.lines("fleet") == [CODE], of
            assert f"{name}" in page.text
            assert "絞り込みに該当するのは1拠点です。" in page.text
        both = await panel.page(DORA, "/panel/", of="group:1", query=f"not code:{CODE}")
        assert both.lines("fleet") == ["empty"]
        assert set((await panel.page(DORA, "/panel/")).lines("fleet")) >= {CODE, OTHER_CODE}


async def test_an_error_in_a_query_is_shown_where_it_is_written(tmp_path: Any) -> None:
    async with open_panel(tmp_path) as panel:
        page = await panel.page(ANNA, "/panel/", query="memo:a colour:<b>")
        assert 'aria-invalid="true"' in page.text
        assert "条件式の8文字目から読み取れません" in page.text
        assert "memo:a <mark>colour:&lt;b&gt;</mark>" in page.text
        assert page.lines("fleet") == ["empty"]


async def test_a_filter_of_another_customer_is_as_one_that_is_not_there(tmp_path: Any) -> None:
    async with open_panel(tmp_path) as panel:
        await sort_out(panel)
        for of in ("group:1", "saved:1"):
            page = await panel.page(BEN, "/panel/", of=of)
            assert page.status == 200
            assert page.lines("fleet") == ["empty"]
            assert [one for one in (CODE, "東京", "いつもの", TENANT) if one in page.text] == []
        assert "rack=4" not in (await panel.page(BEN, "/panel/")).text
        assert OTHER_TENANT not in (await panel.page(ANNA, "/panel/", query=f"contract:{OTHER_TENANT}")).lines("fleet")
