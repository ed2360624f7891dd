"""`servicehost serve`: run one host until a signal ends it."""

import os
from typing import Literal

from servicehost.cli.errors import CommandError
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings
from servicehost.runtime.logs import set_up_logs
from servicehost.runtime.loop import UnknownLoop, run
from servicehost.runtime.notify import Notifier


def serve(
    *,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
    log_format: Literal["json", "console"] | None = None,
) -> None:
    """Run a host. SIGTERM or Ctrl-C lets its sessions go and ends it within 30 seconds; a second one hurries.

    Exit codes: 0 left as asked, 1 could not start or a part failed, 2 the settings are wrong.

    Parameters
    ----------
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    log_format
        The same as --set log.format=….
    """
    flags = set_ if log_format is None else (*set_, f"log.format={log_format}")
    loaded = loaded_settings(settings, flags).settings
    set_up_logs(format=loaded.log.format, level=loaded.log.level)
    os.umask(0o077)  # database, log of the database, doors.json: nobody else's business
    from servicehost.serve import HostFailed  # noqa: PLC0415 - wrong settings are said before everything is imported
    from servicehost.serve import serve as serve_host  # noqa: PLC0415
    from servicehost.start import StartFailed  # noqa: PLC0415

    try:
        run(serve_host(loaded, notifier=Notifier(os.environ)), os.environ)
    except (StartFailed, HostFailed) as error:
        raise CommandError(str(error), code=1) from error
    except UnknownLoop as error:
        raise CommandError(f"{error} (unknown_loop)") from error
    except ImportError as error:
        raise CommandError(f"SERVICEHOST_LOOP asks for uvloop, which is not installed: {error} (no_uvloop)") from error
