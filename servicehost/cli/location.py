"""`servicehost location`: the document that tells units where to call, without a running host."""

import asyncio
import os
import sys
from pathlib import Path

from cyclopts import App

from servicehost.cli.errors import CommandError
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings
from servicehost.settings.fault import SettingFault
from servicehost.settings.tables import Settings

app = App(name="location", help="Give out the document that tells units where to call.")


@app.command
def export(place: Path, /, *, settings: SettingsFlag = None, set_: SetFlag = ()) -> None:
    """Write the signed document, the very octets that the bootstrap door gives, for any web server to give out.

    It reads the settings, the authority and the doors' folder; neither the database nor a running host is needed. What
    it wrote expires: do it again at least once in half of location.validity_s.

    Parameters
    ----------
    place
        A file; or an existing folder, the root of a web server, in which it becomes .well-known/servicehost/location.
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    """
    loaded = loaded_settings(settings, set_).settings
    from servicehost.start import StartFailed, naming_failures  # noqa: PLC0415 - wrong settings are said first

    try:
        with naming_failures():
            text = asyncio.run(_current(loaded))
            written = _write(place, text)
    except SettingFault as error:
        raise CommandError(f"{error} ({error.code})") from error
    except StartFailed as error:
        raise CommandError(str(error), code=1) from error
    sys.stdout.write(f"{written}\n")


async def _current(settings: Settings) -> bytes:
    from servicehost.domain.instant import as_datetime  # noqa: PLC0415
    from servicehost.doors import read_doors  # noqa: PLC0415
    from servicehost.locating import location_of  # noqa: PLC0415
    from servicehost.opened import open_authority  # noqa: PLC0415
    from servicehost.runtime.clock import SystemClock  # noqa: PLC0415

    os.umask(0o077)  # what is made in the doors' folder is the host's own
    clock = SystemClock()
    source = location_of(
        settings,
        open_authority(settings.authority, beside=True),
        now=lambda: as_datetime(clock.wall()),
        listening=lambda: read_doors(settings.host.run_folder),
    )
    return (await source.current()).text


def _write(place: Path, text: bytes) -> Path:
    """In one step: a web server finds the old document or the new one. Anybody may read it."""
    from protocol.location import PATH  # noqa: PLC0415

    path = place / PATH.lstrip("/") if place.is_dir() else place
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_bytes(text)
    draft.chmod(0o644)
    draft.replace(path)
    return path
