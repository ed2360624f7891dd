"""`servicehost settings`, and how every command finds its settings."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.errors import CommandError
from servicehost.settings.fault import SettingsError
from servicehost.settings.load import Loaded, load

__all__ = ["SetFlag", "SettingsFlag", "app", "loaded_settings"]

VARIABLE: Final = "SERVICEHOST_SETTINGS"
DEFAULT_FILE: Final = "servicehost.toml"
SettingsFlag = Annotated[Path | None, Parameter(name="--settings")]
SetFlag = Annotated[tuple[str, ...], Parameter(name="--set", negative="")]

app = App(name="settings", help="Look at the settings of a host.")


def loaded_settings(file: Path | None, flags: tuple[str, ...] = ()) -> Loaded:
    """The settings of --settings, else of SERVICEHOST_SETTINGS, else of ./servicehost.toml. Raises CommandError."""
    named = file or Path(os.environ.get(VARIABLE) or DEFAULT_FILE)
    try:
        return load(named, environment=os.environ, flags=flags)
    except SettingsError as error:
        raise CommandError(*map(str, error.problems)) from error


@app.command
def show(*, settings: SettingsFlag = None, set_: SetFlag = (), origin: bool = False) -> None:
    """Show every setting as it holds now, as TOML.

    Parameters
    ----------
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    origin
        Say beside each where it comes from.
    """
    from servicehost.settings.describe import described, toml_text  # noqa: PLC0415 - only this command reads our source

    loaded = loaded_settings(settings, set_)
    table = ""
    for one in described():
        if one.table != table:
            sys.stdout.write(f"{'' if table == '' else chr(10)}[{one.table}]\n")
            table = one.table
        value = toml_text(getattr(getattr(loaded.settings, one.table), one.key))
        note = f"  # {loaded.origins.get((one.table, one.key), 'default')}" if origin else ""
        sys.stdout.write(f"{one.key} = {value}{note}\n")
