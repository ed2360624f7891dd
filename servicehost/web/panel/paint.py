"""Values made into HTML, by templates that escape everything."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from servicehost.domain.instant import as_datetime
from servicehost.domain.rule import Text
from servicehost.web.panel import state_words
from servicehost.web.panel.event_words import event_text, reason_text
from servicehost.web.panel.language import Language, say
from servicehost.web.panel.state_words import badge
from servicehost.web.panel.way import way_of
from servicehost.web.panel.words import WORDS

__all__ = ["page", "paint"]

_CACHED: Final = 4_000
"""Lines: some megabytes."""


def _instant(milliseconds: int) -> Markup:
    """The script puts it into the reader's own time zone; UTC stays under the pointer."""
    moment = as_datetime(milliseconds).replace(microsecond=0)
    return _time(moment)


def _stated(rfc3339: str) -> Markup:
    return _time(datetime.fromisoformat(rfc3339).astimezone(UTC).replace(microsecond=0))


def _time(moment: datetime) -> Markup:
    plain = moment.strftime("%Y-%m-%d %H:%M:%S")
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}" title="{} UTC">{} UTC</time>').format(stamp, plain, plain[11:])


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
    words=WORDS,
    states=state_words,
    badge=badge,
    event_text=event_text,
    reason_text=reason_text,
    instant=_instant,
    stated=_stated,
    way_of=way_of,
)


def _tongue(language: Language) -> dict[str, Any]:
    return {"language": language, "say": partial(say, language=language), "both": partial(_both, language=language)}


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
