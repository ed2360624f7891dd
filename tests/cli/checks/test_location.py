"""The doctor looks at the location document's signer and at what units are told."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicehost.cli.checks.location import check_location
from servicehost.settings.load import load
from tests.builders.hosts import a_founded_host


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(a_founded_host(tmp_path).settings).parent


def faults(folder: Path, *flags: str, later: timedelta = timedelta()) -> list[str]:
    settings = load(folder / "servicehost.toml", environment={}, flags=flags).settings
    found = list(check_location(settings, datetime.now(UTC) + later))
    assert [one for one in found if one.severity != "ok" and not one.remedy] == []
    return [f"{one.severity} {one.code}" for one in found if one.severity != "ok"]


def remove_signer(folder: Path) -> None:
    (folder / "door/location-signer.pem").unlink()


def spoil_signer(folder: Path) -> None:
    (folder / "door/location-signer.pem").write_text("not PEM")


def expose_key(folder: Path) -> None:
    (folder / "door/location-signer-key.pem").chmod(0o640)


def swap_key(folder: Path) -> None:
    shutil.copy(folder / "door/door-key.pem", folder / "door/location-signer-key.pem")


def remove_key(folder: Path) -> None:
    (folder / "door/location-signer-key.pem").unlink()


def sign_with_the_door(folder: Path) -> None:
    for end in (".pem", "-key.pem"):
        shutil.copy(folder / f"door/door{end}", folder / f"door/location-signer{end}")


def change_authority(folder: Path) -> None:
    shutil.copy(folder / "authority/root.pem", folder / "authority/issuing.pem")


def test_a_new_host_is_fine(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (remove_signer, "warning location_signer_missing"),
        (spoil_signer, "error location_signer_unreadable"),
        (expose_key, "error location_key_exposed"),
        (swap_key, "error location_key_mismatch"),
        (remove_key, "error location_key_unusable"),
        (sign_with_the_door, "error location_signer_without_purpose"),
        (change_authority, "warning location_signer_of_another_authority"),
    ],
)
def test_a_planted_fault_is_found(folder: Path, plant: Callable[[Path], None], fault: str) -> None:
    plant(folder)
    assert faults(folder) == [fault]


def test_dates_are_judged_by_the_time_given(folder: Path) -> None:
    assert faults(folder, later=timedelta(days=340)) == ["warning location_signer_ends_soon"]
    assert faults(folder, later=timedelta(days=366)) == ["error location_signer_expired"]


def test_hosts_that_nobody_else_can_reach_are_named(folder: Path) -> None:
    anywhere = "adapters_door.addresses=0.0.0.0"
    assert faults(folder, anywhere) == ["warning location_hosts_local"]
    assert faults(folder, anywhere, "location.hosts=wss://a.example") == []
