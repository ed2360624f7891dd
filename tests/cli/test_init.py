"""`servicehost init` from the command line."""

import json
import stat
from pathlib import Path

import pytest

from servicehost.cli import main


def test_init_prints_the_password_once_and_a_second_init_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "host"
    assert main(["init", str(place), "-o", "json", "--management-label", "Example"]) == 0
    founded = json.loads(capsys.readouterr().out)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert founded["one_time_password"]
    assert founded["management_code"].startswith("nxm")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert main(["init", str(place)]) == 2
    written = capsys.readouterr()
    assert (written.out, "(already_founded)" in written.err) == ("", True)
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--address", "host.example"], "bad_address"),
        (["--name", "no such name"], "bad_name"),
        (["--set", "log.colour=1"], "unknown_key"),
        (["--host-name", "no such name"], "wrong_value"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_named_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], code: str
) -> None:
    assert main(["init", str(tmp_path / "host"), *flags]) == 2
    assert f"({code})" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
