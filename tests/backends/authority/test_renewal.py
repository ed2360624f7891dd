"""The doors' certificate is renewed in time, under the names it had."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from servicehost.backends.authority.doors import DOOR, DOOR_KEY, renew_door_certificate
from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.backends.authority.renewal import renew_door_certificate_if_due
from tests.builders.authority import NOW, local_authority

NAMES = ("localhost", "host.example")
ADDRESSES = (ip_address("127.0.0.1"), ip_address("::1"))


def certificate_in(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates((folder / DOOR).read_bytes())[0]


async def renewed(folder: Path, now: datetime) -> bool:
    authority = local_authority(folder)
    await renew_door_certificate(authority, folder, names=NAMES, addresses=ADDRESSES, now=NOW)
    return await renew_door_certificate_if_due(authority, folder, now=now)


async def test_before_two_thirds_of_its_life_a_certificate_is_left_alone(tmp_path: Path) -> None:
    assert not await renewed(tmp_path, NOW + timedelta(days=243))
    assert certificate_in(tmp_path).not_valid_before_utc < NOW


@pytest.mark.parametrize("days", [244, 400])
async def test_after_it_the_same_names_and_key_get_another_year(tmp_path: Path, days: int) -> None:
    assert await renewed(tmp_path, NOW + timedelta(days=days))
    certificate = certificate_in(tmp_path)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(NAMES)
    assert names.get_values_for_type(x509.IPAddress) == list(ADDRESSES)
    assert certificate.not_valid_after_utc > NOW + timedelta(days=days + 364)


async def test_the_key_stays(tmp_path: Path) -> None:
    assert not await renewed(tmp_path, NOW)
    before = (tmp_path / DOOR_KEY).read_bytes()
    assert await renew_door_certificate_if_due(
        local_authority(tmp_path / "other"), tmp_path, now=NOW + timedelta(days=300)
    )
    assert (tmp_path / DOOR_KEY).read_bytes() == before


async def test_a_certificate_that_is_missing_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(AuthorityFileError, match="restore it from a backup"):
        await renew_door_certificate_if_due(local_authority(tmp_path), tmp_path / "nowhere", now=NOW)
