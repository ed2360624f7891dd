"""The filter of the fleet page as a form: what can be chosen, what is in force, and why it cannot be used."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.rule import Text
from servicehost.domain.selection import Selection
from servicehost.web.panel.filter_words import FILTER_WORDS
from servicehost.web.panel.headline import filled
from servicehost.web.panel.search import Wish
from servicehost.web.panel.shell import Look

__all__ = ["FilterForm", "filter_of", "selection_text"]

_OFFERED: Final = 200
"""Of each kind; the provider's people see every customer's."""


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """One filter, and the address of the page without it."""

    name: Text
    without: str


class FilterForm(msgspec.Struct, frozen=True, kw_only=True):
    """`choices`: a heading, and under it value and name of each. `readable`, `unreadable`: a written query that cannot
    be read, cut in two where the trouble begins."""

    choices: Sequence[tuple[Text, Sequence[tuple[str, str]]]]
    in_force: Sequence[InForce]
    cut: Text | None
    trouble: Text | None
    readable: str = ""
    unreadable: str = ""


async def filter_of(look: Look, wish: Wish) -> FilterForm:
    """What the fleet page shows of its filters."""
    choices = await _choices(look)
    found = await look.room.filters.found(wish.filters)
    broken = None if found is None else found.position
    return FilterForm(
        choices=[(heading, offered) for heading, offered in choices if offered],
        in_force=_in_force(wish, await _name(look, wish.of)),
        cut=filled("filter_cut", most=_OFFERED) if any(len(one) == _OFFERED for _, one in choices) else None,
        trouble=None if found is None else found.trouble,
        readable="" if broken is None else wish.query[:broken],
        unreadable="" if broken is None else wish.query[broken:],
    )


async def _choices(look: Look) -> list[tuple[Text, list[tuple[str, str]]]]:
    reads, scope = look.reads, look.scope
    groups = [
        (f"group:{one.group.group}", _named(look, f"{one.group.name}（{one.members}）", one.group.management_code))
        for one in await reads.groups(scope, limit=_OFFERED)
    ]
    tags: dict[str, int] = {}
    for use in await reads.tags(scope, limit=_OFFERED):
        tags[use.tag.text] = tags.get(use.tag.text, 0) + use.adapters
    saved = [
        (f"saved:{one.query}", _named(look, one.name, one.management_code))
        for one in await reads.saved_queries(scope, limit=_OFFERED)
    ]
    return [
        (FILTER_WORDS["filter_groups"], groups),
        (FILTER_WORDS["filter_tags"], [(f"tag:{text}", f"{text}（{count}）") for text, count in tags.items()]),
        (FILTER_WORDS["filter_saved"], saved),
    ]


def _named(look: Look, name: str, management_code: str) -> str:
    """With the customer's name for who sees more than one."""
    customer = look.room.knowledge.customers.get(management_code, "")
    return f"{name} – {customer}" if customer else name


async def _name(look: Look, of: str) -> Text | None:
    """What the chosen filter is called; one that is there no more by its number."""
    kind, _, rest = of.partition(":")
    if not of:
        return None
    if kind == "tag":
        return filled("filter_tag", name=rest)
    if kind == "group":
        group = await look.reads.group(look.scope, int(rest))
        return filled("filter_group", name=rest if group is None else group.group.name)
    saved = await look.reads.saved_query(look.scope, int(rest))
    return filled("filter_saved_one", name=rest if saved is None else f"{saved.name}: {saved.text}")


def _in_force(wish: Wish, of: Text | None) -> list[InForce]:
    found = [] if of is None else [InForce(name=of, without=wish.address(of="", after=""))]
    if wish.query:
        written = filled("filter_written", name=wish.query)
        found.append(InForce(name=written, without=wish.address(query="", after="")))
    return found


async def selection_text(look: Look, selection: Selection) -> tuple[Text, str]:
    """Who is meant, in words, and the address of the fleet filtered so; empty for a list."""
    if selection.service_codes is not None:
        return filled("filter_listed", count=len(selection.service_codes)), ""
    kinds = {"group": selection.group, "saved": selection.saved_query, "tag": selection.tag}
    of = next((f"{kind}:{name}" for kind, name in kinds.items() if name is not None), "")
    wish = Wish(of=of, query=selection.query or "")
    name = await _name(look, of) or filled("filter_written", name=wish.query)
    return name, wish.address()
