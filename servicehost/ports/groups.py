"""What the store keeps of groups, tags and saved queries, and how it finds the adapters that are meant.

`select_adapters` is the one way from a `Selection` to service codes; it is the same on both verbs and on the reads.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.group import Group, SavedQuery, Tag
from servicehost.domain.query import Query
from servicehost.domain.selection import MOST, Selected, Selection

if TYPE_CHECKING:  # it is made of ports, this one among them
    from servicehost.ports.reads import AdapterView

__all__ = ["UNSORTED", "GroupReads", "GroupTransaction", "GroupView", "Groups", "Sorted", "TagUse"]


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group and how many adapters are in it."""

    group: Group
    members: int


class TagUse(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that adapters of a contract carry, and how many do."""

    management_code: str
    tag: Tag
    adapters: int


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """The groups an adapter is in, by number and by name in the order of the names, and its tags in that of theirs."""

    groups: tuple[tuple[int, str], ...] = ()
    tags: tuple[Tag, ...] = ()


UNSORTED: Final = Sorted()
"""In no group, without a tag."""


class Groups(Protocol):
    """The part of the batch verb that keeps them. Within the batch's scope."""

    def select_adapters(self, selection: Selection, now: int, most: int = MOST) -> Selected:
        """Raises NotFound `group_not_found` or `query_not_found`."""
        ...

    def add_group(self, group: Group) -> Group:
        """With its number. Raises NotFound outside the scope, Conflict `group_exists`."""
        ...

    def group(self, number: int) -> Group | None: ...

    def groups_of(self, management_code: str) -> list[Group]:
        """By name."""
        ...

    def save_group(self, group: Group) -> None:
        """Writes name, note and version. Raises Conflict `group_exists`."""
        ...

    def drop_group(self, number: int) -> None:
        """And who is in it; the adapters stay."""
        ...

    def members_of(self, number: int) -> list[str]:
        """Service codes, in their order."""
        ...

    def add_members(self, number: int, service_codes: Sequence[str]) -> None:
        """Those who are in it already stay. Raises NotFound for a group or an adapter outside the scope, and for an
        adapter of another contract."""
        ...

    def drop_members(self, number: int, service_codes: Sequence[str]) -> None: ...

    def tags_of(self, service_codes: Collection[str]) -> dict[str, tuple[Tag, ...]]:
        """By service code, in the order of their names; adapters without any are left out."""
        ...

    def tag_names(self, management_code: str) -> set[str]:
        """Which its adapters carry."""
        ...

    def set_tags(self, tags: Mapping[str, Sequence[Tag]]) -> None:
        """By service code: what each adapter carries from now on, and nothing else. Raises NotFound as above."""
        ...

    def add_saved_query(self, query: SavedQuery) -> SavedQuery:
        """With its number. Raises NotFound outside the scope, Conflict `query_exists`."""
        ...

    def saved_query(self, number: int) -> SavedQuery | None: ...

    def saved_queries_of(self, management_code: str) -> list[SavedQuery]:
        """By name."""
        ...

    def save_query(self, query: SavedQuery) -> None:
        """Writes all but whose it is. Raises Conflict `query_exists`."""
        ...

    def drop_query(self, number: int) -> None: ...

    def erase_groups_of(self, management_code: str) -> int:
        """Drops every group, tag and saved query of the contract, whose names people have chosen; how many."""
        ...


class GroupTransaction(Protocol):
    """The part of the transaction verb that finds adapters."""

    async def select_adapters(self, selection: Selection, now: int, most: int = MOST) -> Selected:
        """As on the batch."""
        ...


class GroupReads(Protocol):
    """Snapshots within the caller's scope."""

    async def select_adapters(
        self, scope: Scope, selection: Selection, now: int, *, after: str = "", most: int = MOST
    ) -> Selected:
        """At most so many, those of a list excepted, with service codes after `after` (exclusive).

        Raises NotFound `group_not_found` or `query_not_found`.
        """
        ...

    async def adapters_found(
        self, scope: Scope, query: Query, now: int, *, after: str = "", limit: int = 100
    ) -> "list[AdapterView]":
        """The adapters of which the query holds, in the order of their service codes, after such a code (exclusive)."""
        ...

    async def groups(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[GroupView]:
        """In the order of their numbers, after such a number (exclusive)."""
        ...

    async def group(self, scope: Scope, number: int) -> GroupView | None: ...

    async def tags(self, scope: Scope, *, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> list[TagUse]:
        """In the order of contract, name and value, after such a triple (exclusive)."""
        ...

    async def saved_queries(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[SavedQuery]:
        """In the order of their numbers, after such a number (exclusive)."""
        ...

    async def saved_query(self, scope: Scope, number: int) -> SavedQuery | None: ...

    async def sorted_into(self, scope: Scope, service_codes: Collection[str]) -> dict[str, Sorted]:
        """By service code; adapters in no group that carry no tag are left out."""
        ...
