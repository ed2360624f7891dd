"""Groups, tags and saved queries: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.group import Group, SavedQuery, Tag
from servicehost.domain.preset import Preset, PresetKind
from servicehost.domain.query_text import parse_query
from servicehost.domain.selection import Selected, Selection
from servicehost.ports.groups import GroupReads, Groups, Sorted
from servicehost.ports.presets import PresetReads, Presets
from servicehost.ports.store import Batch
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, verbs_of

replace = msgspec.structs.replace
ROLE = Tag(name="role", value="edge")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whose adapter is in a group and carries a tag, and who has a saved query."""

    estate: Estate
    group: Group
    query: SavedQuery
    preset: Preset

    @property
    def tenant(self) -> str:
        return self.estate.management_code

    @property
    def code(self) -> str:
        return self.estate.service_code


def a_group(tenant: str, name: str = "West") -> Group:
    return Group(group=0, management_code=tenant, name=name, note="", version=1, made_at=1, made_by="anna")


def a_query(tenant: str, name: str = "All") -> SavedQuery:
    return SavedQuery(
        query=0, management_code=tenant, name=name, text="code:nxe", version=1, saved_at=1, saved_by="anna"
    )


def a_preset(tenant: str, name: str = "Show") -> Preset:
    return Preset(
        preset=0,
        management_code=tenant,
        name=name,
        says="",
        kind=PresetKind.COMMAND,
        modules=(0,),
        text="show",
        placeholders=(),
        version=1,
        saved_at=1,
        saved_by="anna",
    )


async def build(backend: Backend, number: int) -> Held:
    estate = await build_estate(backend.store, number)

    def work(batch: Batch) -> Held:
        group = batch.add_group(a_group(estate.management_code))
        batch.add_members(group.group, [estate.service_code])
        batch.set_tags({estate.service_code: [ROLE]})
        query = batch.add_saved_query(a_query(estate.management_code))
        preset = batch.add_preset(a_preset(estate.management_code))
        return Held(estate=estate, group=group, query=query, preset=preset)

    return await backend.store.batch(EVERYTHING, work)


def those(held: Held, found: Selected) -> list[str]:
    return [code for code in found.service_codes if code == held.code]


GROUPS: Mapping[str, Callable[[Any, Held], Any]] = {
    "select_adapters": lambda b, t: those(t, b.select_adapters(Selection(service_codes=(t.code,)), 1)),
    "add_group": lambda b, t: b.add_group(a_group(t.tenant, "East")),
    "group": lambda b, t: b.group(t.group.group),
    "groups_of": lambda b, t: b.groups_of(t.tenant),
    "save_group": lambda b, t: b.save_group(replace(t.group, name="mine", version=2)),
    "drop_group": lambda b, t: b.drop_group(t.group.group),
    "members_of": lambda b, t: b.members_of(t.group.group),
    "add_members": lambda b, t: [*_added_anew(b, t)],
    "drop_members": lambda b, t: b.drop_members(t.group.group, [t.code]),
    "tags_of": lambda b, t: b.tags_of([t.code]),
    "tag_names": lambda b, t: b.tag_names(t.tenant),
    "set_tags": lambda b, t: b.set_tags({t.code: [Tag(name="mine")]}),
    "add_saved_query": lambda b, t: b.add_saved_query(a_query(t.tenant, "mine")),
    "saved_query": lambda b, t: b.saved_query(t.query.query),
    "saved_queries_of": lambda b, t: b.saved_queries_of(t.tenant),
    "save_query": lambda b, t: b.save_query(replace(t.query, text="x", version=2)),
    "drop_query": lambda b, t: b.drop_query(t.query.query),
    "erase_groups_of": lambda b, t: b.erase_groups_of(t.tenant),
}


PRESETS: Mapping[str, Callable[[Any, Held], Any]] = {
    "add_preset": lambda b, t: b.add_preset(a_preset(t.tenant, "mine")),
    "preset": lambda b, t: b.preset(t.preset.preset),
    "presets_of": lambda b, t: b.presets_of(t.tenant),
    "save_preset": lambda b, t: b.save_preset(replace(t.preset, text="x", version=2)),
    "drop_preset": lambda b, t: b.drop_preset(t.preset.preset),
    "erase_presets_of": lambda b, t: b.erase_presets_of(t.tenant),
}
WRITES = {**GROUPS, **PRESETS}


def _added_anew(batch: Batch, held: Held) -> list[str]:
    batch.drop_members(held.group.group, [held.code])
    batch.add_members(held.group.group, [held.code])
    return batch.members_of(held.group.group)


SELECTIONS: Mapping[str, Callable[[Held], Selection]] = {
    "list": lambda t: Selection(service_codes=(t.code,)),
    "group": lambda t: Selection(group=t.group.group),
    "tag": lambda t: Selection(tag="role=edge"),
    "query": lambda t: Selection(query=t.code),
    "saved_query": lambda t: Selection(saved_query=t.query.query),
}


async def _selected(reads: GroupReads, held: Held, scope: Any) -> list[str]:
    return those(held, await reads.select_adapters(scope, Selection(query="code:nxe"), 1))


READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "select_adapters": _selected,
    "adapters_found": lambda r, t, s: _those(
        r.adapters_found(s, parse_query("code:nxe"), 1), lambda one: one.adapter.service_code == t.code
    ),
    "groups": lambda r, t, s: _those(r.groups(s), lambda one: one.group == t.group),
    "group": lambda r, t, s: r.group(s, t.group.group),
    "tags": lambda r, t, s: _those(r.tags(s), lambda one: one.management_code == t.tenant),
    "saved_queries": lambda r, t, s: _those(r.saved_queries(s), lambda one: one == t.query),
    "saved_query": lambda r, t, s: r.saved_query(s, t.query.query),
    "sorted_into": lambda r, t, s: r.sorted_into(s, [t.code]),
}


async def _those(asked: Any, ours: Callable[[Any], bool]) -> list[Any]:
    return [one for one in await asked if ours(one)]


PRESET_READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "presets": lambda r, t, s: _those(r.presets(s), lambda one: one == t.preset),
    "preset": lambda r, t, s: r.preset(s, t.preset.preset),
}
ALL_READS = {**READS, **PRESET_READS}


@pytest.mark.parametrize(
    ("protocol", "table"), [(Groups, GROUPS), (Presets, PRESETS), (GroupReads, READS), (PresetReads, PRESET_READS)]
)
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", WRITES)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.estate.scope, lambda batch: WRITES[verb](batch, theirs)) in NOTHING
    assert real.dump() == before
    found = await real.store.batch(mine.estate.scope, lambda batch: WRITES[verb](batch, mine))
    assert real.dump() != before or found not in NOTHING


@pytest.mark.parametrize("by", SELECTIONS)
async def test_no_selection_reaches_an_adapter_of_another_customer(real: Backend, by: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    selection = SELECTIONS[by](theirs)
    for scope, codes in ((mine.estate.scope, []), (theirs.estate.scope, [theirs.code])):
        found: list[list[str]] = [[], [], []]
        with suppress(NotFound):
            found[0] = those(theirs, await real.reads.select_adapters(scope, selection, 1))
            async with real.store.transaction(scope) as tx:
                found[1] = those(theirs, await tx.select_adapters(selection, 1))
            batch_found = await real.store.batch(scope, lambda batch: batch.select_adapters(selection, 1))
            found[2] = those(theirs, batch_found)
        assert found == [codes] * 3


@pytest.mark.parametrize("verb", ALL_READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await ALL_READS[verb](real.reads, theirs, mine.estate.scope) in NOTHING
    assert await ALL_READS[verb](real.reads, theirs, theirs.estate.scope) not in NOTHING


async def test_an_adapter_of_another_contract_is_never_in_a_group(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    for scope in (EVERYTHING, mine.estate.scope):
        with pytest.raises(NotFound) as refused:
            await real.store.batch(scope, lambda batch: batch.add_members(mine.group.group, [theirs.code]))
        assert refused.value.code == "adapter_not_found"
    assert real.dump() == before


async def test_names_are_unique_in_a_contract_and_free_in_another(real: Backend) -> None:
    mine = await build(real, 1)
    for again in (
        lambda batch: batch.add_group(a_group(mine.tenant)),
        lambda batch: batch.save_group(replace(batch.add_group(a_group(mine.tenant, "East")), name="West")),
        lambda batch: batch.add_saved_query(a_query(mine.tenant)),
        lambda batch: batch.save_query(replace(batch.add_saved_query(a_query(mine.tenant, "x")), name="All")),
        lambda batch: batch.add_preset(a_preset(mine.tenant)),
    ):
        with pytest.raises(Conflict, match="already"):
            await real.store.batch(EVERYTHING, again)


async def test_groups_tags_and_queries_are_listed_with_what_they_hold(real: Backend) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    first = (await real.reads.groups(EVERYTHING, limit=1))[0]
    assert (first.group, first.members) == (mine.group, 1)
    assert [one.group for one in await real.reads.groups(EVERYTHING, after=mine.group.group)] == [other.group]
    (use,) = await real.reads.tags(mine.estate.scope)
    assert (use.tag, use.adapters) == (ROLE, 1)
    after = (use.management_code, "role", "edge")
    assert [one.management_code for one in await real.reads.tags(EVERYTHING, after=after)] == [other.tenant]
    assert await real.reads.sorted_into(EVERYTHING, [mine.code]) == {
        mine.code: Sorted(groups=((mine.group.group, "West"),), tags=(ROLE,))
    }
