"""The first line of the page: whether anything is wrong."""

import msgspec

from servicehost.domain.rule import Text
from servicehost.web.panel.picture import Picture
from servicehost.web.panel.words import WORDS

__all__ = ["Headline", "filled", "headline_of"]


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """A sign, a sentence and what it is made of."""

    sign: str
    tone: str
    title: Text
    parts: tuple[Text, ...] = ()


def filled(name: str, **values: object) -> Text:
    """A text of the catalogue with its gaps filled."""
    text = WORDS[name]
    return Text(ja=text.ja.format(**values), en=text.en.format(**values))


def headline_of(picture: Picture) -> Headline:
    """Trouble at sites comes before our own, which comes before "nothing is wrong"."""
    total = len(picture.fleet)
    ours = (filled("host_trouble_more", count=picture.unknown),) if picture.unknown else ()
    if picture.attention:
        name = "trouble_one" if picture.attention == 1 else "trouble"
        title = filled(name, count=picture.attention)
        return Headline(sign="▲", tone="bad", title=title, parts=(*_parts(picture), *ours))
    if picture.unknown:
        return Headline(sign="?", tone="warn", title=filled("host_trouble"), parts=ours)
    if total == 0:
        return Headline(sign="○", tone="calm", title=filled("empty_fleet"), parts=(filled("empty_fleet_more"),))
    return Headline(sign="✓", tone="good", title=filled("all_well"), parts=(filled("all_well_more", count=total),))


def _parts(picture: Picture) -> tuple[Text, ...]:
    counts = {
        "part_disconnected": picture.cut_off,
        "part_push": picture.failed_pushes,
        "part_case": picture.open_cases,
    }
    return tuple(filled(name, count=count) for name, count in counts.items() if count)
