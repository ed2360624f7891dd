"""Hypothesis strategies: any value that a wire struct allows, read off its type; and any JSON value."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from hypothesis import strategies as st

__all__ = ["any_json", "any_of"]

_T = TypeVar("_T", bound=msgspec.Struct)

# A schema calls 1.0 an integer and the decoders do not: whole numbers are written without a point.
_fractions = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer())
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _fractions | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=5,
)


def any_of(struct: type[_T]) -> st.SearchStrategy[_T]:
    """Every lawful value of a struct, its bounds and its optional fields included."""
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)
    required = {field.name: _values(field.type) for field in info.fields if field.required}
    optional = {field.name: _values(field.type) for field in info.fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: struct(**fields))


def _values(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    return _STRATEGIES[type(kind)](kind)


def _words(kind: Any) -> st.SearchStrategy[str]:
    if kind.pattern is not None:
        return st.from_regex(kind.pattern.replace("$", r"\Z"))
    return st.text(max_size=min(kind.max_length or 24, 24))


_STRATEGIES: Final[dict[type[msgspec.inspect.Type], Callable[[Any], st.SearchStrategy[Any]]]] = {
    msgspec.inspect.NoneType: lambda _: st.none(),
    msgspec.inspect.IntType: lambda kind: st.integers(kind.ge, kind.le),
    msgspec.inspect.FloatType: lambda kind: st.floats(kind.ge, kind.le, allow_nan=False, allow_infinity=False),
    msgspec.inspect.StrType: _words,
    msgspec.inspect.LiteralType: lambda kind: st.sampled_from(kind.values),
    msgspec.inspect.UnionType: lambda kind: st.one_of([_values(each) for each in kind.types]),
    msgspec.inspect.VarTupleType: lambda kind: st.lists(
        _values(kind.item_type), min_size=kind.min_length or 0, max_size=3
    ).map(tuple),
    msgspec.inspect.DictType: lambda kind: st.dictionaries(
        _values(kind.key_type), _values(kind.value_type), max_size=3
    ),
    msgspec.inspect.StructType: lambda kind: any_of(kind.cls),
}
