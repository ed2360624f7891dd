"""`servicehost preset`: preset commands, through the API of a running host."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import BAD_INPUT, CommandError
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.task_progress import told

SetFlag: TypeAlias = Annotated[
    list[str] | None,
    Parameter(name="--set", negative="", help="The value of a placeholder, as NAME=VALUE; may be given again."),
]
COLUMNS: Final = ("preset", "management_code", "name", "kind", "says")

app = App(name="preset", help=f"Keep commands that are run again and again.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the preset commands; as JSON with their texts and placeholders."""
    write_items(asked(url).all("presets"), COLUMNS, output)


@app.command
def show(preset: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show one preset command.

    Parameters
    ----------
    preset
        Its number.
    """
    write_one(asked(url).call("GET", f"presets/{preset}"), output)


@app.command
def save(management_code: str, file: Path, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Keep a preset command.

    Parameters
    ----------
    management_code
        The management contract.
    file
        What it is, as JSON, with name, text, kind, says, modules and placeholders; - for standard input.
    """
    order = _read(file) | {"management_code": management_code}
    write_one(asked(url).call("POST", "presets", json=order), output)


@app.command
def change(preset: int, file: Path, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Change a preset command.

    Parameters
    ----------
    preset
        Its number.
    file
        What it is from now on, as for save.
    """
    host = asked(url)
    seen = {"If-Match": f'"{host.call("GET", f"presets/{preset}")["version"]}"'}
    write_one(host.call("PUT", f"presets/{preset}", json=_read(file), headers=seen), output)


@app.command
def preview(
    preset: int,
    /,
    *,
    set_: SetFlag = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Show the lines that a preset comes to; nothing is run.

    Parameters
    ----------
    preset
        Its number.
    """
    order = {"values": values_of(set_)}
    lines = asked(url).call("POST", f"presets/{preset}/preview", json=order)["lines"]
    write_items([{"line": line} for line in lines], ("line",), output)


@app.command(name="run")
def run_(
    preset: int,
    service_codes: list[str] | None = None,
    /,
    *,
    set_: SetFlag = None,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    name: str | None = None,
    wait: Annotated[bool, Parameter(negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> int:
    """Order a preset as a task on each of these adapters. Several make a batch; --wait is as for `task run`.

    Parameters
    ----------
    preset
        Its number.
    service_codes
        The adapters, unless they are found otherwise.
    name
        What the batch is called; as the preset unless said.
    wait
        Wait until every task has ended.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    order = {"adapters": meant, "values": values_of(set_), "reason": reason} | ({"name": name} if name else {})
    host = asked(url)
    return told(host, host.call("POST", f"presets/{preset}/tasks", json=order), output, wait=wait)


@app.command
def drop(preset: int, /, *, url: UrlFlag = None) -> None:
    """Drop a preset command.

    Parameters
    ----------
    preset
        Its number.
    """
    asked(url).call("DELETE", f"presets/{preset}")


def values_of(given: list[str] | None) -> dict[str, str]:
    """The values by name. Raises CommandError."""
    pairs = [text.partition("=") for text in given or []]
    if not all(equals for _, equals, _ in pairs):
        raise CommandError("--set takes NAME=VALUE", code=BAD_INPUT)
    return {name: value for name, _, value in pairs}


def _read(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}", code=BAD_INPUT) from error
    if not isinstance(read, dict):
        raise CommandError(f"{file}: a preset is a JSON object", code=BAD_INPUT)
    return read
