"""Groups, tags and saved queries on one connection."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from servicehost.backends.sql import tables
from servicehost.backends.sql.audit import Erasures
from servicehost.backends.sql.group_rows import group_row, query_row, to_group, to_saved_query
from servicehost.backends.sql.group_tables import adapter_group, adapter_tag, group_member, saved_query
from servicehost.backends.sql.named import Named
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.selecting import must_exist, question_of, selected, text_wanted
from servicehost.domain.errors import NotFound
from servicehost.domain.group import Group, SavedQuery, Tag
from servicehost.domain.selection import MOST, Selected, Selection

__all__ = ["GroupRows", "SavedQueryRows", "SelectRows", "TagRows"]

_adapter = tables.adapter.c
_group = adapter_group.c
_member = group_member.c
_tag = adapter_tag.c
_saved = saved_query.c


class SelectRows(Scoped):
    """From a selection to service codes."""

    def select_adapters(self, selection: Selection, now: int, most: int = MOST) -> Selected:
        wanted = must_exist(selection, self._scope)
        text = "" if wanted is None else text_wanted(selection, self._on.execute(wanted).scalar())
        question = question_of(selection, text, self._scope, now, most=most)
        return selected(selection, self._on.execute(question).scalars().all(), most)

    def _contracts_of(self, service_codes: Collection[str]) -> dict[str, str]:
        """Whose each adapter is. Raises NotFound `adapter_not_found` unless all of them are in scope."""
        chosen = select(_adapter.service_code, _adapter.management_code).where(
            _adapter.service_code.in_(list(service_codes)), *self._within(_adapter.management_code)
        )
        found = {row[0]: row[1] for row in self._on.execute(chosen)}
        for code in service_codes:
            if code not in found:
                raise NotFound("adapter_not_found", f"There is no adapter {code}")
        return found


class GroupRows(SelectRows, Named):
    """Tables `adapter_group` and `group_member`."""

    def add_group(self, group: Group) -> Group:
        self._own([group.management_code])
        self._free_name(adapter_group, "group_exists", group_row(group), group.group)
        added = insert(adapter_group).values(group_row(group)).returning(_group.number)
        return msgspec.structs.replace(group, group=self._on.execute(added).scalar_one())

    def group(self, number: int) -> Group | None:
        chosen = select(adapter_group).where(_group.number == number, *self._within(_group.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_group(row)

    def groups_of(self, management_code: str) -> list[Group]:
        mine = (_group.management_code == management_code, *self._within(_group.management_code))
        rows = self._on.execute(select(adapter_group).where(*mine).order_by(_group.name)).mappings()
        return [to_group(row) for row in rows]

    def save_group(self, group: Group) -> None:
        self._free_name(adapter_group, "group_exists", group_row(group), group.group)
        changed = {name: getattr(group, name) for name in ("name", "note", "version")}
        mine = (_group.number == group.group, *self._within(_group.management_code))
        self._on.execute(update(adapter_group).where(*mine).values(changed))

    def drop_group(self, number: int) -> None:
        self._on.execute(delete(group_member).where(_member.number == number, *self._within(_member.management_code)))
        self._on.execute(delete(adapter_group).where(_group.number == number, *self._within(_group.management_code)))

    def members_of(self, number: int) -> list[str]:
        mine = (_member.number == number, *self._within(_member.management_code))
        return list(
            self._on.execute(select(_member.service_code).where(*mine).order_by(_member.service_code)).scalars()
        )

    def add_members(self, number: int, service_codes: Sequence[str]) -> None:
        group = self.group(number)
        if group is None:
            raise NotFound("group_not_found", f"There is no group {number}")
        for code, contract in self._contracts_of(service_codes).items():
            if contract != group.management_code:
                raise NotFound("adapter_not_found", f"There is no adapter {code} in {group.management_code}")
        rows = [
            {"number": number, "management_code": group.management_code, "service_code": code} for code in service_codes
        ]
        if rows:
            self._on.execute(insert_or(group_member).on_conflict_do_nothing(), rows)

    def drop_members(self, number: int, service_codes: Sequence[str]) -> None:
        mine = (_member.number == number, *self._within(_member.management_code))
        self._on.execute(delete(group_member).where(*mine, _member.service_code.in_(list(service_codes))))


class TagRows(SelectRows):
    """Table `adapter_tag`."""

    def tags_of(self, service_codes: Collection[str]) -> dict[str, tuple[Tag, ...]]:
        chosen = select(_tag.service_code, _tag.name, _tag.value).where(
            _tag.service_code.in_(list(service_codes)), *self._within(_tag.management_code)
        )
        found: dict[str, list[Tag]] = defaultdict(list)
        for code, name, value in self._on.execute(chosen.order_by(_tag.service_code, _tag.name)):
            found[code].append(Tag(name=name, value=value))
        return {code: tuple(tags) for code, tags in found.items()}

    def tag_names(self, management_code: str) -> set[str]:
        mine = (_tag.management_code == management_code, *self._within(_tag.management_code))
        return set(self._on.execute(select(_tag.name).where(*mine).distinct()).scalars())

    def set_tags(self, tags: Mapping[str, Sequence[Tag]]) -> None:
        contracts = self._contracts_of(tags)
        mine = (_tag.service_code.in_(list(tags)), *self._within(_tag.management_code))
        self._on.execute(delete(adapter_tag).where(*mine))
        rows = [
            {"management_code": contracts[code], "service_code": code, "name": tag.name, "value": tag.value}
            for code, carried in tags.items()
            for tag in carried
        ]
        if rows:
            self._on.execute(insert(adapter_tag), rows)


class SavedQueryRows(Erasures, Named):
    """Table `saved_query`; and the end of all three."""

    def add_saved_query(self, query: SavedQuery) -> SavedQuery:
        self._own([query.management_code])
        self._free_name(saved_query, "query_exists", query_row(query), query.query)
        added = insert(saved_query).values(query_row(query)).returning(_saved.number)
        return msgspec.structs.replace(query, query=self._on.execute(added).scalar_one())

    def saved_query(self, number: int) -> SavedQuery | None:
        chosen = select(saved_query).where(_saved.number == number, *self._within(_saved.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_saved_query(row)

    def saved_queries_of(self, management_code: str) -> list[SavedQuery]:
        mine = (_saved.management_code == management_code, *self._within(_saved.management_code))
        rows = self._on.execute(select(saved_query).where(*mine).order_by(_saved.name)).mappings()
        return [to_saved_query(row) for row in rows]

    def save_query(self, query: SavedQuery) -> None:
        self._free_name(saved_query, "query_exists", query_row(query), query.query)
        changed = {name: value for name, value in query_row(query).items() if name != "management_code"}
        mine = (_saved.number == query.query, *self._within(_saved.management_code))
        self._on.execute(update(saved_query).where(*mine).values(changed))

    def drop_query(self, number: int) -> None:
        self._on.execute(delete(saved_query).where(_saved.number == number, *self._within(_saved.management_code)))

    def erase_groups_of(self, management_code: str) -> int:
        self._overwrite(on=True)
        dropped = sum(self._emptied(table, management_code) for table in _WITH_WORDS)
        self._overwrite(on=False)
        return dropped

    def _emptied(self, table: Table, management_code: str) -> int:
        column: Any = table.c.management_code
        dropped = delete(table).where(column == management_code, *self._within(column))
        return self._on.execute(dropped).rowcount


_WITH_WORDS = (group_member, adapter_group, adapter_tag, saved_query)
