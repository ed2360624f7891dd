"""`ports.groups.GroupReads` on SQLite."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.group_rows import to_group, to_saved_query
from servicehost.backends.sql.group_tables import adapter_group, adapter_tag, group_member, saved_query
from servicehost.backends.sql.selecting import adapters_asked_for, must_exist, question_of, selected, text_wanted
from servicehost.domain.contract import Scope
from servicehost.domain.group import SavedQuery, Tag
from servicehost.domain.query import Query
from servicehost.domain.selection import MOST, Selected, Selection
from servicehost.ports.groups import GroupView, Sorted, TagUse
from servicehost.ports.reads import AdapterView

__all__ = ["SqlGroupReads"]

_group = adapter_group.c
_member = group_member.c
_tag = adapter_tag.c
_saved = saved_query.c
_MEMBERS = select(func.count()).where(_member.number == _group.number).correlate(adapter_group).scalar_subquery()


class SqlGroupReads:
    """Every method is one snapshot."""

    _engine: AsyncEngine

    async def select_adapters(
        self, scope: Scope, selection: Selection, now: int, *, after: str = "", most: int = MOST
    ) -> Selected:
        wanted = must_exist(selection, scope)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            text = "" if wanted is None else text_wanted(selection, (await on.execute(wanted)).scalar())
            # To put a query with states together takes tens of milliseconds, in which the event loop hears others.
            asked = partial(question_of, selection, text, scope, now, after=after, most=most)
            question = await asyncio.to_thread(asked)
            rows = (await on.execute(question)).scalars().all()
        return selected(selection, rows, most)

    async def _views(self, chosen: Select[Any], scope: Scope) -> list[AdapterView]:
        raise NotImplementedError

    async def adapters_found(
        self, scope: Scope, query: Query, now: int, *, after: str = "", limit: int = 100
    ) -> list[AdapterView]:
        code = tables.adapter.c.service_code
        chosen = select(tables.adapter).where(code > after, *_within(tables.adapter.c.management_code, scope))
        found = await asyncio.to_thread(adapters_asked_for, chosen, query, scope, now)
        return await self._views(found.order_by(code).limit(limit), scope)

    async def groups(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[GroupView]:
        return await self._group_views(scope, _group.number > after, limit=limit)

    async def group(self, scope: Scope, number: int) -> GroupView | None:
        found = await self._group_views(scope, _group.number == number, limit=1)
        return found[0] if found else None

    async def _group_views(self, scope: Scope, which: ColumnElement[bool], *, limit: int) -> list[GroupView]:
        chosen = select(adapter_group, _MEMBERS.label("members"))
        rows = await self._rows_of(chosen, _group.management_code, scope, which, order=_group.number, limit=limit)
        return [GroupView(group=to_group(row), members=row["members"]) for row in rows]

    async def tags(self, scope: Scope, *, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> list[TagUse]:
        key = (_tag.management_code, _tag.name, _tag.value)
        chosen = (
            select(*key, func.count().label("adapters"))
            .where(tuple_(*key) > tuple_(*after), *_within(_tag.management_code, scope))
            .group_by(*key)
            .order_by(*key)
            .limit(limit)
        )
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen)).all()
        return [
            TagUse(management_code=one, tag=Tag(name=name, value=value), adapters=n) for one, name, value, n in rows
        ]

    async def saved_queries(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[SavedQuery]:
        return await self._saved(scope, _saved.number > after, limit=limit)

    async def saved_query(self, scope: Scope, number: int) -> SavedQuery | None:
        found = await self._saved(scope, _saved.number == number, limit=1)
        return found[0] if found else None

    async def _saved(self, scope: Scope, which: ColumnElement[bool], *, limit: int) -> list[SavedQuery]:
        chosen = select(saved_query)
        rows = await self._rows_of(chosen, _saved.management_code, scope, which, order=_saved.number, limit=limit)
        return [to_saved_query(row) for row in rows]

    async def sorted_into(self, scope: Scope, service_codes: Collection[str]) -> dict[str, Sorted]:
        codes = list(service_codes)
        groups = (
            select(_member.service_code, _group.number, _group.name)
            .join(adapter_group, _group.number == _member.number)
            .where(_member.service_code.in_(codes), *_within(_member.management_code, scope))
            .order_by(_group.name)
        )
        tags = (
            select(_tag.service_code, _tag.name, _tag.value)
            .where(_tag.service_code.in_(codes), *_within(_tag.management_code, scope))
            .order_by(_tag.name)
        )
        of_groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        of_tags: dict[str, list[Tag]] = defaultdict(list)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")
            for code, number, name in (await on.execute(groups)).all():
                of_groups[code].append((number, name))
            for code, name, value in (await on.execute(tags)).all():
                of_tags[code].append(Tag(name=name, value=value))
        return {
            code: Sorted(groups=tuple(of_groups[code]), tags=tuple(of_tags[code])) for code in {*of_groups, *of_tags}
        }

    async def _rows_of(
        self,
        chosen: Select[Any],
        tenant: ColumnElement[Any],
        scope: Scope,
        which: ColumnElement[bool],
        *,
        order: ColumnElement[Any],
        limit: int,
    ) -> Sequence[RowMapping]:
        within = chosen.where(which, *_within(tenant, scope)).order_by(order).limit(limit)
        async with self._engine.connect() as on:
            rows: Sequence[RowMapping] = (await on.execute(within)).mappings().all()
        return rows


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)
