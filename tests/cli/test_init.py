"""`servicehost init` from the command line."""

import json
import stat
from pathlib import Path

import pytest

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.cli import main
from servicehost.opened import open_authority
from servicehost.settings.load import load


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


@pytest.mark.parametrize("way", ["file", "variable"])
def test_the_authoritys_keys_can_be_under_a_passphrase_that_stands_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    secret = "correct horse battery"
    (tmp_path / "passphrase").write_text(f"{secret}\n")
    monkeypatch.setenv("CA_PASSPHRASE", secret)
    flags = {
        "file": ["--passphrase-file", str(tmp_path / "passphrase")],
        "variable": ["--passphrase-variable", "CA_PASSPHRASE"],
    }
    place = tmp_path / "host"
    assert main(["init", str(place), *flags[way]]) == 0
    written = capsys.readouterr()
    assert secret not in written.out + written.err
    for path in place.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path
    for key in ("root-key.pem", "issuing-key.pem"):
        assert b"ENCRYPTED" in (place / "authority" / key).read_bytes()
    settings = load(place / "servicehost.toml", environment={}).settings.authority
    assert open_authority(settings).rollover() is None
    monkeypatch.delenv("CA_PASSPHRASE")
    (tmp_path / "passphrase").write_text("wrong")
    with pytest.raises(AuthorityFileError) as caught:
        open_authority(settings)
    wanted = {"file": FileFault.PASSPHRASE_WRONG, "variable": FileFault.PASSPHRASE_UNSET}
    assert caught.value.code is wanted[way]
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--passphrase-variable", "CA_UNSET"], "authority_passphrase_unset"),
        (["--passphrase-variable", "SERVICEHOST_SECRET"], "passphrase_variable_reserved"),
        (["--passphrase-file", "/dev/null"], "authority_passphrase_empty"),
        (["--passphrase-file", "/dev/null", "--passphrase-variable", "A"], "passphrase_twice"),
    ],
)
def test_a_passphrase_that_cannot_be_used_is_named_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], code: str
) -> None:
    assert main(["init", str(tmp_path / "host"), *flags]) == 2
    assert f"({code})" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
