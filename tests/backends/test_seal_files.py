"""The key that signs heads, and the folder they go to."""

import stat
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.backends.seal_files import FileSeal, FolderOfHeads, open_seal, public_file, read_folder, verifier

DAY = date(2026, 11, 23)


def test_a_key_is_made_once_for_its_owner_alone_with_its_public_half_beside_it(tmp_path: Path) -> None:
    key_file = tmp_path / "store" / "audit-key.pem"
    seal = open_seal(key_file)
    before = key_file.read_bytes()
    again = open_seal(key_file)
    assert key_file.read_bytes() == before
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    signed = verifier(public_file(key_file))
    assert signed(b"m", seal.sign(b"m"))
    assert signed(b"m", again.sign(b"m"))
    assert b"PRIVATE" not in public_file(key_file).read_bytes()


def test_a_lost_public_key_is_written_again(tmp_path: Path) -> None:
    key_file = tmp_path / "key.pem"
    open_seal(key_file)
    before = public_file(key_file).read_bytes()
    public_file(key_file).unlink()
    open_seal(key_file)
    assert public_file(key_file).read_bytes() == before


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key_file = tmp_path / "key.pem"
    open_seal(key_file)
    key_file.chmod(0o644)
    with pytest.raises(AuthorityFileError, match="chmod 600"):
        open_seal(key_file)


def test_a_signature_of_another_message_key_or_form_is_none(tmp_path: Path) -> None:
    seal = open_seal(tmp_path / "key.pem")
    signed = verifier(public_file(tmp_path / "key.pem"))
    good = seal.sign(b"m")
    stranger = FileSeal(ec.generate_private_key(ec.SECP256R1())).sign(b"m")
    assert len(good) == 86
    assert not any(signed(b"m", other) for other in (seal.sign(b"n"), stranger, "", "AAAA", good[:-4]))


def test_a_public_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    (tmp_path / "p").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ValueError, match="no EC public key"):
        verifier(tmp_path / "p")


async def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    folder = FolderOfHeads(tmp_path / "heads")
    assert set(await folder.days()) == set()
    await folder.put(DAY, b"first")
    await folder.put(DAY, b"second")
    assert set(await folder.days()) == {DAY}
    assert [path.name for path in (tmp_path / "heads").iterdir()] == ["2026-11-23.jsonl"]
    assert read_folder(tmp_path / "heads")[DAY].read_bytes() == b"first"


def test_files_of_other_names_are_no_heads(tmp_path: Path) -> None:
    for name in ("notes.jsonl", "2026-13-01.jsonl", "2026-11-23.txt", ".draft-1"):
        (tmp_path / name).write_text("")
    assert read_folder(tmp_path) == {}
