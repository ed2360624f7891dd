"""Codes as people type them: what can only be meant one way is read that way, the rest is refused with what is right.

Forgiven are capital letters, full-width letters and digits, blanks, and hyphens or dashes of any kind between the
digits: none of them can turn one code into another. A prefix is never guessed: nine digits alone could be any code.
"""

import enum
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.contract import CUSTOMER_PREFIX, MANAGEMENT_PREFIX, SERVICE_PREFIX, check_customer_code
from servicehost.domain.errors import Invalid

__all__ = ["KIND_WORDS", "CodeKind", "ReadCode", "read_any_code", "read_code"]

MAX_TYPED: Final = 64
# Hyphens, dashes and minus signs; the Japanese prolonged sound mark is typed for one on a Japanese keyboard.
_BETWEEN: Final = re.compile("[\\s\u00ad\u2010-\u2015\u2043\u2212\u30fc\uff70-]+")
_CODE: Final = re.compile(r"(nx[a-z])([0-9]{9})")


class CodeKind(enum.StrEnum):
    """What a code names."""

    CUSTOMER = "customer"
    MANAGEMENT = "management"
    SERVICE = "service"


KIND_WORDS: Final[Mapping[CodeKind, str]] = {
    CodeKind.CUSTOMER: "customer code",
    CodeKind.MANAGEMENT: "management code",
    CodeKind.SERVICE: "service code",
}
_PREFIXES: Final[Mapping[str, CodeKind]] = {
    CUSTOMER_PREFIX: CodeKind.CUSTOMER,
    MANAGEMENT_PREFIX: CodeKind.MANAGEMENT,
    SERVICE_PREFIX: CodeKind.SERVICE,
}
_PREFIX_OF: Final = {kind: prefix for prefix, kind in _PREFIXES.items()}


class ReadCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code in its one spelling, and what it names."""

    kind: CodeKind
    code: str


def read_any_code(typed: str) -> ReadCode:
    """The code that was typed. Raises Invalid `code_unreadable`, or `bad_check_digit` for a customer code."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[: MAX_TYPED + 1])).lower()
    found = _CODE.fullmatch(plain)
    kind = _PREFIXES.get(found.group(1)) if found and len(typed) <= MAX_TYPED else None
    if kind is None:
        shapes = ", ".join(f"{prefix} and nine digits for a {KIND_WORDS[one]}" for prefix, one in _PREFIXES.items())
        raise Invalid("code_unreadable", f"{typed[:MAX_TYPED]!r} is no code; write {shapes}")
    if kind is CodeKind.CUSTOMER:
        check_customer_code(plain)
    return ReadCode(kind=kind, code=plain)


def read_code(typed: str, kind: CodeKind) -> str:
    """The code of that kind. Raises as `read_any_code`; Invalid `code_of_another_kind`, saying which it is."""
    found = read_any_code(typed)
    if found.kind is not kind:
        wanted = f"a {KIND_WORDS[kind]} begins with {_PREFIX_OF[kind]}"
        raise Invalid("code_of_another_kind", f"{found.code} is a {KIND_WORDS[found.kind]}; {wanted}")
    return found.code
