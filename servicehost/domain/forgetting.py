"""What of a text remains when somebody is erased: the text without their name and without their telephone numbers."""

import json
import re
import unicodedata
from collections.abc import Collection
from typing import Any, Final

__all__ = ["TAKEN_OUT", "is_ours", "traces_of", "without", "without_in"]

TAKEN_OUT: Final = "[erased]"
_LEAST_DIGITS: Final = 6
_FOR_NAMES: Final = frozenset(
    {"name", "attendee", "addressee", "driver", "company", "caller", "note", "text", "said", "reason", "evidence"}
)
"""Fields that hold what people wrote: there a single word may be somebody."""
_CODE: Final = re.compile(r"[!-~]+")
_OURS: Final = re.compile(r"[a-z][a-z0-9_]*")
_BETWEEN_DIGITS: Final = r"[-+().\s]*"
_ASCII_WORD: Final = "A-Za-z0-9"


def traces_of(name: str, numbers: Collection[str] = ()) -> list[re.Pattern[str]]:
    """What to look for: the name in any width and case and with any blanks inside; each number with any separators.

    A name in Latin letters is found as whole words only: An is not in Anna. Other scripts have no such borders, so a
    name of one character is taken out of longer words too: too much rather than too little. A number of fewer than six
    digits could be anything and is not looked for.
    """
    found = [re.compile(_word(name), re.IGNORECASE)] if name.strip() else []
    for number in numbers:
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
        if len(digits) >= _LEAST_DIGITS:
            found.append(re.compile(rf"(?<!\d){_BETWEEN_DIGITS.join(digits)}(?!\d)"))
    return found


def _word(name: str) -> str:
    parts = unicodedata.normalize("NFKC", name).split()
    plain = r"\s*".join(re.escape(part) for part in parts)
    before = rf"(?<![{_ASCII_WORD}])" if parts[0][0].isascii() else ""
    after = rf"(?![{_ASCII_WORD}])" if parts[-1][-1].isascii() else ""
    return f"{before}{plain}{after}"


def without(text: str, traces: Collection[re.Pattern[str]]) -> str:
    """The text with each trace replaced; the very same text when there is none."""
    known = unicodedata.normalize("NFKC", text)
    # Only what is looked at is normalised: where nothing is found, nothing is changed.
    if not any(trace.search(known) for trace in traces):
        return text
    for trace in traces:
        known = trace.sub(TAKEN_OUT, known)
    return known


def without_in(text: str, traces: Collection[re.Pattern[str]]) -> str:
    """The same of a text that may be JSON: only what stands in its texts goes, so that it stays what it is.

    Numbers, names of fields and words of ours stay: somebody may be called Done, or 0. A name in a field for names goes
    whatever it looks like.
    """
    try:
        value = json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        value = None
    if value is None:
        return without(text, traces)
    rest = _without_within(value, traces, "")
    return text if rest == value else json.dumps(rest, ensure_ascii=False, separators=(",", ":"))


def _without_within(value: Any, traces: Collection[re.Pattern[str]], field: str) -> Any:
    if isinstance(value, dict):
        return {name: _without_within(one, traces, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_within(one, traces, field) for one in value]
    # One word of ASCII elsewhere is a code, a time or a number of ours.
    if not isinstance(value, str) or (_CODE.fullmatch(value) and field not in _FOR_NAMES):
        return value
    return without(value, traces)


def is_ours(text: str) -> bool:
    """Whether it is one of the service's own words, such as `swap_now`, and nobody's."""
    return _OURS.fullmatch(text) is not None
