"""`servicehost rollout create`: a plan from the command line to the API, field by field."""

import re
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from cyclopts import Parameter

from servicehost.cli.asking import UrlFlag, asked
from servicehost.cli.errors import BAD_INPUT, CommandError
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_one

__all__ = ["NoteFlag", "create"]

NoteFlag: TypeAlias = Annotated[str, Parameter(name="--note", help="Why; it is recorded.")]
_WINDOW: Final = re.compile(r"(?P<days>[a-z]{3}(,[a-z]{3})*) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)", re.ASCII)


def create(
    name: str,
    /,
    *,
    adapters: Annotated[list[str] | None, Parameter(name="--adapter")] = None,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    module: int | None = None,
    file: Path | None = None,
    module_name: str | None = None,
    module_version: str | None = None,
    wave: list[str] | None = None,
    concurrency: int = 50,
    per_minute: int | None = None,
    soak_s: int = 300,
    confirmed_percent: int = 95,
    stop_failed: int | None = None,
    stop_failed_percent: int = 10,
    stop_at_least: int = 10,
    window: list[str] | None = None,
    zone: str = "UTC",
    confirm_timeout_s: int = 600,
    absent_for_s: int = 604_800,
    start_at: str | None = None,
    approval: Annotated[bool, Parameter(negative="")] = False,
    note: NoteFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Write a rollout down, to be looked at and started.

    Parameters
    ----------
    name
        What it is called.
    adapters
        The service code of one adapter; again for each, in the order in which they are tried.
    module
        The module that is set to the content of --file in each; without it each gets its working config.
    file
        The text of the module, in UTF-8.
    module_name
        What the module is called from then on; as it was unless said.
    module_version
        The version of the module from then on; as it was unless said.
    wave
        How many adapters a wave has, as 3 or 20%; again for each wave. Whoever is left is the last one.
    concurrency
        How many are tried at the same time.
    per_minute
        How many are begun in a minute at most.
    soak_s
        How long each is watched after it confirmed.
    confirmed_percent
        How many of a hundred that were tried must come through before the next wave.
    stop_failed
        After how many failures the host pauses by itself.
    stop_failed_percent
        After what share of failures, of a hundred that were tried; 0 never.
    stop_at_least
        How many must have been tried before a share counts.
    window
        When adapters may be disturbed, as "mon,tue,wed 22:00-05:00"; again for each window. Always, unless said.
    zone
        IANA time zone of the windows, as Asia/Tokyo.
    confirm_timeout_s
        How long a unit may take to confirm before it goes back by itself.
    absent_for_s
        How long after the start whoever is away is waited for; then they are left out.
    start_at
        Not before this instant, as 2026-04-01T02:30:00+09:00.
    approval
        A second person must approve it.
    """
    order: dict[str, Any] = {
        "name": name,
        "note": note,
        "targets": selection_of(adapters or [], group, tag, query, saved),
        "waves": [_wave(one) for one in wave or []],
        "pace": {"concurrency": concurrency} | _said(per_minute=per_minute),
        "gate": {"soak_s": soak_s, "confirmed_percent": confirmed_percent},
        "stop": {"failed_percent": stop_failed_percent, "at_least": stop_at_least} | _said(failed=stop_failed),
        "confirm_timeout_s": confirm_timeout_s,
        "absent_for_s": absent_for_s,
        "approval": approval,
    } | _said(start_at=start_at)
    if window:
        order["windows"] = {"windows": [_window(one) for one in window], "time_zone": zone}
    named = _said(name=module_name, version=module_version)
    if (module is None) != (file is None) or (named and file is None):
        raise CommandError("Give --module and --file together: which module is set, and to what")
    if file is not None:
        order["content"] = {"module": module, "body": _text_of(file)} | named
    write_one(asked(url).call("POST", "rollouts", json=order), output)


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode()  # every byte as it is: a config's digest is that of its bytes
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: it cannot be read as text ({error})", code=BAD_INPUT) from error


def _wave(text: str) -> dict[str, int]:
    number = text.removesuffix("%")
    if not number.isdigit():
        raise CommandError(f"{text!r} is no wave: write how many adapters, as 3, or a percentage, as 20%")
    return {"percent" if text.endswith("%") else "count": int(number)}


def _window(text: str) -> dict[str, Any]:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise CommandError(f'{text!r} is no window: write days and local times, as "mon,tue 22:00-05:00"')
    return {"days": found["days"].split(","), "opens": found["opens"], "closes": found["closes"]}
