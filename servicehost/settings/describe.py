"""What each setting is called, what it means and what it is by default: read from the tables' own source."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from servicehost.settings.tables import Settings

__all__ = ["Described", "described", "toml_text"]


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    table: str
    key: str
    meaning: str
    """The first line of the docstring under the field; empty when there is none."""
    type: Any
    default: Any


def described() -> Iterator[Described]:
    """Every setting, table by table, in the order of the source."""
    for table in msgspec.structs.fields(Settings):
        meanings = _meanings(table.type)
        for field in msgspec.structs.fields(table.type):
            yield Described(
                table=table.name,
                key=field.name,
                meaning=meanings.get(field.name, ""),
                type=field.type,
                default=field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory(),
            )


def toml_text(value: object) -> str:
    """A value as TOML would have it; None as the empty string, which for a path means none."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(toml_text(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_toml_key(key)} = {toml_text(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, str | Path):
        return msgspec.json.encode(str(value)).decode()  # a JSON string is a TOML basic string
    return str(value)


def _toml_key(key: str) -> str:
    return str(key) if key.isascii() and key.isidentifier() else msgspec.json.encode(key).decode()


def _meanings(table: type) -> dict[str, str]:
    body = ast.parse(inspect.getsource(table)).body[0]
    if not isinstance(body, ast.ClassDef):
        raise TypeError(f"{table} is not a class of its own")
    meanings: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            meanings[field.target.id] = _text(below)
    return meanings


def _text(expression: ast.Expr) -> str:
    value = expression.value
    text = value.value if isinstance(value, ast.Constant) else ""
    return " ".join(text.split()) if isinstance(text, str) else ""
