"""`servicehost doctor` from the command line, beside a host that stands and one that runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from servicehost.cli import main
from servicehost.founding import Founded
from tests.builders.hosts import a_founded_host, running_host


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    return a_founded_host(tmp_path)


def report(founded: Founded, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--settings", founded.settings, "-o", "json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_a_new_host_is_healthy_and_the_doctor_leaves_nothing_behind(
    founded: Founded, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(founded.settings).parent
    before = sorted(folder.rglob("*"))
    code, said = report(founded, capsys)
    assert (code, said["healthy"]) == (0, True)
    assert [one for one in said["findings"] if one["severity"] == "error"] == []
    assert sorted(folder.rglob("*")) == before


def test_everything_but_ok_has_a_remedy_and_an_error_makes_the_exit_code_one(
    founded: Founded, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(founded.settings).parent / "door/door-key.pem").chmod(0o640)
    code, said = report(founded, capsys)
    assert (code, said["healthy"]) == (1, False)
    assert "key_exposed" in [one["code"] for one in said["findings"] if one["severity"] == "error"]
    assert [one for one in said["findings"] if one["severity"] != "ok" and not one["remedy"]] == []
    assert main(["doctor", "--settings", founded.settings]) == 1
    assert "-> chmod 600" in capsys.readouterr().out


def test_the_doctor_may_look_while_the_host_runs(founded: Founded, capsys: pytest.CaptureFixture[str]) -> None:
    with running_host(founded) as host:
        flags = [f"--set={door}.port={getattr(host.doors, door)[0][1]}" for door in ("adapters_door", "operators_door")]
        code, said = report(founded, capsys, *flags)
    codes = [one["code"] for one in said["findings"]]
    assert (code, codes.count("port_ours"), "database_served" in codes) == (0, 4, True)


def test_wrong_settings_are_said_before_anything_is_looked_at(
    founded: Founded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--settings", founded.settings, "--set", "log.level=loud"]) == 2
    written = capsys.readouterr()
    assert (written.out, "(wrong_value)" in written.err) == ("", True)
