"""The doctor looks at the doors' addresses."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicehost.cli.checks.ports import check_ports
from servicehost.doors import Doors, write_doors
from servicehost.settings.load import load


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def findings(folder: Path, *flags: str) -> list[str]:
    """Of a host whose doors all are on free ports of 127.0.0.1, but for `flags`."""
    quiet = [
        f"{door}_door.{what}"
        for door in ("adapters", "bootstrap", "operators")
        for what in ("port=0", "addresses=127.0.0.1")
    ]
    settings = load(folder / "servicehost.toml", environment={}, flags=[*quiet, *flags]).settings
    found = list(check_ports(settings))
    assert [one for one in found if one.severity != "ok" and not one.remedy] == []
    return [f"{one.severity} {one.code}" for one in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "servicehost.toml").touch()
    return tmp_path


def test_a_free_port_is_fine_and_any_free_one_needs_no_look(folder: Path, taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        free = gone.getsockname()[1]
    assert findings(folder) == []
    assert findings(folder, f"adapters_door.port={free}") == ["ok port_free"]


@pytest.mark.parametrize("door", ["adapters_door", "bootstrap_door", "operators_door"])
def test_a_port_held_by_another_program_is_an_error(folder: Path, taken: int, door: str) -> None:
    assert findings(folder, f"{door}.port={taken}") == ["error port_taken"]


@pytest.mark.parametrize(("alive", "expected"), [(True, "ok port_ours"), (False, "error port_taken")])
def test_a_port_is_ours_if_a_living_host_of_this_folder_says_so(
    folder: Path, taken: int, alive: bool, expected: str
) -> None:
    doors = Doors(
        host="h",
        run=1,
        pid=os.getpid() if alive else 2**22 + 1,  # one above what the kernel gives
        adapters_door=[("127.0.0.1", taken)],
        bootstrap_door=[],
        operators_door=[],
        operators_scheme="http",
    )
    write_doors(folder / "run", doors)
    assert findings(folder, f"adapters_door.port={taken}") == [expected]
    assert findings(folder, f"operators_door.port={taken}") == ["error port_taken"]


def test_an_address_of_another_machine_is_an_error(folder: Path) -> None:
    flags = ("adapters_door.addresses=192.0.2.1", "adapters_door.port=18443")
    assert findings(folder, *flags) == ["error address_not_here"]
