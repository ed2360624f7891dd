"""Queries of adapters as people write them: from a line of text to what it asks, and every fault with its place."""

import re
from collections.abc import Iterator
from typing import Final, NoReturn

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.query import (
    CHOICES,
    MAX_JUDGED,
    MAX_NESTING,
    MAX_QUERY,
    MAX_REVISION,
    MAX_TERMS,
    OPERATORS,
    All,
    AnyOf,
    Field,
    Kind,
    Not,
    Operator,
    Query,
    Test,
    Word,
    folded,
    kind_of,
)

__all__ = ["MalformedQuery", "parse_query"]


class MalformedQuery(Conflict):
    """A query that cannot be read. `position` counts the characters before the trouble, so 0 is the beginning;
    `detail` says what would be right.

    No schema can say what a good query is, hence the Conflict.
    """

    def __init__(self, position: int, text: str) -> None:
        super().__init__("query_malformed", f"Query, character {position + 1}: {text}")
        self.position = position
        self.detail = text


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    at: int
    text: str
    """As written, or what stands in the quotes."""
    quoted_from: int
    """How many characters of the text came before the first quotation mark; all of them if there was none."""

    @property
    def plain(self) -> bool:
        return self.quoted_from == len(self.text)


_BLANK: Final = " \t\u3000"
_TEST: Final = re.compile(r"([A-Za-z_]+)(!=|<=|>=|:|=|<|>)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parse_query(text: str) -> Query:
    """What the text asks. Raises MalformedQuery `query_malformed`, which says where and what would be right."""
    if len(text) > MAX_QUERY:
        raise MalformedQuery(MAX_QUERY, f"a query has at most {MAX_QUERY} characters")
    control = _CONTROL.search(text)
    if control is not None:
        raise MalformedQuery(control.start(), "control characters cannot be looked for")
    return _Reader(text).whole()


class _Reader:
    """Reads one text once, from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self._end = len(text)
        self._tokens = _tokens(text)
        self._next = next(self._tokens, None)
        self._terms = 0
        self._judged = 0
        self._depth = 0

    def whole(self) -> Query:
        found = self._either()
        if self._next is not None:
            raise MalformedQuery(self._next.at, "this bracket closes nothing")
        return found

    def _either(self) -> Query:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def _both(self) -> Query:
        parts = [self._term()]
        while self._takes("and") or self._goes_on():
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else All(parts=tuple(parts))

    def _term(self) -> Query:
        denied = False
        while self._takes("not") or self._takes("-"):
            denied = not denied
        found = self._bracket() if self._takes("(") else self._leaf()
        return Not(part=found) if denied else found

    def _bracket(self) -> Query:
        self._depth += 1
        if self._depth > MAX_NESTING:
            self._wrong(f"brackets are nested at most {MAX_NESTING} deep")
        found = self._either()
        if not self._takes(")"):
            self._wrong("a closing bracket is missing")
        self._depth -= 1
        return found

    def _leaf(self) -> Query:
        token = self._next
        if token is None or (token.plain and token.text in ("(", ")", "-")):
            self._wrong("something to look for is missing")
        if token.plain and token.text.lower() in ("and", "or"):
            self._wrong(f'something to look for is missing; to look for the word itself, write "{token.text}"')
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._wrong(f"a query has at most {MAX_TERMS} tests and words")
        self._next = next(self._tokens, None)
        test = _TEST.match(token.text[: token.quoted_from])
        return self._judges(token, _tested(token, test)) if test else Word(text=_filled(token, token.text, token.at))

    def _judges(self, token: _Token, test: Test) -> Test:
        self._judged += test.field in (Field.STATE, Field.DRIFT)
        if self._judged > MAX_JUDGED:
            raise MalformedQuery(token.at, f"a query asks for state and drift at most {MAX_JUDGED} times in all")
        return test

    def _goes_on(self) -> bool:
        token = self._next
        return token is not None and not (token.plain and token.text.lower() in (")", "or"))

    def _takes(self, word: str) -> bool:
        token = self._next
        if token is None or not token.plain or token.text.lower() != word:
            return False
        self._next = next(self._tokens, None)
        return True

    def _wrong(self, text: str) -> NoReturn:
        raise MalformedQuery(self._end if self._next is None else self._next.at, text)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
        elif text[at] in "()":
            yield _Token(at=at, text=text[at], quoted_from=1)
            at += 1
        elif text[at] == "-":
            yield _Token(at=at, text="-", quoted_from=1)
            at += 1
        else:
            token, at = _token(text, at)
            yield token


def _token(text: str, begin: int) -> tuple[_Token, int]:
    """One token from `begin`, and where the text goes on after it."""
    taken: list[str] = []
    quoted_from: int | None = None
    at = begin
    while at < len(text) and text[at] not in _BLANK + "()":
        if text[at] == '"':
            quoted_from = sum(map(len, taken)) if quoted_from is None else quoted_from
            inside, at = _quoted(text, at)
            taken.append(inside)
        else:
            taken.append(text[at])
            at += 1
    whole = "".join(taken)
    return _Token(at=begin, text=whole, quoted_from=len(whole) if quoted_from is None else quoted_from), at


_ANSWERS: Final = ("yes", "no")
"""They are values of many fields, so that they name none."""
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


def _quoted(text: str, at: int) -> tuple[str, int]:
    found = _QUOTED.match(text, at)
    if found is None:
        raise MalformedQuery(at, "this quotation mark has no other one")
    return re.sub(r"\\(.)", r"\1", found[1]), found.end()


def _tested(token: _Token, test: re.Match[str]) -> Test:
    name, operator = folded(test[1]), Operator(test[2])
    if name not in {one.value for one in Field}:
        known = ", ".join(Field)
        raise MalformedQuery(token.at, f"there is no field {name}; there are {known}. A text with a colon is quoted")
    field = Field(name)
    kind = kind_of(field)
    at = token.at + test.end()
    if operator not in OPERATORS[kind]:
        takes = " ".join(OPERATORS[kind])
        raise MalformedQuery(token.at + test.start(2), f"{name} cannot be asked with {operator}, only with {takes}")
    value = _filled(token, token.text[test.end() :], at)
    if kind is Kind.TAG:
        return _tag_test(field, operator, value, at)
    if kind is Kind.NUMBER:
        return Test(field=field, operator=operator, value=_revision(value, at))
    if kind is Kind.CHOICE and value not in CHOICES[field]:
        raise MalformedQuery(at, _never(field, value))
    return Test(field=field, operator=operator, value=value)


def _never(field: Field, value: str) -> str:
    """What the field can be, and the fields that can be what was asked."""
    text = f"{field} is never {value!r}; it is one of {', '.join(CHOICES[field])}"
    others = [f"{other}:{value}" for other, words in CHOICES.items() if value in words and value not in _ANSWERS]
    return f"{text}. Did you mean {' or '.join(others)}?" if others else text


def _filled(token: _Token, value: str, at: int) -> str:
    if not value.strip(_BLANK):
        raise MalformedQuery(at, "a value is missing" if at > token.at else "an empty text is nowhere or everywhere")
    return folded(value)


def _tag_test(field: Field, operator: Operator, value: str, at: int) -> Test:
    name, equals, detail = value.partition("=")
    if not name or (equals and not detail):
        raise MalformedQuery(at, "write tag:NAME or tag:NAME=VALUE")
    return Test(field=field, operator=operator, value=name, detail=detail if equals else None)


def _revision(value: str, at: int) -> str:
    if not (value.isascii() and value.isdigit()) or int(value) > MAX_REVISION:
        raise MalformedQuery(at, f"a revision is a number from 0 to {MAX_REVISION}")
    return str(int(value))
