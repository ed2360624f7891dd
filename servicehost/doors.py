"""Where a running host listens, as a file that programs beside it can read."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["DOORS", "Doors", "forget_doors", "read_doors", "write_doors"]

DOORS: Final = "doors.json"


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """Address and port of each door. In `run_folder`/doors.json from ready until the host begins to leave."""

    host: str
    run: int
    pid: int
    adapters_door: list[tuple[str, int]]
    bootstrap_door: list[tuple[str, int]]
    operators_door: list[tuple[str, int]]
    operators_scheme: str


def write_doors(folder: Path, doors: Doors) -> None:
    """Appears in one step, so that a reader sees a whole file or none. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{DOORS}-{doors.pid}"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(doors), indent=2) + b"\n")
    draft.replace(folder / DOORS)


def read_doors(folder: Path) -> Doors | None:
    """None when no host of this folder is ready; what a killed one left behind does not count."""
    try:
        doors = msgspec.json.decode((folder / DOORS).read_bytes(), type=Doors)
        os.kill(doors.pid, 0)
    except (OSError, msgspec.DecodeError):
        return None
    return doors


def forget_doors(folder: Path) -> None:
    """Harmless twice."""
    with suppress(OSError):
        (folder / DOORS).unlink()
