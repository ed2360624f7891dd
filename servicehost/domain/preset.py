"""Preset commands: what operators run again and again, with placeholders for what differs from time to time.

A text has at most ten lines. `{name}` stands for a value that is given when the preset is used; `{{` and `}}` are
braces. Every placeholder is described: its kind, its bounds, its pattern. What a value is put into is looked at once,
so that braces in a value mean nothing; and no value holds a line feed or another control character, so that nobody who
fills a preset adds a line to it.

A pattern is no regular expression, so that none can take longer than its value is long: `#` is one digit, `@` one
letter A to Z, `?` any one character, `*` any run of them; all else stands for itself.
"""

import enum
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict

__all__ = [
    "MAX_LINE",
    "MAX_LINES",
    "MAX_PLACEHOLDERS",
    "MAX_VALUE",
    "Placeholder",
    "Preset",
    "PresetKind",
    "ValueKind",
    "check_preset",
    "filled",
]

MAX_LINES: Final = 10
MAX_LINE: Final = 1_024
MAX_PLACEHOLDERS: Final = 20
MAX_VALUE: Final = 255
MAX_NUMBER: Final = 2**53 - 1
_MAX_STARS: Final = 3
"""More of them would make matching slow."""


class PresetKind(enum.StrEnum):
    """What the text is for: the lines of a command, or the part of the status that modules are asked for, one line."""

    COMMAND = "command"
    READ_STATUS = "read_status"
    CLEAR_STATUS = "clear_status"


class ValueKind(enum.StrEnum):
    """What a placeholder takes."""

    WORD = "word"
    """Letters, digits and `._:/@+-`: nothing that ends a word in any command language."""
    TEXT = "text"
    """Any characters but control characters and quotation marks."""
    NUMBER = "number"
    """A whole number."""
    ADDRESS = "address"
    """An IPv4 or IPv6 address."""
    CHOICE = "choice"
    """One of the words listed."""


class Placeholder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One placeholder. `least` and `most` bound a number, `longest` the characters of any value; `choices` are the
    words of a choice, `pattern` the shape of a word or text. `default` is taken where no value is given."""

    name: str
    kind: ValueKind = ValueKind.WORD
    says: str = ""
    least: int | None = None
    most: int | None = None
    longest: int = MAX_VALUE
    pattern: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = None


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A preset command of a management contract. `version` grows with every change."""

    preset: int
    management_code: str
    name: str
    says: str
    kind: PresetKind
    modules: tuple[int, ...]
    text: str
    placeholders: tuple[Placeholder, ...]
    version: int
    saved_at: int
    saved_by: str


_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_WORD: Final = re.compile(r"[0-9A-Za-z._:/@+-]+")
_NUMBER: Final = re.compile(r"-?[0-9]{1,16}")
_SIGNS: Final = {"#": "[0-9]", "@": "[A-Za-z]", "?": ".", "*": ".*"}


def check_preset(preset: Preset) -> Preset:
    """The preset, its lines without blanks at their ends. Raises Conflict `preset_malformed`, which names the line or
    the placeholder and says what would be right."""
    lines = [line.rstrip() for line in preset.text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    most = MAX_LINES if preset.kind is PresetKind.COMMAND else 1
    if not 1 <= len(lines) <= most:
        raise _malformed(f"a {preset.kind.value} has 1 to {most} lines, this one {len(lines)}")
    names = [one.name for one in preset.placeholders]
    if len(set(names)) != len(names) or len(names) > MAX_PLACEHOLDERS:
        raise _malformed(f"at most {MAX_PLACEHOLDERS} placeholders, each described once")
    used: set[str] = set()
    for number, line in enumerate(lines, start=1):
        used |= _names_in(line, number)
    for one in preset.placeholders:
        _check_placeholder(one)
    if used != set(names):
        odd = sorted(used ^ set(names))
        raise _malformed(f"placeholders of the text and those described differ: {', '.join(odd)}")
    return msgspec.structs.replace(preset, text="\n".join(lines))


def filled(preset: Preset, values: Mapping[str, str]) -> tuple[str, ...]:
    """The lines with their values.

    Raises Conflict `placeholder_unknown` for a value that no placeholder takes, `placeholder_missing`, and
    `placeholder_wrong` for a value that does not fit; each names the placeholder, and what would be right.
    """
    unknown = sorted(set(values) - {one.name for one in preset.placeholders})
    if unknown:
        raise Conflict("placeholder_unknown", f"{preset.name} has no placeholder {', '.join(unknown)}")
    taken = {one.name: _value(one, values) for one in preset.placeholders}
    lines = tuple(
        _PIECE.sub(lambda piece: piece[0][0] if piece[1] is None else taken[piece[1]], line)
        for line in preset.text.split("\n")
    )
    for number, line in enumerate(lines, start=1):
        if not 1 <= len(line) <= MAX_LINE:
            raise Conflict("placeholder_wrong", f"Line {number} has {len(line)} characters; 1 to {MAX_LINE} are right")
    return lines


def _value(one: Placeholder, values: Mapping[str, str]) -> str:
    value = values.get(one.name, one.default)
    if value is None:
        raise Conflict("placeholder_missing", f"Say what {one.name} is" + (f": {one.says}" if one.says else ""))
    wrong = _wrong(one, value)
    if wrong is not None:
        raise Conflict("placeholder_wrong", f"{one.name}: {wrong}")
    return value


def _wrong(one: Placeholder, value: str) -> str | None:
    """What would be right, or None."""
    if not value or len(value) > one.longest:
        return f"1 to {one.longest} characters are right"
    if _CONTROL.search(value):
        return "a line feed or another control character has no place in it"
    fits = _FITS[one.kind]
    if not fits(one, value):
        return _RIGHT[one.kind](one)
    if one.pattern and not _shape(one.pattern).fullmatch(value):
        return f"it looks like {one.pattern}"
    return None


def _is_number(one: Placeholder, value: str) -> bool:
    if not _NUMBER.fullmatch(value):
        return False
    return (one.least is None or int(value) >= one.least) and (one.most is None or int(value) <= one.most)


def _is_address(_one: Placeholder, value: str) -> bool:
    try:
        return "%" not in value and bool(ipaddress.ip_address(value))
    except ValueError:
        return False


_FITS: Final[Mapping[ValueKind, Callable[[Placeholder, str], bool]]] = {
    ValueKind.WORD: lambda one, value: _WORD.fullmatch(value) is not None,
    ValueKind.TEXT: lambda one, value: not set(value) & set("\"'`"),
    ValueKind.NUMBER: _is_number,
    ValueKind.ADDRESS: _is_address,
    ValueKind.CHOICE: lambda one, value: value in one.choices,
}
_RIGHT: Final[Mapping[ValueKind, Callable[[Placeholder], str]]] = {
    ValueKind.WORD: lambda one: "letters A to Z, digits and ._:/@+- are right",
    ValueKind.TEXT: lambda one: "quotation marks have no place in it",
    ValueKind.NUMBER: lambda one: f"a whole number from {_bound(one.least)} to {_bound(one.most)} is right",
    ValueKind.ADDRESS: lambda one: "an IPv4 or IPv6 address is right",
    ValueKind.CHOICE: lambda one: f"it is one of {', '.join(one.choices)}",
}


def _bound(number: int | None) -> str:
    return "any" if number is None else str(number)


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_SIGNS.get(sign, re.escape(sign)) for sign in pattern))


def _names_in(line: str, number: int) -> set[str]:
    if _CONTROL.search(line) or len(line) > MAX_LINE or not line:
        raise _malformed(f"line {number} is empty, too long or has control characters")
    names = set()
    for piece in _PIECE.finditer(line):
        if piece[1] is None and piece[0] in "{}":
            raise _malformed(f"line {number} has a single {piece[0]}; write it twice to mean the brace itself")
        if piece[1] is not None:
            names.add(piece[1])
    return names


def _check_placeholder(one: Placeholder) -> None:
    number, choice = one.kind is ValueKind.NUMBER, one.kind is ValueKind.CHOICE
    faults = (
        (not _NAME.fullmatch(one.name), "a name has at most 40 letters a to z, digits and _, a letter first"),
        (not 1 <= one.longest <= MAX_VALUE, f"longest is 1 to {MAX_VALUE}"),
        (not number and (one.least is not None or one.most is not None), "least and most bound numbers alone"),
        (choice != bool(one.choices), "choices are the words of a choice, and of nothing else"),
        (one.pattern.count("*") > _MAX_STARS, f"a pattern has at most {_MAX_STARS} stars"),
        (bool(one.pattern) and one.kind not in (ValueKind.WORD, ValueKind.TEXT), "patterns are of words and texts"),
    )
    wrong = next((text for is_wrong, text in faults if is_wrong), None)
    if wrong is None and one.default is not None:
        wrong = _wrong(one, one.default)
        wrong = None if wrong is None else f"its default: {wrong}"
    if wrong is None and one.least is not None and one.most is not None and one.least > one.most:
        wrong = "least is not above most"
    if wrong is not None:
        raise _malformed(f"placeholder {one.name[:40]}: {wrong}")


def _malformed(text: str) -> Conflict:
    return Conflict("preset_malformed", f"Preset: {text}")
