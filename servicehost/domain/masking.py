"""Secret values in configs, found by patterns and masked for those who are not to see them.

A config is opaque, so this is no guarantee: what no pattern names is shown (`mask_pattern` says what patterns are).
A line that ends with a backslash goes on in the next one. Beside the patterns, private keys in PEM and passwords within
URLs are always masked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.mask_pattern import ANY, DEFAULT_PATTERNS, MAX_WORDS, REST, Pattern, fits, read_pattern

__all__ = [
    "DEFAULT_MASKS",
    "MASK",
    "MAX_PATTERNS",
    "Masked",
    "Masker",
    "Masks",
    "masked_diff",
    "refuse_masked",
]

MASK: Final = "<secret-masked>"
"""What stands in the place of a value. No config that holds it can be saved."""
MAX_PATTERNS: Final = 200
_WORD: Final = re.compile(r"[^\s\"'=:;,{}\[\]()\\]+")
_QUOTES: Final = "\"'"
_IN_URL: Final = re.compile(r"://[^\s/:@]*:([^\s/@]+)@")
_KEY_BEGINS: Final = re.compile("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_KEY_ENDS: Final = re.compile("-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----")


class Masked(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it may be shown: it has the same lines; `values` counts what was masked."""

    text: str
    values: int


Span = tuple[int, int]


class Masker:
    """The patterns of one model, ready to be used. Safe to use from several threads."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        cores = {one.strip(ANY) for pattern in self._patterns for one in pattern.words[0]}
        # A plain alternation of words: found or not in one pass, whatever the text.
        self._hint = re.compile("|".join(re.escape(core) for core in sorted(cores)) or r"(?!)", re.IGNORECASE)

    def masked(self, text: str) -> Masked:
        """The text with every value masked that a pattern finds."""
        spans = _merged(sorted([*self._found(text), *_private_keys(text), *_in_urls(text)]))
        parts, at = [], 0
        for start, end in spans:
            parts += [text[at:start], MASK]
            at = end
        return Masked(text="".join([*parts, text[at:]]), values=len(spans))

    def _found(self, text: str) -> Iterator[Span]:
        known: dict[str, tuple[Pattern, ...]] = {}
        for start, end in _logical_lines(text):
            if self._hint.search(text, start, end) is not None:
                yield from self._of_line(text, (start, end), known)

    def _of_line(self, text: str, line: Span, known: dict[str, tuple[Pattern, ...]]) -> Iterator[Span]:
        """Once the rest of a line is masked, only a pattern that began before can still mask more of it."""
        words = [match.span() for match in _WORD.finditer(text, *line)]
        said = [text[a:b].lower() for a, b in words]
        rest, last = line[1], len(words)
        for index, word in enumerate(said):
            if index > last:
                break
            if word not in known:
                known[word] = tuple(one for one in self._patterns if one.begins_with(word))
            for pattern in known[word]:
                if not _matches(pattern, said, index):
                    continue
                value = _after_sign(text, words[index + len(pattern.words) - 1][1], line[1])
                ends = line[1] if pattern.ends == REST else _end_of_word(text, value, line[1])
                if ends == line[1]:
                    rest, last = min(rest, value), min(last, index + MAX_WORDS)
                else:
                    yield from _values(text, value, ends)
        yield from _values(text, rest, line[1])


def _matches(pattern: Pattern, said: Sequence[str], index: int) -> bool:
    if index + len(pattern.words) > len(said):
        return False
    return all(fits(one, said[index + offset]) for offset, one in enumerate(pattern.words))


def _logical_lines(text: str) -> Iterator[Span]:
    """From where to where a line goes, with those in which it goes on."""
    start = at = 0
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        last = end - 2 if text[at:end].endswith("\r") else end - 1
        if at <= last and end < len(text) and text[last] == "\\":
            at = end + 1
            continue
        yield start, end
        start = at = end + 1


def _values(text: str, start: int, end: int) -> Iterator[Span]:
    """What is masked from here to there: line by line, so that the text keeps its lines."""
    while start < end:
        line_end = text.find("\n", start, end)
        line_end = end if line_end < 0 else line_end
        a, b = start, line_end
        while a < b and text[a].isspace():
            a += 1
        while a < b and (text[b - 1].isspace() or (text[b - 1] == "\\" and line_end < end)):
            b -= 1
        if a < b:
            yield a, b
        start = line_end + 1


def _after_sign(text: str, start: int, end: int) -> int:
    """Past the closing quote of a key, blanks and one `=` or `:`, if something follows that can be a value."""
    at = start + 1 if start < end and text[start] in _QUOTES else start
    at = _past_blanks(text, at, end)
    if at < end and text[at] in "=:":
        at = _past_blanks(text, at + 1, end)
    return start if at == end else at


def _past_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _end_of_word(text: str, start: int, end: int) -> int:
    at = _past_blanks(text, start, end)
    if at < end and text[at] in _QUOTES:
        closing = text.find(text[at], at + 1, end)
        at = end if closing < 0 else closing
    while at < end and not text[at].isspace():
        at += 1
    return at


def _in_urls(text: str) -> Iterator[Span]:
    return (match.span(1) for match in _IN_URL.finditer(text))


def _private_keys(text: str) -> Iterator[Span]:
    """Each line of a key; one that nobody ends goes on to the end."""
    at = 0
    while (begins := _KEY_BEGINS.search(text, at)) is not None:
        ends = _KEY_ENDS.search(text, begins.end())
        at = len(text) if ends is None else ends.start()
        yield from _values(text, begins.end(), at)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch become one; each stays within its line."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class Masks(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Patterns for every model, and more for some."""

    every: tuple[Pattern, ...]
    by_model: Mapping[str, tuple[Pattern, ...]] = {}

    @classmethod
    def of(cls, every: Sequence[str], by_model: Mapping[str, Sequence[str]] | None = None) -> "Masks":
        """Raises Invalid `bad_mask_pattern`."""
        of_models = {model: tuple(map(read_pattern, texts)) for model, texts in (by_model or {}).items()}
        for texts in (every, *of_models.values()):
            if len(texts) > MAX_PATTERNS:
                raise Invalid("bad_mask_pattern", f"At most {MAX_PATTERNS} patterns for a model")
        return cls(every=tuple(map(read_pattern, every)), by_model=of_models)

    def masker(self, model: str | None) -> Masker:
        """For a unit of that model; None, where no unit is known: with the patterns of all models."""
        if model is None:
            return self._of_all
        return self._by_model.get(model, self._plain)

    @cached_property
    def _plain(self) -> Masker:
        return Masker(self.every)

    @cached_property
    def _by_model(self) -> Mapping[str, Masker]:
        return {model: Masker((*self.every, *more)) for model, more in self.by_model.items()}

    @cached_property
    def _of_all(self) -> Masker:
        return Masker((*self.every, *(one for more in self.by_model.values() for one in more)))


DEFAULT_MASKS: Final = Masks.of(DEFAULT_PATTERNS)
"""What is masked unless the settings say otherwise."""


def refuse_masked(text: str) -> None:
    """Raises Conflict `masked_value` for a text that was masked when it was shown."""
    if MASK in text:
        line = text[: text.index(MASK)].count("\n") + 1
        raise Conflict(
            "masked_value",
            f"A masked value would overwrite a secret in line {line}: {MASK} stands where a value was not shown to you."
            " Write the value, or ask an operation manager for a consent to see_secrets",
        )


def masked_diff(unified: str, left: str, right: str) -> str:
    """A unified diff of two texts, with each line as the masked texts have it: that a secret differs is told, and not
    what it is. `left` and `right` are the masked texts.
    """
    one, two = left.split("\n"), right.split("\n")
    at_left = at_right = 0
    lines = unified.split("\n")
    out = lines[:_HEAD]
    for line in lines[_HEAD:]:
        if (hunk := _HUNK.match(line)) is not None:
            at_left, at_right = _first(hunk[1], hunk[2]), _first(hunk[3], hunk[4])
        if line[:1] == "+":
            out.append(f"+{two[at_right]}")
        elif line[:1] in ("-", " "):
            out.append(f"{line[0]}{one[at_left]}")
        else:
            out.append(line)  # where a hunk begins, or that a text has no last line feed
        at_left += line[:1] in ("-", " ")
        at_right += line[:1] in ("+", " ")
    return "\n".join(out)


_HEAD: Final = 2
"""Lines that name the two sides."""
_HUNK: Final = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@$")


def _first(number: str, length: str | None) -> int:
    """Where a hunk begins, counted from 0; an empty side names the line before it."""
    return int(number) - (0 if length == ",0" else 1)
