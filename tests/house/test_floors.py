"""A room uses the floors beneath it and nothing else. The plan is in ARCHITECTURE.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("servicehost", "protocol", "adapter_sim")

# What each room may use of ours, beside itself. Rooms that are not listed do not exist.
MAY_USE: dict[str, tuple[str, ...]] = {
    "protocol": (),
    "adapter_sim": ("protocol",),
    "servicehost.runtime": ("servicehost.ports.clock", "servicehost.ports.meter"),
    "servicehost.domain": ("protocol.identity", "protocol.codes"),
    "servicehost.ports": ("protocol", "servicehost.domain"),
    "servicehost.settings": ("protocol.timing", "protocol.location", "servicehost.domain"),
    "servicehost.backends": ("protocol", "servicehost.domain", "servicehost.ports", "servicehost.runtime"),
    "servicehost.sessions": (
        "protocol",
        "servicehost.domain",
        "servicehost.ports",
        "servicehost.runtime",
        "servicehost.settings",
    ),
    "servicehost.bootstrap": (
        "protocol",
        "servicehost.domain",
        "servicehost.ports",
        "servicehost.runtime",
        "servicehost.settings",
    ),
    "servicehost.operations": ("protocol", "servicehost.domain", "servicehost.ports", "servicehost.settings"),
    "servicehost.workers": (
        "servicehost.operations",
        "servicehost.domain",
        "servicehost.ports",
        "servicehost.runtime",
        "servicehost.settings",
    ),
    "servicehost.web": (
        "protocol",
        "servicehost.operations",
        "servicehost.domain",
        "servicehost.ports",
        "servicehost.runtime",
        "servicehost.settings",
    ),
}
ROOF = ("servicehost.cli", "servicehost.serve", "servicehost.wiring", "servicehost.demo", "servicehost.__main__")

# Libraries that would make a pure room impure.
IMPURE = ("asyncio", "socket", "logging", "structlog", "sqlalchemy", "aiohttp", "aiosqlite", "uvloop", "random", "time")
PURE = ("protocol", "servicehost.domain")


def _files(room: str) -> Iterator[Path]:
    place = ROOT / room.replace(".", "/")
    yield from place.rglob("*.py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            # `from servicehost import web` names a room too
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module in OURS)


def _within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_uses_only_the_floors_beneath_it(room: str) -> None:
    allowed = (room, *MAY_USE[room])
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _files(room)
        for name in _imports(path)
        if name.split(".")[0] in OURS and name not in OURS and not _within(name, allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_nothing_impure(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _files(room)
        for name in _imports(path)
        if name.split(".")[0] in IMPURE
    ]
    assert wrong == []


def test_every_room_of_the_host_is_on_the_plan() -> None:
    rooms = {
        f"servicehost.{path.name}" for path in (ROOT / "servicehost").iterdir() if (path / "__init__.py").is_file()
    }
    assert rooms <= {*MAY_USE, *ROOF}


def test_no_file_is_called_by_a_word_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    found = [path for top in OURS for path in (ROOT / top).rglob("*.py") if path.stem in vague]
    assert found == []


def test_public_classes_and_functions_of_the_wire_and_the_rules_have_docstrings() -> None:
    bare = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for room in PURE
        for path in _files(room)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert bare == []
