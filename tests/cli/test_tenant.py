"""`servicehost tenant` against a host's own door."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.backends.test_envelope import pem_of
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, log_in_as, open_command_line, run, said
from tests.builders.world import CODE, TENANT
from tests.web.test_snapshots import saves
from tests.web.test_tenant_import import FRESH, MOVED


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private key and its public one."""
    owner, private, public = X25519PrivateKey.generate(), tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(owner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_text(pem_of(owner))
    return private, public


async def test_a_contract_goes_out_sealed_and_comes_back(
    cases: CaseApi, keys: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    await saves(cases, "hostname a\npassword hunter2\n")
    (private, public), file = keys, tmp_path / "contract.sealed"
    before = set(tmp_path.rglob("*"))
    assert await run("tenant", "export", TENANT, str(file), "--to-key", str(public)) == 0
    assert set(tmp_path.rglob("*")) - before == {file}  # no plain copy beside it
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"hunter2" not in file.read_bytes()
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    await log_in_as(cases.dispatcher, cases, monkeypatch)
    asked = ("tenant", "import", FRESH, str(file), "--key", str(private), "--rename", f"{CODE}={MOVED}")
    assert await run(*asked) == 3  # the Master ID is taken on the host that it came from
    assert await run(*asked, "--apply") == 3
    out = capsys.readouterr().out
    assert "master_id_taken" in out
    body = (await said(capsys, "config", "history", MOVED))["items"]
    assert [one["revision"] for one in body] == [1]


async def test_what_cannot_be_opened_or_written_is_named(
    cases: CaseApi, keys: tuple[Path, Path], tmp_path: Path, capsys: Output
) -> None:
    (private, public), file = keys, tmp_path / "contract.sealed"
    assert await run("tenant", "export", TENANT, str(file), "--to-key", str(private)) == 2
    assert "give the public one" in capsys.readouterr().err
    assert await run("tenant", "export", "nxm000000099", str(file), "--to-key", str(public)) == 3
    assert not file.exists()  # what did not become whole is not left behind
    file.write_bytes(b"something")
    assert await run("tenant", "export", TENANT, str(file)) == 2
    assert await run("tenant", "import", TENANT, str(file), "--key", str(private)) == 2
    assert "not_sealed" in capsys.readouterr().err
