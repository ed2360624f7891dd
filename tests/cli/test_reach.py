"""Whatever the HTTP API does, a command does too."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from typing import Final

from cyclopts import App

import servicehost.cli
from servicehost.cli.app import app
from servicehost.web.route import Route
from servicehost.web.table import route_table
from tests.cli.reach import OPEN, Asked, asked_in, asked_of_a_host

SOURCES: Final = Path(servicehost.cli.__file__).parent
WITHOUT_A_COMMAND: Final = {
    "isAlive": "a probe, asked by whatever keeps the host running",
    "isReady": "a probe, asked by whatever sends requests to the host",
    "readMetrics": "numbers, collected by a monitoring system",
    "readOpenApi": "the description of the API, for programs that speak it",
    "takeCarrierNotice": "the carrier's own call, believed by its signature and not by a person's token",
    "readWorkingConfig": "the main module as a field of JSON; `config show` writes its very bytes",
    "saveWorkingConfig": "the main module as a field of JSON; `config set` saves its very bytes",
    "readSnapshot": "one line of `snapshot list`; `snapshot show` says what each adapter had",
    "readRevision": "the main module as a field of JSON; `config show --revision` writes its very bytes",
}
"""Each with its reason."""


def known(routes: Iterable[Route]) -> dict[Asked, str]:
    """The names of the routes by what is asked of them."""
    return {(one.method, re.sub(r"\{[^}]*\}", "{}", one.path.removeprefix("/api/v1/"))): one.name for one in routes}


def unreached(routes: Iterable[Route], asked: Collection[Asked]) -> set[str]:
    """The names of the routes that nothing in `asked` speaks to."""
    return {name for address, name in known(routes).items() if address not in asked}


def test_every_route_has_a_command_or_a_reason_why_not() -> None:
    without = unreached(route_table(), asked_of_a_host(SOURCES))
    assert sorted(without - WITHOUT_A_COMMAND.keys()) == [], "give each a command, or say here why it has none"
    assert sorted(WITHOUT_A_COMMAND.keys() - without) == [], "these have a command by now, or are no routes"


def test_whatever_takes_the_address_of_a_host_is_a_command() -> None:
    """Else a route would count as reached by what nobody can call."""
    written = {
        function
        for file in SOURCES.glob("*.py")
        for function in vars(import_module(f"servicehost.cli.{file.stem}")).values()
        if isfunction(function) and function.__module__.startswith("servicehost.cli.")
        if not function.__name__.startswith("_") and "output" in signature(function).parameters
        if "url" in signature(function).parameters
    }
    assert written - set(commands(app)) == set()
    assert len(written) > 150


def commands(parent: App) -> Iterator[object]:
    """Every function that is run by some words of the command line."""
    for name in parent:
        if not name.startswith("-"):
            child = parent[name]
            yield child.default_command
            yield from commands(child)


def test_no_command_asks_for_what_no_route_answers() -> None:
    asked = {(method, path) for method, path in asked_of_a_host(SOURCES) if path != OPEN}
    assert sorted(asked - known(route_table()).keys()) == []


def test_a_new_route_is_found_missing() -> None:
    cancel = next(route for route in route_table() if route.name == "cancelTask")
    forget = replace(cancel, path="/api/v1/tasks/{task}/forget", name="forgetTask")
    change = replace(cancel, method="PATCH", name="changeTask")
    assert unreached((cancel, forget, change), asked_of_a_host(SOURCES)) == {"forgetTask", "changeTask"}


def test_paths_are_read_as_people_write_them() -> None:
    source = """
BASE = "wheels"
def turn(wheel):
    path, host = f"{BASE}/{wheel}", asked(url)
    host.call("POST", f"{path}/turns")
    host.call("PUT" if wheel else "DELETE", path)
    write(host.all("wheels"))
def stop(wheel): _do(wheel, "stop")
def go(wheel): _do(wheel, "go")
def _do(wheel, verb):
    host.call("POST", f"wheels/{wheel}/{verb}")
    host.copy("sound", take, {}, seen=None)
    host.copy("song", take, {}, seen=None, order={})
def any_other(wheel, verb):
    host.call("POST", f"wheels/{wheel}/{verb}")
"""
    assert set(asked_in(source)) == {
        ("POST", "wheels/{}/turns"),
        ("PUT", "wheels/{}"),
        ("DELETE", "wheels/{}"),
        ("GET", "wheels"),
        ("POST", "wheels/{}/stop"),
        ("POST", "wheels/{}/go"),
        ("GET", "sound"),
        ("POST", "song"),
        ("POST", "wheels/{}/{}"),
    }
