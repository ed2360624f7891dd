"""`servicehost backup` and `restore`, without a running host."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from servicehost.cli import main
from tests.backends.sql.test_backup import filled
from tests.backends.test_envelope import pem_of
from tests.builders.databases import dump


async def test_a_database_goes_out_sealed_and_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database, _ = await filled(tmp_path)
    owner, private, public = X25519PrivateKey.generate(), tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(owner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_text(pem_of(owner))
    (tmp_path / "host.toml").write_text('[store]\ndatabase = "host.db"\n')
    where = ("--settings", str(tmp_path / "host.toml"))
    file, before = tmp_path / "host.backup", dump(database)
    assert main(["backup", str(file), "--to-key", str(public), *where]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"nxm000000001" not in file.read_bytes()
    assert main(["restore", str(file), "--key", str(private), *where]) == 2
    assert "move it away first" in capsys.readouterr().err
    database.rename(tmp_path / "moved.db")
    assert main(["restore", str(file), "--key", str(private), *where]) == 0
    assert "rows restored" in capsys.readouterr().out
    assert dump(database) == before
    assert main(["backup", str(tmp_path / "x"), "--to-key", str(private), *where]) == 2
