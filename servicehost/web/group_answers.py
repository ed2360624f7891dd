"""Answers of the API about groups, tags, saved queries and selections."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.group import SavedQuery
from servicehost.domain.instant import rfc3339
from servicehost.domain.selection import Selected
from servicehost.ports.groups import GroupView, TagUse
from servicehost.web.answers import Time

__all__ = [
    "GroupAnswer",
    "GroupLists",
    "MembersAnswer",
    "SavedQueries",
    "SavedQueryAnswer",
    "SelectedAnswer",
    "TagAnswer",
    "TaggedAnswer",
    "Tags",
    "tag_after",
]


class GroupAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A group, and how many adapters are in it. `version` is also its ETag."""

    group: int
    management_code: str
    name: str
    note: str
    version: int
    made_at: Time
    made_by: str
    members: int

    @classmethod
    def of(cls, view: GroupView) -> "GroupAnswer":
        one = view.group
        return cls(
            group=one.group,
            management_code=one.management_code,
            name=one.name,
            note=one.note,
            version=one.version,
            made_at=rfc3339(one.made_at),
            made_by=one.made_by,
            members=view.members,
        )


class GroupLists(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their numbers. `next` is the `after` of the part that follows; null: there is none."""

    items: list[GroupAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[GroupView], limit: int) -> "GroupLists":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        following = page[-1].group.group if len(found) > limit else None
        return cls(items=[GroupAnswer.of(view) for view in page], next=following)


class MembersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Service codes in their order. `next` is the `after` of the part that follows; null: there is none."""

    items: list[str]
    next: str | None

    @classmethod
    def of(cls, found: Selected) -> "MembersAnswer":
        codes = list(found.service_codes)
        return cls(items=codes, next=codes[-1] if found.more else None)


class SelectedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many adapters a selection means now, and which."""

    adapters: int
    service_codes: list[str]

    @classmethod
    def of(cls, codes: Sequence[str]) -> "SelectedAnswer":
        return cls(adapters=len(codes), service_codes=list(codes))


class TaggedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The adapters that were meant, changed or not."""

    service_codes: list[str]


class TagAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that adapters of a contract carry, and how many do. `value` is empty for one without."""

    management_code: str
    name: str
    value: str
    adapters: int


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of contracts, names and values. `next` is the `after` of the part that follows."""

    items: list[TagAnswer]
    next: str | None

    @classmethod
    def of(cls, found: Sequence[TagUse], limit: int) -> "Tags":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        items = [
            TagAnswer(
                management_code=use.management_code, name=use.tag.name, value=use.tag.value, adapters=use.adapters
            )
            for use in page
        ]
        last = page[-1] if len(found) > limit else None
        return cls(items=items, next=None if last is None else f"{last.management_code} {last.tag.text}")


def tag_after(text: str) -> tuple[str, str, str]:
    """The key that `next` of tags stands for."""
    contract, _, tag = text.partition(" ")
    name, _, value = tag.partition("=")
    return contract, name, value


class SavedQueryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A saved query. `version` is also its ETag."""

    query: int
    management_code: str
    name: str
    text: str
    version: int
    saved_at: Time
    saved_by: str

    @classmethod
    def of(cls, query: SavedQuery) -> "SavedQueryAnswer":
        return cls(**msgspec.structs.asdict(query) | {"saved_at": rfc3339(query.saved_at)})


class SavedQueries(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their numbers. `next` is the `after` of the part that follows; null: there is none."""

    items: list[SavedQueryAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[SavedQuery], limit: int) -> "SavedQueries":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        following = page[-1].query if len(found) > limit else None
        return cls(items=[SavedQueryAnswer.of(one) for one in page], next=following)
