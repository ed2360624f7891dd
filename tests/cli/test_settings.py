"""`servicehost settings show`."""

import tomllib
from pathlib import Path

import pytest

from servicehost.cli import main


def test_show_is_toml_and_origin_says_where_each_value_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[log]\nlevel = "error"\n')
    monkeypatch.setenv("SERVICEHOST_HOST_NAME", "tokyo-1")
    assert main(["settings", "show", "--settings", str(file), "--set", "log.format=console", "--origin"]) == 0
    shown = capsys.readouterr().out
    parsed = tomllib.loads(shown)
    assert (parsed["log"], parsed["host"]["name"]) == ({"format": "console", "level": "error"}, "tokyo-1")
    assert 'name = "tokyo-1"  # environment variable SERVICEHOST_HOST_NAME' in shown
    assert 'format = "console"  # flag log.format' in shown
    assert "port = 8443  # default" in shown


def test_the_file_is_named_by_the_environment_or_lies_in_the_present_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["settings", "show"]) == 2
    assert "(settings_missing)" in capsys.readouterr().err
    (tmp_path / "other.toml").write_text('[host]\nname = "other"\n')
    monkeypatch.setenv("SERVICEHOST_SETTINGS", "other.toml")
    assert main(["settings", "show"]) == 0
    assert 'name = "other"' in capsys.readouterr().out
