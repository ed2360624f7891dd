"""Rows of groups, tags and saved queries to nouns and back."""

from typing import Any

from sqlalchemy import RowMapping

from servicehost.domain.group import Group, SavedQuery

__all__ = ["group_row", "query_row", "to_group", "to_saved_query"]

_OF_GROUP = tuple(name for name in Group.__struct_fields__ if name != "group")
_OF_QUERY = tuple(name for name in SavedQuery.__struct_fields__ if name != "query")


def group_row(group: Group) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(group, name) for name in _OF_GROUP}


def to_group(row: RowMapping) -> Group:
    """A row of `adapter_group`."""
    return Group(group=row["number"], **{name: row[name] for name in _OF_GROUP})


def query_row(query: SavedQuery) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(query, name) for name in _OF_QUERY}


def to_saved_query(row: RowMapping) -> SavedQuery:
    """A row of `saved_query`."""
    return SavedQuery(query=row["number"], **{name: row[name] for name in _OF_QUERY})
