"""Conditional and ranged requests (RFC 9110, sections 13 and 14): header values to decisions. Pure."""

import re
from typing import Final, Literal, TypeAlias

import msgspec

__all__ = ["Part", "Selected", "etag_matches", "range_applies", "select_range"]

_RANGE: Final = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Octets `first` to `last`, both included, counted from 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


Selected: TypeAlias = Part | Literal["whole", "unsatisfiable"]


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already has what `etag` names: weak comparison, as If-None-Match wants it."""
    if if_none_match is None:
        return False
    given = [one.strip() for one in if_none_match.split(",")]
    return given == ["*"] or etag in (one.removeprefix("W/") for one in given)


def range_applies(if_range: str | None, etag: str) -> bool:
    """Whether a Range may be heeded: without If-Range, or with the very entity tag. A date never is: none is sent."""
    return if_range is None or if_range.strip() == etag


def select_range(header: str | None, length: int) -> Selected:
    """What a Range header asks of a body of `length` octets.

    `whole` for none at all, for another unit than bytes, for several ranges at once and for one that is malformed: a
    server may ignore a Range, and a client that gets 200 has everything it asked for.
    """
    unit, equals, wanted = (header or "").partition("=")
    if unit.strip().lower() != "bytes" or not equals:
        return "whole"
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or match[0] == "-":
        return "whole"
    if not match[1]:
        return _suffix(int(match[2]), length)
    first = int(match[1])
    last = int(match[2]) if match[2] else length - 1
    if match[2] and last < first:
        return "whole"
    return "unsatisfiable" if first >= length else Part(first=first, last=min(last, length - 1))


def _suffix(count: int, length: int) -> Selected:
    if count == 0 or length == 0:
        return "unsatisfiable"
    return Part(first=max(0, length - count), last=length - 1)
