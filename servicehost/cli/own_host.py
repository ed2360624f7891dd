"""The host on this very machine whose settings SERVICEHOST_SETTINGS names: commands find its address by themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from servicehost.cli.errors import UNREACHABLE, CommandError
from servicehost.cli.settings import VARIABLE
from servicehost.doors import Doors, read_doors
from servicehost.settings.fault import SettingsError
from servicehost.settings.load import load
from servicehost.settings.tables import Settings

__all__ = ["FoundHost", "own_host"]

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a host listens on, not us


class FoundHost(msgspec.Struct, frozen=True, kw_only=True):
    """Where its operators' door is. `root`: its authority's certificate, if the door speaks HTTPS."""

    url: str
    root: Path | None = None


def own_host(environment: Mapping[str, str]) -> FoundHost | None:
    """None when SERVICEHOST_SETTINGS is not set. Raises CommandError for bad settings and a host that does not run."""
    file = environment.get(VARIABLE)
    if not file:
        return None
    try:
        settings = load(Path(file), environment=environment).settings
    except SettingsError as error:
        raise CommandError(*map(str, error.problems)) from error
    doors = read_doors(settings.host.run_folder)
    if doors is None:
        text = f"The host of {file} does not run, or is not yours to see; run servicehost serve, or name one by --url"
        raise CommandError(text, code=UNREACHABLE)
    return FoundHost(url=_url(doors), root=None if doors.operators_scheme == "http" else _root(settings))


def _root(settings: Settings) -> Path:
    from servicehost.backends.authority.files import ROOT  # noqa: PLC0415 - slow to import, and plain HTTP needs no root

    return settings.authority.folder / ROOT


def _url(doors: Doors) -> str:
    address, port = doors.operators_door[0]
    reached = _EVERYWHERE.get(address, address)
    return f"{doors.operators_scheme}://{f'[{reached}]' if ':' in reached else reached}:{port}"
