"""The first line of the page: whether anything is wrong."""

import msgspec

from servicehost.domain.rule import Text
from servicehost.web.panel.language import fill
from servicehost.web.panel.picture import Picture
from servicehost.web.panel.words import WORDS

__all__ = ["Headline", "filled", "headline_of"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of trouble, how often, and where on the page it is; `address` empty: nowhere on it."""

    count: int
    word: Text
    address: str


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """A sign, a sentence, what it is made of and what is to be said besides."""

    sign: str
    tone: str
    title: Text
    parts: tuple[Part, ...] = ()
    more: tuple[Text, ...] = ()


def filled(name: str, /, **values: object) -> Text:
    """A text of the catalogue with its gaps filled."""
    return fill(WORDS[name], **values)


def headline_of(picture: Picture) -> Headline:
    """Trouble at sites comes before units that wait for a person, then our own trouble, then "nothing is wrong"."""
    total = len(picture.fleet)
    ours = (filled("host_trouble_more", count=picture.unknown),) if picture.unknown else ()
    if picture.attention:
        name = "trouble_one" if picture.attention == 1 else "trouble"
        title = filled(name, count=picture.attention)
        return Headline(sign="▲", tone="bad", title=title, parts=_parts(picture), more=ours)
    waiting = picture.held_units + picture.enrolment_requests
    if waiting:
        title = filled("waiting_one" if waiting == 1 else "waiting", count=waiting)
        return Headline(sign="!", tone="warn", title=title, parts=_parts(picture), more=ours)
    if picture.unknown:
        return Headline(sign="?", tone="warn", title=filled("host_trouble"), more=ours)
    if total == 0:
        return Headline(sign="○", tone="calm", title=filled("empty_fleet"), more=(filled("empty_fleet_more"),))
    return Headline(sign="✓", tone="good", title=filled("all_well"), more=(filled("all_well_more", count=total),))


def _parts(picture: Picture) -> tuple[Part, ...]:
    parts = (
        _part("part_disconnected", picture.disconnected, "/panel/?state=disconnected#fleet"),
        _part("part_push", picture.failed_pushes, "#pushes"),
        _part("part_case", picture.open_cases, "#cases"),
        _part("part_held", picture.held_units, ""),
        _part("part_request", picture.enrolment_requests, "/panel/enrolments"),
    )
    return tuple(part for part in parts if part.count)


def _part(name: str, count: int, address: str) -> Part:
    return Part(count=count, word=WORDS[f"{name}_one" if count == 1 else name], address=address)
