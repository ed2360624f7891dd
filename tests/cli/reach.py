"""What the command line asks of a host, read from its sources: each method and path, as far as they are written there.

A part of a path that is known only when a command runs is `{}`. It stands for a parameter of a route and never for a
fixed word: an f-string that leaves the last word open reaches nothing, unless the words it is called with are written.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

__all__ = ["OPEN", "Asked", "asked_in", "asked_of_a_host"]

Asked: TypeAlias = tuple[str, str]
"""Method and path, without what stands before every path of the API."""
OPEN = "{}"
_THE_CLIENT = "host_api.py"
_METHODS = {"all": "GET", "copy": "GET"}
_MOST = 32
"""Spellings of one path: more are none that a person wrote down."""


def asked_of_a_host(folder: Path) -> set[Asked]:
    """By every source in the folder but that of the client itself."""
    sources = (file for file in folder.glob("*.py") if file.name != _THE_CLIENT)
    return {asked for file in sources for asked in asked_in(file.read_text())}


def asked_in(source: str) -> Iterator[Asked]:
    """By one source."""
    module = ast.parse(source)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        names = _Names(module, function)
        for call in _calls(function):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("call", "all", "copy"):
                yield from _asked(call, call.func.attr, names)


def _asked(call: ast.Call, way: str, names: "_Names") -> Iterator[Asked]:
    paths = call.args[1:] if way == "call" else call.args
    posted = way == "copy" and any(keyword.arg == "order" for keyword in call.keywords)
    methods = names.spelt(call.args[0]) if way == "call" else ["POST" if posted else _METHODS[way]]
    for path in names.spelt(paths[0]) if paths else ():
        yield from ((method, path) for method in methods)


class _Names:
    """What the names that a function uses are known to hold."""

    def __init__(self, module: ast.Module, function: ast.FunctionDef) -> None:
        self._known: dict[str, list[ast.expr]] = {}
        for name, value in (*_assigned(module.body), *_assigned(ast.walk(function)), *_passed(module, function)):
            self._known.setdefault(name, []).append(value)

    def spelt(self, value: ast.expr) -> list[str]:
        """Every text that it can be, in the order of the source."""
        match value:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp(body=one, orelse=other):
                return [*self.spelt(one), *self.spelt(other)]
            case ast.FormattedValue(value=inner):
                return self.spelt(inner)
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.Name(id=name) if name in self._known:
                return [text for one in self._known[name] for text in self.spelt(one)]
        return [OPEN]

    def _joined(self, parts: Sequence[ast.expr]) -> list[str]:
        texts = [""]
        for part in parts:
            texts = [text + more for text in texts for more in self.spelt(part)][:_MOST]
        return texts


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from (
                    (one.id, value) for one, value in zip(names, values, strict=True) if isinstance(one, ast.Name)
                )


def _passed(module: ast.Module, function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """The words with which the module itself calls the function."""
    arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    for call in _calls(module):
        if isinstance(call.func, ast.Name) and call.func.id == function.name:
            pairs = zip(arguments, call.args, strict=False)  # what is left out, or given by its name, stays open
            yield from ((name, value) for name, value in pairs if isinstance(value, ast.Constant))
