"""The first day of a host."""

import sqlite3
import stat
from ipaddress import ip_address
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cryptography import x509

from servicehost.founding import AlreadyFounded, Wishes, found
from servicehost.runtime.clock import SystemClock
from servicehost.settings.fault import SettingsError
from servicehost.settings.load import load
from tests.builders.hosts import a_founded_host

CLOCK = SystemClock()


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}


def test_folders_are_0700_and_files_0600(tmp_path: Path) -> None:
    folder = Path(a_founded_host(tmp_path).settings).parent
    found_modes = modes(folder)
    wanted = {name: 0o700 if (folder / name).is_dir() else 0o600 for name in found_modes}
    assert found_modes == wanted
    assert {"authority/root-key.pem", "authority/issuing-key.pem", "door/door-key.pem"} <= set(found_modes)


def test_the_first_person_is_a_dispatcher_whose_one_time_password_is_nowhere_in_the_files(tmp_path: Path) -> None:
    founded = a_founded_host(tmp_path)
    folder = Path(founded.settings).parent
    with sqlite3.connect(folder / "store/servicehost.sqlite3") as connection:
        rows = connection.execute("SELECT master_id, role, password_hash, password_one_time FROM person").fetchall()
    connection.close()
    ((master_id, role, kept, one_time),) = rows
    assert (master_id, role, bool(one_time)) == (founded.master_id, "dispatcher", True)
    assert kept.startswith("$argon2id$")
    assert PasswordHasher().verify(kept, founded.one_time_password)
    secret = founded.one_time_password.encode()
    assert [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


async def test_names_and_addresses_stand_in_the_doors_certificate_and_choices_in_the_settings(tmp_path: Path) -> None:
    wishes = Wishes(
        host_name="tokyo-1",
        names=("host.example.jp",),
        addresses=(ip_address("192.0.2.7"),),
        settings=("log.format=console", "adapters_door.addresses=127.0.0.1,::1"),
    )
    await found(tmp_path / "h", wishes, clock=CLOCK)
    door = x509.load_pem_x509_certificates((tmp_path / "h/door/door.pem").read_bytes())[0]
    names = door.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "host.example.jp"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "192.0.2.7"]
    settings = load(tmp_path / "h/servicehost.toml", environment={}).settings
    assert (settings.host.name, settings.log.format) == ("tokyo-1", "console")
    assert settings.adapters_door.addresses == ("127.0.0.1", "::1")


async def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    with pytest.raises(AlreadyFounded, match="is not empty"):
        await found(tmp_path, Wishes(), clock=CLOCK)
    assert names_in(tmp_path) == ["note"]


@pytest.mark.parametrize("link", [True, False])
async def test_a_file_or_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path, link: bool) -> None:
    place = tmp_path / "h"
    if link:
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.write_text("mine")
    with pytest.raises(AlreadyFounded):
        await found(place, Wishes(), clock=CLOCK)


async def test_a_name_that_no_certificate_can_carry_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a DNS name"):
        await found(tmp_path / "h", Wishes(names=("no such name",)), clock=CLOCK)
    assert names_in(tmp_path) == []


async def test_paths_are_not_chosen_on_the_first_day(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="path_at_init"):
        await found(tmp_path / "h", Wishes(settings=("store.database=/elsewhere",)), clock=CLOCK)
    assert names_in(tmp_path) == []
