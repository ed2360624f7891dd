"""The doctor looks at certificates and keys."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicehost.cli.checks.certificates import check_certificates
from servicehost.settings.load import load
from tests.builders.hosts import a_founded_host

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(a_founded_host(tmp_path).settings).parent


def faults(folder: Path, now: datetime | None = None, *flags: str) -> list[str]:
    now = now or datetime.now(UTC)  # at the call: this module may have been read long before its tests are run
    settings = load(folder / "servicehost.toml", environment={}, flags=flags).settings
    found = list(check_certificates(settings.authority, settings.host, now))
    assert [one for one in found if one.severity != "ok" and not one.remedy] == []
    return [f"{one.severity} {one.code}" for one in found if one.severity != "ok"]


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def spoil(name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_text("not PEM")

    return write


def expose(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).chmod(0o644)


def swap_keys(folder: Path) -> None:
    shutil.copy(folder / "authority/root-key.pem", folder / "authority/issuing-key.pem")


def swap_door_key(folder: Path) -> None:
    shutil.copy(folder / "authority/root-key.pem", folder / "door/door-key.pem")


def swap_root(folder: Path) -> None:
    shutil.copy(folder / "authority/issuing.pem", folder / "authority/root.pem")


def test_new_certificates_are_fine(folder: Path) -> None:
    assert faults(folder) == []


def test_the_root_key_may_be_kept_elsewhere(folder: Path) -> None:
    remove("authority/root-key.pem")(folder)
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (remove("authority/root.pem"), "certificate_missing"),
        (remove("authority/issuing.pem"), "certificate_missing"),
        (remove("door/door.pem"), "certificate_missing"),
        (spoil("door/door.pem"), "certificate_unreadable"),
        (remove("authority/issuing-key.pem"), "authority_file_missing"),
        (remove("door/door-key.pem"), "authority_file_missing"),
        (spoil("door/door-key.pem"), "authority_file_unreadable"),
        (expose("authority/issuing-key.pem"), "key_exposed"),
        (expose("door/door-key.pem"), "key_exposed"),
        (swap_keys, "authority_key_mismatch"),
        (swap_door_key, "door_key_mismatch"),
        (swap_root, "chain_broken"),
    ],
)
def test_a_planted_fault_is_found(folder: Path, plant: Callable[[Path], None], code: str) -> None:
    plant(folder)
    assert f"error {code}" in faults(folder)


def test_dates_are_judged_by_the_time_given(folder: Path) -> None:
    assert faults(folder, NOW + timedelta(days=340)) == ["warning certificate_ends_soon"]
    assert faults(folder, NOW + timedelta(days=366)) == ["error certificate_expired"]
    assert faults(folder, NOW - timedelta(days=1)) == ["error certificate_not_yet_valid"] * 3


def test_a_passphrase_file_that_is_not_there_is_found(folder: Path) -> None:
    assert faults(folder, None, "authority.passphrase_file=absent") == ["error passphrase_unreadable"]
