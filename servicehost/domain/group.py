"""Groups, tags and saved queries: how an operation manager sorts adapters.

An adapter is in any number of groups and carries tags, each a name with or without a value. Names are compared as they
are written; only a query looks at them without case.
"""

import unicodedata
from collections.abc import Collection
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.query_text import parse_query

__all__ = [
    "MAX_NAME",
    "Group",
    "GroupPolicy",
    "SavedQuery",
    "Tag",
    "check_name",
    "check_room",
    "check_tags",
    "parse_tag",
    "saved_query",
]

MAX_NAME: Final = 100
"""No policy allows longer names: the tables have no room for them."""


class GroupPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How long a name may be, and how many there may be: groups, queries, presets
    and tag names of a management contract, and
    tags of one adapter."""

    longest_name: int = 40
    groups: int = 100
    queries: int = 100
    presets: int = 100
    tag_names: int = 20
    tags_of_adapter: int = 20


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of adapters of one management contract. `version` grows with every change of its name or note."""

    group: int
    management_code: str
    name: str
    note: str
    version: int
    made_at: int
    made_by: str


class SavedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query that people come back to. `version` grows with every change."""

    query: int
    management_code: str
    name: str
    text: str
    version: int
    saved_at: int
    saved_by: str


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A name, with a value or (empty) without one."""

    name: str
    value: str = ""

    @property
    def text(self) -> str:
        """As people write it."""
        return f"{self.name}={self.value}" if self.value else self.name


def check_name(name: str, policy: GroupPolicy) -> str:
    """The name as it is kept: composed (NFC), without blanks around it.

    Raises Conflict `name_empty` or `name_too_long`; control characters are none of its business.
    """
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept:
        raise Conflict("name_empty", "Give it a name")
    if len(kept) > policy.longest_name:
        raise Conflict("name_too_long", f"A name has at most {policy.longest_name} characters, this one {len(kept)}")
    return kept


def check_room(standing: int, most: int, what: str) -> None:
    """Raises Conflict `too_many_WHAT` when one more would be too many."""
    if standing >= most:
        raise Conflict(f"too_many_{what}", f"A management contract has at most {most} {what.replace('_', ' ')}")


def parse_tag(text: str, policy: GroupPolicy) -> Tag:
    """A tag from `NAME` or `NAME=VALUE`. Raises Conflict `name_empty`, `name_too_long` or `tag_value_too_long`."""
    name, _, value = unicodedata.normalize("NFC", text).partition("=")
    kept = value.strip()
    if len(kept) > MAX_NAME:
        raise Conflict("tag_value_too_long", f"The value of a tag has at most {MAX_NAME} characters")
    return Tag(name=check_name(name, policy), value=kept)


def check_tags(tags: Collection[Tag], used: Collection[str], policy: GroupPolicy) -> None:
    """Whether an adapter may carry these tags where its contract uses these names.

    Raises Conflict `too_many_tags` or `too_many_tag_names`.
    """
    if len(tags) > policy.tags_of_adapter:
        raise Conflict("too_many_tags", f"An adapter carries at most {policy.tags_of_adapter} tags")
    names = {*used, *(tag.name for tag in tags)}
    if len(names) > max(policy.tag_names, len(set(used))):
        raise Conflict("too_many_tag_names", f"A management contract uses at most {policy.tag_names} names of tags")


def saved_query(draft: SavedQuery, policy: GroupPolicy) -> SavedQuery:
    """The query as it is kept. Raises Conflict as `check_name` does, or `query_malformed`."""
    parse_query(draft.text)
    return msgspec.structs.replace(draft, name=check_name(draft.name, policy), text=draft.text.strip())
