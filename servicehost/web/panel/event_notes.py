"""What an event's detail adds to its words. Nothing of a config's content is ever in it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from servicehost.domain.event import Event
from servicehost.domain.rule import Text
from servicehost.web.panel.reason_words import reason_text

__all__ = ["notes_of"]

_MAX: Final = 120
_SAID_ALREADY: Final = frozenset({("session_opened", "address"), ("session_ended", "text")})
"""What the words of the event or of its reason say better."""


def _plain(value: object) -> Text:
    text = str(value)
    text = text if len(text) <= _MAX else f"{text[:_MAX]}…"
    return Text(ja=text, en=text)


def _revision(value: Any) -> Text:
    return _plain(f"r{value}")


def _quoted(value: Any) -> Text:
    text = _plain(value)
    return Text(ja=f"「{text.ja}」", en=f"“{text.en}”")


def _failing(value: Any) -> Text:
    parts = [reason_text(str(part)) for part in value] if isinstance(value, list) else []
    if not parts:
        return Text(ja="異常なし", en="all in order")
    return Text(
        ja=f"異常: {'、'.join(part.ja for part in parts)}", en=f"failing: {', '.join(part.en for part in parts)}"
    )


def _rejected(value: Any) -> Text:
    names = ", ".join(str(name) for name in value) if isinstance(value, list) else str(value)
    return Text(ja=f"受け付けなかった項目: {names}", en=f"not taken: {names}")


_NOTES: Final[Mapping[str, Callable[[Any], Text]]] = {
    "revision": _revision,
    "adapters": lambda value: Text(ja=f"{value}拠点", en=f"{value} sites"),
    "count": lambda value: Text(ja=f"{value}件", en=f"{value} of them"),
    "failing": _failing,
    "rejected": _rejected,
    "text": _plain,
    "evidence": _plain,
    "note": _quoted,
    "address": _plain,
    "distribution_id": _plain,
}
"""By the detail's name, in the order in which they are shown. Other details are for programs."""


def notes_of(event: Event) -> tuple[Text, ...]:
    """In the order of the table."""
    return tuple(
        make(event.detail[name])
        for name, make in _NOTES.items()
        if event.detail.get(name) is not None and (event.sub_type, name) not in _SAID_ALREADY
    )
