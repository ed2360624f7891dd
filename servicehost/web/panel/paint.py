"""Values made into HTML, by templates that escape everything."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from servicehost.domain.rule import Text
from servicehost.web.panel import state_words, times, work_words
from servicehost.web.panel.event_words import event_text, why_text
from servicehost.web.panel.fact_words import source_text, value_text
from servicehost.web.panel.language import Language, say
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.state_words import badge
from servicehost.web.panel.way import way_of
from servicehost.web.panel.words import WORDS

__all__ = ["page", "paint"]

_CACHED: Final = 4_000
"""Lines: some megabytes."""


def yen(amount: int | None) -> Text:
    """An amount in whole yen; None: the price list has none."""
    if amount is None:
        return Text(ja="金額未定", en="no price yet")
    return Text(ja=f"{amount:,}円", en=f"{amount:,} yen")


def _both(text: Text, language: Language) -> Markup:
    """Japanese with English beside it; to who reads English, English alone."""
    if language is Language.EN:
        return Markup("{}").format(text.en)
    if text.ja == text.en:
        return Markup("{}").format(text.ja)
    return Markup('{} <span class="en" lang="en">{}</span>').format(text.ja, text.en)


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("servicehost.web.panel"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    words={**WORDS, **PAGE_WORDS},
    states=state_words,
    works=work_words,
    badge=badge,
    event_text=event_text,
    reason_text=reason_text,
    why_text=why_text,
    instant=times.instant,
    stated=times.stated,
    moment=times.moment,
    day=times.day,
    value_text=value_text,
    source_text=source_text,
    yen=yen,
    way_of=way_of,
)


def _tongue(language: Language) -> dict[str, Any]:
    known = {**WORDS, **PAGE_WORDS}
    return {
        "language": language,
        "say": partial(say, language=language),
        "both": partial(_both, language=language),
        # The catalogue's words by name: with English beside, and alone.
        "w": lambda name: _both(known[name], language),
        "s": lambda name: say(known[name], language),
    }


@lru_cache(maxsize=2)
def _items(language: Language) -> Any:
    """The macros of the page's lines."""
    return _ENVIRONMENT.get_template("items.html").make_module(_tongue(language))


@lru_cache(maxsize=_CACHED)
def paint(part: str, value: Any, language: Language) -> str:
    """One line of the page as HTML. `value` is hashable: a line that has not changed is not painted again."""
    return str(getattr(_items(language), part)(value)).strip()


def page(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """A whole page."""
    return _ENVIRONMENT.get_template(template).render(**_tongue(language), **values)
