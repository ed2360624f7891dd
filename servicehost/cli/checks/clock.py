"""The machine's clock: certificates, tokens and every record hang on it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Final

from servicehost.cli.checks.finding import Finding, error, fine, warning
from servicehost.domain.instant import as_datetime
from servicehost.ports.clock import Clock

__all__ = ["check_clock", "ntp_synchronized"]

# This program was written in the first of these years; a certificate lives a year, so the last is far enough.
SANE_YEARS: Final = range(2026, 2100)
_READS: Final = 1000
_SET_IT: Final = "set the clock, and let it follow NTP (`timedatectl set-ntp true`)"


def check_clock(clock: Clock, synchronized: Callable[[], bool | None]) -> Iterator[Finding]:
    """The year, the monotonic clock, and whether the wall clock follows a time server."""
    now = as_datetime(clock.wall())
    if now.year in SANE_YEARS:
        yield fine("clock_sane", f"the clock says {now:%Y-%m-%d %H:%M:%S} UTC")
    else:
        yield error("clock_insane", f"the clock says {now:%Y-%m-%d}: no certificate holds then", _SET_IT)
    reads = [clock.monotonic() for _ in range(_READS)]
    if reads != sorted(reads):
        remedy = "look at the kernel's clock source (/sys/devices/system/clocksource), or at the virtual machine's host"
        yield error("clock_goes_back", "the monotonic clock goes back: every deadline hangs on it", remedy)
    state = synchronized()
    if state is False:
        yield warning("clock_unsynchronized", "the clock follows no time server", _SET_IT)
    elif state:
        yield fine("clock_synchronized", "the clock follows a time server")


def ntp_synchronized() -> bool | None:
    """What systemd says of it; None where nobody can be asked."""
    command = shutil.which("timedatectl")
    if command is None:
        return None
    ask = [command, "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, timeout=3, check=True).stdout.strip()  # noqa: S603 - a fixed command
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)
