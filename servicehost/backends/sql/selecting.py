"""From a selection to service codes: the statements, and what their rows mean. Shared by both verbs and the reads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.group_tables import adapter_group, group_member, saved_query
from servicehost.backends.sql.query_sql import JOINED, Asked, condition
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.query import Query
from servicehost.domain.query_text import parse_query
from servicehost.domain.selection import Selected, Selection, check_selection, query_of_tag

__all__ = ["adapters_asked_for", "must_exist", "question_of", "selected", "text_wanted"]

_adapter = tables.adapter.c
_member = group_member.c


def must_exist(selection: Selection, scope: Scope) -> Select[Any] | None:
    """The statement whose one row says that the selection's group or saved query exists: None where there is neither.

    The row of a saved query is its text. Raises Conflict as `check_selection` does.
    """
    check_selection(selection)
    if selection.group is not None:
        group = adapter_group.c
        return select(group.name).where(group.number == selection.group, *_within(group.management_code, scope))
    if selection.saved_query is not None:
        saved = saved_query.c
        return select(saved.text).where(saved.number == selection.saved_query, *_within(saved.management_code, scope))
    return None


def text_wanted(selection: Selection, found: str | None) -> str:
    """What the row of `must_exist` says. Raises NotFound `group_not_found` or `query_not_found` when there is none."""
    if found is None and selection.group is not None:
        raise NotFound("group_not_found", f"There is no group {selection.group}")
    if found is None:
        raise NotFound("query_not_found", f"There is no saved query {selection.saved_query}")
    return found


def question_of(selection: Selection, text: str, scope: Scope, now: int, *, after: str = "", most: int) -> Select[Any]:
    """The statement that finds the service codes, and one more than `most` if there are more."""
    chosen = select(_adapter.service_code).where(*_within(_adapter.management_code, scope))
    if selection.service_codes is not None:
        return chosen.where(_adapter.service_code.in_(selection.service_codes))
    chosen = chosen.where(_adapter.service_code > after).order_by(_adapter.service_code).limit(most + 1)
    if selection.group is not None:
        mine = (_member.service_code == _adapter.service_code, _member.number == selection.group)
        return chosen.join(group_member, mine[0]).where(mine[1])
    return adapters_asked_for(chosen, _query(selection, text), scope, now)


def adapters_asked_for(chosen: Select[Any], query: Query, scope: Scope, now: int) -> Select[Any]:
    """A statement on adapters, kept to those of which the query holds; within the scope it must be kept by itself."""
    asked = Asked(now=now, tenant=scope.management_code)
    return chosen.select_from(JOINED).where(condition(query, asked))


def selected(selection: Selection, rows: Sequence[str], most: int) -> Selected:
    """What the rows of `question_of` come to."""
    if selection.service_codes is None:
        return Selected(service_codes=tuple(rows[:most]), more=len(rows) > most)
    known, named = set(rows), dict.fromkeys(selection.service_codes)
    return Selected(
        service_codes=tuple(code for code in named if code in known),
        unknown=tuple(code for code in named if code not in known),
    )


def _query(selection: Selection, text: str) -> Query:
    if selection.tag is not None:
        return query_of_tag(selection.tag)
    return parse_query(text if selection.query is None else selection.query)


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)
