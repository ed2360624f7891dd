"""Groups, tags, saved queries and presets of an import."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Refused
from servicehost.domain.group import MAX_NAME, Group, GroupPolicy, SavedQuery, Tag, parse_tag
from servicehost.domain.preset import Preset, check_preset
from servicehost.operations.importing import Fate, Import, ImportLine
from servicehost.ports.store import Batch

__all__ = ["import_groups"]


_ANY_NAME: Final = GroupPolicy(longest_name=MAX_NAME)
"""Names that were allowed where they come from are taken as they are, as long as the tables have room for them."""


async def import_groups(this: Import, added: Collection[str]) -> list[ImportLine]:
    """In one transaction: who is in a group is known once the adapters are there. Tags come with adapters that came."""
    members: dict[str, list[str]] = {}
    tags: dict[str, list[Tag]] = {}
    for code in this.reader.codes:
        entry = this.reader.adapter(code)
        tags[this.here(code)] = [parse_tag(text, _ANY_NAME) for text in entry.tags]
        for name in entry.groups:
            members.setdefault(name, []).append(this.here(code))

    def work(batch: Batch) -> list[ImportLine]:
        if this.order.apply:
            batch.set_tags({code: carried for code, carried in tags.items() if code in added})
        own = {one.name for one in batch.groups_of(this.tenant)}
        queries = {one.name for one in batch.saved_queries_of(this.tenant)}
        here = {one.service_code for one in batch.adapters([code for codes in members.values() for code in codes])}
        lines = [_group(batch, this, one, own, [m for m in members.get(one.name, ()) if m in here])
                 for one in this.reader.groups]  # fmt: skip
        lines += [_query(batch, this, one, queries) for one in this.reader.queries]
        presets = {one.name for one in batch.presets_of(this.tenant)}
        return lines + [_preset(batch, this, one, presets) for one in this.reader.presets]

    return await this.store.batch(this.actor.scope, work)


def _group(batch: Batch, this: Import, group: Group, own: set[str], members: Sequence[str]) -> ImportLine:
    if group.name in own:
        return ImportLine(kind="group", key=group.name, fate=Fate.UNCHANGED)
    if this.order.apply:
        added = batch.add_group(msgspec.structs.replace(group, group=0, management_code=this.tenant))
        batch.add_members(added.group, members)
    return ImportLine(kind="group", key=group.name, fate=Fate.ADD)


def _query(batch: Batch, this: Import, query: SavedQuery, own: set[str]) -> ImportLine:
    if query.name in own:
        return ImportLine(kind="query", key=query.name, fate=Fate.UNCHANGED)
    if this.order.apply:
        batch.add_saved_query(msgspec.structs.replace(query, query=0, management_code=this.tenant))
    return ImportLine(kind="query", key=query.name, fate=Fate.ADD)


def _preset(batch: Batch, this: Import, preset: Preset, own: set[str]) -> ImportLine:
    line = ImportLine(kind="preset", key=preset.name, fate=Fate.ADD)
    if preset.name in own:
        return msgspec.structs.replace(line, fate=Fate.UNCHANGED)
    try:
        checked = check_preset(preset)
    except Refused as refused:
        return msgspec.structs.replace(line, fate=Fate.REFUSE, code=refused.code, text=refused.text)
    if this.order.apply:
        batch.add_preset(msgspec.structs.replace(checked, preset=0, management_code=this.tenant))
    return line
