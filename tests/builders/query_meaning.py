"""Whether a query holds of one adapter: the meaning of the language, told without a database."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from servicehost.domain.query import (
    SEARCHED,
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

__all__ = ["AdapterFacts", "matches"]


class AdapterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked of an adapter. Texts are empty where there is none; `tags` has values by name.

    `choices` has the word of every field whose values are words of a list, but `has`, which is `holds`; a field that
    says nothing of the adapter, as `state` of one without a unit, is left out.
    """

    texts: Mapping[Field, str] = {}
    groups: frozenset[str] = frozenset()
    tags: Mapping[str, str] = {}
    choices: Mapping[Field, str] = {}
    startup_revision: int = 0
    holds: frozenset[str] = frozenset()


_COMPARED: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.HAS: operator.eq,
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def matches(query: Query, facts: AdapterFacts) -> bool:
    """Total, and never in between: what is not known of an adapter equals nothing."""
    match query:
        case All(parts=parts):
            return all(matches(part, facts) for part in parts)
        case AnyOf(parts=parts):
            return any(matches(part, facts) for part in parts)
        case Not(part=part):
            return not matches(part, facts)
        case Word(text=text):
            return any(text in folded(facts.texts.get(field, "")) for field in SEARCHED)
        case Test(operator=Operator.IS_NOT) if kind_of(query.field) is not Kind.NUMBER:
            return not _is(msgspec.structs.replace(query, operator=Operator.IS), facts)
    return _is(query, facts)


def _is(test: Test, facts: AdapterFacts) -> bool:
    answers: dict[Kind, Callable[[], Any]] = {
        Kind.TEXT: lambda: _text(test, folded(facts.texts.get(test.field, ""))),
        Kind.NAME: lambda: test.value in {folded(name) for name in facts.groups},
        Kind.TAG: lambda: any(
            folded(name) == test.value and test.detail in (None, folded(value)) for name, value in facts.tags.items()
        ),
        Kind.NUMBER: lambda: _COMPARED[test.operator](facts.startup_revision, test.number),
        Kind.CHOICE: lambda: (
            test.value in facts.holds if test.field is Field.HAS else facts.choices.get(test.field) == test.value
        ),
    }
    return bool(answers[kind_of(test.field)]())


def _text(test: Test, text: str) -> bool:
    return test.value in text if test.operator is Operator.HAS else test.value == text
