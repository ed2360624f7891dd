"""Settings of the host itself: its name, its certificate, its log, its figures."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

__all__ = ["HostSettings", "LogSettings", "MetricsSettings"]


class HostSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[host]`: this running host."""

    name: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")] = "host-1"
    """Its name among the hosts of one store; never two at once with the same one."""
    run_folder: Path = Path("run")
    """Folder of what is true only while the host runs: doors.json names the doors' real addresses."""
    certificate_folder: Path = Path("door")
    """Folder of the doors' certificate (door.pem) and its key (door-key.pem)."""


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[log]`: the log, on standard error."""

    format: Literal["json", "console"] = "json"
    """One JSON object a line, or lines for people."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is less severe than this is left out."""


class MetricsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[metrics]`: the figures at /metrics of the operators' door."""

    process: bool = True
    """Also give the figures of the process: memory, processor time, open files, garbage collection."""
