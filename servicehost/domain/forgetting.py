"""What of a text remains when somebody is erased: the text without their name and without their telephone numbers."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

__all__ = ["TAKEN_OUT", "is_ours", "traces_of", "without", "without_in", "without_words"]

TAKEN_OUT: Final = "[erased]"
_LEAST_DIGITS: Final = 6
_FOR_NAMES: Final = frozenset(
    {
        "telephone",
        "name",
        "attendee",
        "addressee",
        "driver",
        "company",
        "caller",
        "note",
        "text",
        "said",
        "reason",
        "evidence",
    }
)
"""Fields that hold what people wrote, or how they are reached: there a single word may be somebody."""
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


def without_in(text: str, traces: Collection[re.Pattern[str]], *, codes: bool = False) -> str:
    """The same of a text that may be JSON: only what stands in its texts goes, so that it stays what it is.

    `codes`: where it is kept, one word of ASCII is a code, an address or a Master ID of ours, and nobody's name.

    Numbers, names of fields and words of ours stay: somebody may be called Done, or 0. A name in a field for names goes
    whatever it looks like.
    """
    try:
        value = json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        value = None
    if value is None:
        return text if codes and _CODE.fullmatch(text) else without(text, traces)
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


def without_words(text: str, is_theirs: Callable[[str], bool]) -> str:
    """JSON without the reasons that somebody gave in it, wherever a text of ours repeats them; `is_theirs` knows them
    by the name that stands beside the reason as its `author`, or as `by`."""
    value = json.loads(text)
    reasons = {one for one in _reasons_of(value, is_theirs) if not is_ours(one)}
    if not reasons:
        return text
    rest = _without_all(value, sorted(reasons, key=len, reverse=True))
    return json.dumps(rest, ensure_ascii=False, separators=(",", ":"))


def _reasons_of(value: Any, is_theirs: Callable[[str], bool]) -> Iterator[str]:
    if isinstance(value, dict):
        author = value.get("author", value.get("by"))
        reason = value.get("reason")
        if isinstance(author, str) and isinstance(reason, str) and reason and is_theirs(author):
            yield reason
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in parts:
        yield from _reasons_of(one, is_theirs)


def _without_all(value: Any, reasons: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without_all(one, reasons) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_all(one, reasons) for one in value]
    if isinstance(value, str):
        if value in reasons:
            return ""
        for reason in reasons:
            value = value.replace(reason, TAKEN_OUT) if len(reason) > 1 else value
    return value


def is_ours(text: str) -> bool:
    """Whether it is one of the service's own words, such as `swap_now`, and nobody's."""
    return _OURS.fullmatch(text) is not None
