"""Examples for the OpenAPI document, made of the structs that requests and answers are: each fits its own schema.

An order's example has what it must have, its reason, and what its own words add; an answer's has every field.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, get_type_hints

import msgspec
from msgspec import UNSET, inspect

from servicehost.web.example_words import AT, BY_STRUCT, WORDS

__all__ = ["NoExampleError", "answer_example", "order_example"]

_DEPTH: Final = 8
_ALWAYS: Final = frozenset({"reason"})
"""Fields of an order that are shown although they may be left out."""


class NoExampleError(LookupError):
    """A field for which no value is known that fits: give its name one in `example_words`."""


@cache
def order_example(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """A body as JSON has it. Raises NoExampleError naming the field."""
    return _of_struct(_struct(kind), whole=False, depth=0)


@cache
def answer_example(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """An answer as JSON has it. Raises NoExampleError naming the field."""
    return _of_struct(_struct(kind), whole=True, depth=0)


def _struct(kind: type[msgspec.Struct]) -> inspect.StructType:
    found = inspect.type_info(kind)
    if not isinstance(found, inspect.StructType):
        raise TypeError(f"{kind.__name__} is no struct")
    return found


def _of_struct(kind: inspect.StructType, *, whole: bool, depth: int) -> dict[str, Any]:
    own = BY_STRUCT.get(kind.cls.__name__, {})
    shown = {
        field.encode_name: _value(kind, field, own, whole=whole, depth=depth)
        for field in kind.fields
        if whole or field.required or field.name in own or field.name in _ALWAYS
    }
    return {name: value for name, value in shown.items() if value is not UNSET}


def _value(kind: inspect.StructType, field: inspect.Field, own: Mapping[str, Any], *, whole: bool, depth: int) -> Any:
    if own.get(field.name) is UNSET:
        return UNSET  # it is left out: another field says the same
    hint = _hints(kind.cls)[field.name]
    for value in (own[field.name],) if field.name in own else _words(field.name):
        if _fits(value, hint):
            return value
    if _free_text(field.type):
        return _said_of(field.name)
    try:
        return _plain(field.type, whole=whole, depth=depth + 1)
    except NoExampleError as error:
        where = f"{kind.cls.__name__}.{field.name}"
        raise NoExampleError(f"{where}: no example fits; give {field.name!r} one in example_words ({error})") from error


def _free_text(kind: inspect.Type) -> bool:
    """Any text will do, or none."""
    parts = [one for one in kind.types if not _is_unset(one)] if isinstance(kind, inspect.UnionType) else [kind]
    texts = [one for one in parts if not isinstance(one, inspect.NoneType)]
    return all(isinstance(one, inspect.StrType) and one.pattern is None and not one.min_length for one in texts)


def _said_of(name: str) -> str:
    """A text of which only the name is known."""
    if name.endswith("_ja"):
        return "日本語での説明です。"
    return "The same in English." if name.endswith("_en") else name.replace("_", " ")


def _words(name: str) -> tuple[Any, ...]:
    """Whatever ends in `_by` was done by somebody."""
    return WORDS.get(name, WORDS["by"] if name.endswith("_by") else ())


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _fits(value: Any, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except (msgspec.ValidationError, TypeError):
        return False
    return True


def _plain(kind: inspect.Type, *, whole: bool, depth: int) -> Any:
    """A value of a type, whatever its field is called."""
    if isinstance(kind, inspect.Metadata):
        return _of_metadata(kind, whole=whole, depth=depth)
    if isinstance(kind, inspect.StructType):
        if depth > _DEPTH:
            raise NoExampleError("it holds itself")
        return _of_struct(kind, whole=whole, depth=depth)
    if isinstance(kind, inspect.UnionType):
        return _of_union(kind, whole=whole, depth=depth)
    if isinstance(kind, inspect.CollectionType):
        return [_plain(kind.item_type, whole=whole, depth=depth)]
    if isinstance(kind, inspect.DictType):
        return {_key(kind.key_type): _plain(kind.value_type, whole=whole, depth=depth)}
    return _scalar(kind)


def _of_metadata(kind: inspect.Metadata, *, whole: bool, depth: int) -> Any:
    if (kind.extra_json_schema or {}).get("format") == "date-time":
        return AT
    return _plain(kind.type, whole=whole, depth=depth)


def _of_union(kind: inspect.UnionType, *, whole: bool, depth: int) -> Any:
    for one in kind.types:
        if not isinstance(one, inspect.NoneType | inspect.CustomType) and not _is_unset(one):
            return _plain(one, whole=whole, depth=depth)
    return None


def _is_unset(kind: inspect.Type) -> bool:
    return type(kind).__name__ == "UnsetType"


def _key(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.EnumType):
        return str(next(iter(kind.cls)).value)
    return "example"


_OF_KIND: Final[Mapping[type[inspect.Type], Callable[[Any], Any]]] = {
    inspect.EnumType: lambda kind: next(iter(kind.cls)).value,
    inspect.LiteralType: lambda kind: kind.values[0],
    inspect.BoolType: lambda kind: True,
    inspect.IntType: lambda kind: max(kind.ge or 1, 1),
    inspect.FloatType: lambda kind: max(kind.ge or 1.5, 1.5),
    inspect.DateTimeType: lambda kind: AT,
    inspect.DateType: lambda kind: AT[:10],
}


def _scalar(kind: inspect.Type) -> Any:
    of_kind = _OF_KIND.get(type(kind))
    if of_kind is not None:
        return of_kind(kind)
    free_text = isinstance(kind, inspect.StrType) and kind.pattern is None and not kind.min_length
    if free_text or isinstance(kind, inspect.AnyType):
        return "example"
    raise NoExampleError(type(kind).__name__)
