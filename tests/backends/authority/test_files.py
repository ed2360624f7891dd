import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from servicehost.backends.authority.files import ISSUING, ISSUING_KEY, ROOT, ROOT_KEY, create_authority, load_issuer
from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from tests.builders.authority import NOW
from tests.builders.openssl import openssl, text_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_authority(tmp_path / "authority", now=NOW)
    return tmp_path / "authority"


def fault_of(folder: Path, passphrase: bytes | None = None) -> AuthorityFileError:
    with pytest.raises(AuthorityFileError) as caught:
        load_issuer(folder, passphrase=passphrase)
    return caught.value


def test_private_keys_are_their_owners_alone(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {ROOT: 0o644, ISSUING: 0o644, ROOT_KEY: 0o600, ISSUING_KEY: 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_root_signs_one_authority_and_that_one_signs_leaves_only(folder: Path) -> None:
    openssl("verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", folder / ROOT, folder / ISSUING)
    root, issuing = text_of(folder / ROOT), text_of(folder / ISSUING)
    assert "CA:TRUE, pathlen:1" in root
    assert "CA:TRUE, pathlen:0" in issuing
    for text in (root, issuing):
        assert "Certificate Sign, CRL Sign\n" in text
        assert "prime256v1" in text


def test_the_root_lives_longer_than_the_issuing_certificate(folder: Path) -> None:
    issuer = load_issuer(folder)
    assert issuer.root.not_valid_after_utc > issuer.certificate.not_valid_after_utc > NOW + timedelta(days=3650)


def test_an_authority_is_never_overwritten(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(AuthorityFileError, match="move it away first") as caught:
        create_authority(folder, now=NOW)
    assert caught.value.code is FileFault.EXISTS
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["authority"]


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "authority").write_text("mine")
    with pytest.raises(AuthorityFileError) as caught:
        create_authority(tmp_path / "authority", now=NOW)
    assert caught.value.code is FileFault.EXISTS
    assert (tmp_path / "authority").read_text() == "mine"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    create_authority(tmp_path / "authority", now=NOW)
    assert load_issuer(tmp_path / "authority").certificate.not_valid_before_utc == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_touch_is_refused_with_the_remedy(folder: Path, mode: int) -> None:
    (folder / ISSUING_KEY).chmod(mode)
    fault = fault_of(folder)
    assert fault.code is FileFault.KEY_EXPOSED
    assert f"chmod 600 {folder / ISSUING_KEY}" in str(fault)


def test_a_passphrase_is_needed_once_given(tmp_path: Path) -> None:
    create_authority(tmp_path / "authority", now=NOW, passphrase=b"correct horse")
    assert load_issuer(tmp_path / "authority", passphrase=b"correct horse").key.curve.name == "secp256r1"
    assert fault_of(tmp_path / "authority").code is FileFault.PASSPHRASE_NEEDED
    assert fault_of(tmp_path / "authority", b"battery staple").code is FileFault.PASSPHRASE_WRONG
    for key in (ROOT_KEY, ISSUING_KEY):
        assert b"ENCRYPTED" in (tmp_path / "authority" / key).read_bytes()


def test_an_empty_passphrase_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AuthorityFileError) as caught:
        create_authority(tmp_path / "authority", now=NOW, passphrase=b"")
    assert caught.value.code is FileFault.PASSPHRASE_EMPTY
    assert list(tmp_path.iterdir()) == []


def test_a_needless_passphrase_does_no_harm(folder: Path) -> None:
    assert load_issuer(folder, passphrase=b"needless").key.curve.name == "secp256r1"


def test_a_host_runs_without_the_roots_key(folder: Path) -> None:
    (folder / ROOT_KEY).unlink()
    assert load_issuer(folder).root.subject == load_issuer(folder).certificate.issuer


@pytest.mark.parametrize("name", [ROOT, ISSUING, ISSUING_KEY])
def test_a_missing_or_unreadable_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(b"not PEM")
    assert (fault_of(folder).code, fault_of(folder).path) == (FileFault.UNREADABLE, path)
    path.unlink()
    assert (fault_of(folder).code, fault_of(folder).path) == (FileFault.MISSING, path)


def test_the_key_of_another_authority_is_noticed(folder: Path, tmp_path: Path) -> None:
    create_authority(tmp_path / "other", now=NOW)
    (folder / ISSUING_KEY).write_bytes((tmp_path / "other" / ISSUING_KEY).read_bytes())
    assert fault_of(folder).code is FileFault.KEY_MISMATCH


def test_a_key_of_another_kind_is_refused(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / ISSUING_KEY).write_bytes(pem)
    assert fault_of(folder).code is FileFault.KEY_UNSUPPORTED
