"""The query language of adapters: what operators look for, in one line of text.

    query  = either                      either = both { "or" both }        both = term { [ "and" ] term }
    term   = [ "not" | "-" ] ( "(" either ")" | test | word )
    test   = field operator value        without blanks between the three
    word   = what stands somewhere in the service code, the memo, the site name, or the unit's model or serial number

Values with blanks or brackets stand in double quotes, in which `\\"` is a quotation mark and `\\\\` a backslash; so
does a word that would otherwise be read as a test or as `and`, `or`, `not`. The wide blank of Japanese input is one.
Letters A to Z are compared without case everywhere. How each field is compared:

* texts (`:` contains, `=` is, `!=` is not): code, contract, memo, site, model, serial, firmware
* names (`:` and `=` is, `!=` is not): group
* `tag:NAME` has the tag, whatever its value; `tag:NAME=VALUE` has it with that value
* words of a list (`:` and `=` is, `!=` is not): presence, state, drift, item, option, mobile, ended
* numbers (`:` and `=`, `!=`, `<`, `<=`, `>`, `>=`): startup, the revision of the startup config, 0 for none
* `has:` unit, startup, group, tag, push (one that is under way), fault (one that is open)

A query has bounds (`MAX_QUERY` and below): what is asked is answered while others wait.
What an adapter without a unit lacks (model, firmware, state …) equals nothing, so that `!=` holds of it.
"""

import enum
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.config_state import Stage
from servicehost.domain.fact_kind import Item
from servicehost.domain.presence import Presence

__all__ = [
    "CHOICES",
    "MAX_JUDGED",
    "MAX_NESTING",
    "MAX_QUERY",
    "MAX_REVISION",
    "MAX_TERMS",
    "NO_UNIT",
    "OPERATORS",
    "SEARCHED",
    "All",
    "AnyOf",
    "Field",
    "Kind",
    "Not",
    "Operator",
    "Query",
    "Test",
    "Word",
    "folded",
    "kind_of",
]

MAX_QUERY: Final = 1_000
"""Characters of a query."""
MAX_TERMS: Final = 50
"""Tests and words of a query."""
MAX_NESTING: Final = 8
"""Brackets within brackets."""
MAX_JUDGED: Final = 6
"""Tests of `state` and `drift`, which cost the database more than all others; any set of their words needs fewer."""
MAX_REVISION: Final = 2**31 - 1
NO_UNIT: Final = "no_unit"
"""The presence of an adapter that no unit serves."""


class Kind(enum.Enum):
    """How the values of a field are compared."""

    TEXT = enum.auto()
    NAME = enum.auto()
    TAG = enum.auto()
    CHOICE = enum.auto()
    NUMBER = enum.auto()


class Field(enum.StrEnum):
    """What can be asked of an adapter."""

    CODE = "code"
    CONTRACT = "contract"
    MEMO = "memo"
    SITE = "site"
    MODEL = "model"
    SERIAL = "serial"
    FIRMWARE = "firmware"
    GROUP = "group"
    TAG = "tag"
    PRESENCE = "presence"
    STATE = "state"
    DRIFT = "drift"
    ITEM = "item"
    OPTION = "option"
    MOBILE = "mobile"
    ENDED = "ended"
    STARTUP = "startup"
    HAS = "has"


SEARCHED: Final = (Field.CODE, Field.MEMO, Field.SITE, Field.MODEL, Field.SERIAL)
"""Where a word without a field is looked for."""


class Operator(enum.StrEnum):
    """How it is asked; the longer ones are read first."""

    IS_NOT = "!="
    AT_MOST = "<="
    AT_LEAST = ">="
    HAS = ":"
    IS = "="
    BELOW = "<"
    ABOVE = ">"


_YES_NO: Final = ("yes", "no")
CHOICES: Final[dict[Field, tuple[str, ...]]] = {
    Field.PRESENCE: (*(one.value for one in Presence), NO_UNIT),
    Field.STATE: tuple(one.value for one in Stage),
    Field.DRIFT: (*_YES_NO, "unknown"),
    Field.ITEM: tuple(one.value for one in Item),
    Field.OPTION: _YES_NO,
    Field.MOBILE: _YES_NO,
    Field.ENDED: _YES_NO,
    Field.HAS: ("unit", "startup", "group", "tag", "push", "fault"),
}
"""The words of the fields whose values are words of a list."""
_KINDS: Final = {
    Field.GROUP: Kind.NAME,
    Field.TAG: Kind.TAG,
    Field.STARTUP: Kind.NUMBER,
    **dict.fromkeys(CHOICES, Kind.CHOICE),
}
_ALL_BUT_ORDER: Final = (Operator.HAS, Operator.IS, Operator.IS_NOT)
OPERATORS: Final = {
    Kind.TEXT: _ALL_BUT_ORDER,
    Kind.NAME: _ALL_BUT_ORDER,
    Kind.TAG: (Operator.HAS,),
    Kind.CHOICE: _ALL_BUT_ORDER,
    Kind.NUMBER: tuple(Operator),
}


def kind_of(field: Field) -> Kind:
    """Text, unless said otherwise."""
    return _KINDS.get(field, Kind.TEXT)


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """One field compared. Texts are folded; of a tag, `value` is the name and `detail` the value (None: any)."""

    __test__ = False  # whatever a test runner makes of the name

    field: Field
    operator: Operator
    value: str
    detail: str | None = None

    @property
    def number(self) -> int:
        """Of a field that holds numbers."""
        return int(self.value)


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A folded text that stands in one of the fields people look at."""

    text: str


class Not(msgspec.Struct, frozen=True, kw_only=True):
    """The opposite."""

    part: "Query"


class All(msgspec.Struct, frozen=True, kw_only=True):
    """Every part holds."""

    parts: "tuple[Query, ...]"


class AnyOf(msgspec.Struct, frozen=True, kw_only=True):
    """At least one part holds."""

    parts: "tuple[Query, ...]"


Query: TypeAlias = Test | Word | Not | All | AnyOf
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def folded(text: str) -> str:
    """The text with A to Z made small, and nothing else: every database can do the same."""
    return text.translate(_LOWER)
