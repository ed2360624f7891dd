"""Open files: one for each session."""

from collections.abc import Iterator

from servicehost.cli.checks.finding import Finding, fine, warning
from servicehost.runtime.limits import OpenFiles
from servicehost.settings.adapters_door import AdaptersDoorSettings

__all__ = ["check_open_files"]


def check_open_files(settings: AdaptersDoorSettings, limit: OpenFiles) -> Iterator[Finding]:
    """Whether as many sessions fit as the settings ask for. The host raises its own soft limit to the hard one."""
    needed = settings.max_sessions + settings.max_handshakes + settings.reserved_files
    shown = f"the process may open {limit.hard} files; {settings.max_sessions} sessions need {needed}"
    if limit.hard >= needed:
        yield fine("open_files", shown)
    else:
        remedy = f"raise it (LimitNOFILE={needed} in the systemd unit, or `ulimit -Hn`), or lower max_sessions"
        yield warning("open_files_short", shown, remedy)
