"""The published JSON Schemas of every frame, made of the structs that read and write them.

A schema is a promise about what is sent. What is read is more: unknown fields are ignored everywhere.
"""

import ast
import inspect
from types import ModuleType
from typing import Any, Final

import msgspec

from protocol import codec, location, messages, task_messages
from protocol.codec import Refusal
from protocol.location import Location
from protocol.session import STRUCTS
from protocol.states import Kind

__all__ = ["ERROR_FRAME", "Schema", "frame_name", "frame_schemas", "published", "struct_schemas"]

Schema = dict[str, Any]

ERROR_FRAME: Final = "error"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/$defs/{name}"
_BESIDE: Final = (Refusal, Location, task_messages.PingFigures, task_messages.Hop)
"""Structs that stand in no frame of their own."""


def frame_name(kind: Kind) -> str:
    """The name of the schema of a whole frame of `kind`, when it is no error: `hello.request`, `hello.result`."""
    if kind is Kind.HELLO_REFUSED:
        return ERROR_FRAME
    return f"{kind.method}.{'result' if kind.role == 'answer' else kind.role}"


def published() -> Schema:
    """The whole schema document: any lawful frame, and each frame and each struct by name in its `$defs`."""
    frames = frame_schemas()
    return {
        "$schema": _DIALECT,
        "title": "servicehost.v1: every text frame between a service host and its units",
        "anyOf": [{"$ref": _REF.format(name=name)} for name in frames],
        "$defs": {**frames, **struct_schemas()},
    }


def frame_schemas() -> dict[str, Schema]:
    """The schema of each whole frame, by `frame_name`, in the order of the protocol."""
    frames = {frame_name(kind): _frame(kind) for kind in Kind if kind is not Kind.HELLO_REFUSED}
    return {**frames, ERROR_FRAME: _error_frame()}


def struct_schemas() -> dict[str, Schema]:
    """The schema of every struct, by name, its fields described."""
    _, components = msgspec.json.schema_components([*STRUCTS.values(), *_BESIDE], ref_template=_REF)
    modules = (messages, task_messages, location)
    notes = {name: each for module in modules for name, each in _field_notes(module).items()}
    notes["Refusal"] = _field_notes(codec)["Refusal"]
    for name, schema in components.items():
        schema["description"] = inspect.cleandoc(schema["description"])
        for field, note in notes[name].items():
            _describe(schema["properties"], field, note)
    return components


def _describe(properties: dict[str, Schema], field: str, note: str) -> None:
    schema = properties[field]
    if "$ref" in schema:
        schema = {"allOf": [{"$ref": schema["$ref"]}], **{key: schema[key] for key in schema if key != "$ref"}}
    properties[field] = {"description": note, **schema}


def _field_notes(module: ModuleType) -> dict[str, dict[str, str]]:
    """What stands in quotes below each field of each struct: it is nowhere to be found at run time."""
    notes: dict[str, dict[str, str]] = {}
    for struct in ast.parse(inspect.getsource(module)).body:
        if isinstance(struct, ast.ClassDef):
            notes[struct.name] = {}
            for field, below in zip(struct.body, struct.body[1:], strict=False):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(note))):
                        notes[struct.name][name] = inspect.cleandoc(note)
    return notes


_ID: Final[Schema] = {
    "description": "Chosen by whoever asks, echoed by whoever answers.",
    "anyOf": [
        {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1},
        {"type": "string", "maxLength": 64},
    ],
}


def _envelope(**members: Schema) -> Schema:
    properties = {"jsonrpc": {"const": "2.0"}, **members}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _frame(kind: Kind) -> Schema:
    body: Schema = {"$ref": _REF.format(name=STRUCTS[kind].__name__)}
    method: Schema = {"const": kind.method}
    if kind.role == "request":
        return _envelope(method=method, id=_ID, params=body)
    if kind.role == "notification":
        return {**_envelope(method=method, params=body), "not": {"required": ["id"]}}
    return {**_envelope(id=_ID, result=body), "not": {"required": ["method"]}}


def _error_frame() -> Schema:
    error = {
        "type": "object",
        "properties": {
            "code": {"type": "integer"},
            "message": {"type": "string"},
            "data": {"$ref": _REF.format(name="Refusal")},
        },
        "required": ["code", "message"],
    }
    unread: Schema = {"type": "null", "description": "The request could not be read."}
    return {**_envelope(id={"anyOf": [*_ID["anyOf"], unread]}, error=error), "not": {"required": ["method"]}}
