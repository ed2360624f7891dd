import ssl
import stat
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from servicehost.backends.authority.doors import DoorFiles, renew_door_certificate
from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.ports.authority import Authority
from tests.builders.authority import NOW, local_authority
from tests.builders.openssl import openssl


async def renew(authority: Authority, folder: Path, days: int = 0) -> DoorFiles:
    addresses = [IPv4Address("127.0.0.1")]
    now = NOW + timedelta(days=days)
    return await renew_door_certificate(authority, folder, names=["localhost"], addresses=addresses, now=now)


async def test_the_doors_get_a_chain_and_a_key_that_ssl_takes(tmp_path: Path) -> None:
    files = await renew(local_authority(tmp_path), tmp_path / "doors")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
    assert files.certificate.read_text().count("BEGIN CERTIFICATE") == 2
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600


async def test_a_renewal_keeps_the_key_and_replaces_the_certificate(tmp_path: Path) -> None:
    authority = local_authority(tmp_path)
    files = await renew(authority, tmp_path / "doors")
    key, certificate = files.key.read_bytes(), files.certificate.read_bytes()
    await renew(authority, tmp_path / "doors", days=200)
    assert files.key.read_bytes() == key
    assert files.certificate.read_bytes() != certificate
    assert sorted(path.name for path in (tmp_path / "doors").iterdir()) == ["door-key.pem", "door.pem"]
    assert b"Sep 17 12:00:00 2027" in openssl("x509", "-in", files.certificate, "-noout", "-enddate")


async def test_a_key_that_others_can_read_stops_the_renewal(tmp_path: Path) -> None:
    authority = local_authority(tmp_path)
    files = await renew(authority, tmp_path / "doors")
    before = files.certificate.read_bytes()
    files.key.chmod(0o644)
    with pytest.raises(AuthorityFileError) as caught:
        await renew(authority, tmp_path / "doors", days=200)
    assert caught.value.code is FileFault.KEY_EXPOSED
    assert files.certificate.read_bytes() == before
