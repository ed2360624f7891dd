"""`servicehost audit`: whatever is done to the file with plain SQLite is found without a host."""

# ruff: noqa: S608 - the statements are what somebody does by hand who has the file

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from servicehost.backends.seal_files import FolderOfHeads, open_seal, public_file
from servicehost.backends.sql.store import open_store
from servicehost.cli import main
from servicehost.domain.audit import SYSTEM
from servicehost.operations.export_heads import export_heads
from tests.builders.audited import DORA, Audited, open_audited
from tests.builders.stories import ON_SITE, tell
from tests.builders.world import TENANT

Output = pytest.CaptureFixture[str]
DAY_MS = 86_400_000


class Place(NamedTuple):
    """A host's folder: a database with two chains, heads of yesterday, and records younger than those."""

    settings: Path
    database: Path
    heads: Path
    key: Path
    exported: int
    audited: Audited

    def verify(self, *more: str) -> int:
        return main(["audit", "verify", "--settings", str(self.settings), *more])

    def do(self, *statements: str) -> None:
        """As somebody does who has the file."""
        with closing(sqlite3.connect(self.database)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with open_audited(tmp_path) as audited:
        await tell(audited.world, ON_SITE[:8])
        exported = len(await audited.lines(TENANT))
        audited.world.clock.now_ms += DAY_MS
        key, heads = tmp_path / "store/audit-key.pem", tmp_path / "store/audit-heads"
        clock = audited.world.clock
        await export_heads(reads=audited.reads, clock=clock, seal=open_seal(key), folder=FolderOfHeads(heads))
        await audited.catalogue.add_person(DORA, TENANT, "Hanako")
        await audited.catalogue.add_adapter(DORA, TENANT, None, "")
        settings = tmp_path / "servicehost.toml"
        settings.write_text(f'[store]\ndatabase = "{audited.world.database}"\n')
        yield Place(settings, audited.world.database, heads, key, exported, audited)


async def test_an_untouched_audit_holds_while_the_host_runs(place: Place, capsys: Output) -> None:
    before = {path.name for path in place.database.parent.iterdir()}
    assert place.verify() == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"{TENANT}: {place.exported + 2} records hold, 2 heads agree, now ")
    assert out[1].startswith("system: 3 records hold, 1 heads agree")
    assert out[-1].startswith("2 chains, 0 with a fault")
    assert "1 files of exported heads" in out[-1]
    assert {path.name for path in place.database.parent.iterdir()} == before


OURS = f"chain = '{TENANT}'"
SWAP = (
    f"UPDATE audit SET number = 900 WHERE {OURS} AND number = 2",
    f"UPDATE audit SET number = 2 WHERE {OURS} AND number = 4",
    f"UPDATE audit SET number = 4 WHERE {OURS} AND number = 900",
)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        ((f"UPDATE audit SET record = replace(record, 'support', 'nobody') WHERE {OURS}",), "record 2, changed"),
        ((f"UPDATE audit SET record = '{{}}' WHERE {OURS} AND number = 3",), "record 3, changed"),
        ((f"UPDATE audit SET record = x'ff00' WHERE {OURS} AND number = 3",), "record 3, changed"),
        ((f"UPDATE audit SET hash = 'ff' WHERE {OURS} AND number = 3",), "record 3, changed"),
        ((f"UPDATE audit SET at = at - 1 WHERE {OURS} AND number = 3",), "record 3, changed"),
        ((f"UPDATE audit SET management_code = NULL WHERE {OURS} AND number = 3",), "record 3, changed"),
        ((f"DELETE FROM audit WHERE {OURS} AND number = 2",), "record 2, missing"),
        ((f"DELETE FROM audit WHERE {OURS} AND number = 1",), "record 1, missing"),
        (SWAP, "record 2, reordered"),
        ((f"DELETE FROM audit WHERE {OURS} AND number > 3",), "record 4, cut"),
        ((f"DELETE FROM audit WHERE {OURS}",), "record 1, cut"),
        ((f"DELETE FROM audit WHERE {OURS}", f"DELETE FROM audit_head WHERE {OURS}"), "record 1, cut"),
        ((f"UPDATE audit_head SET hash = '{'0' * 64}' WHERE {OURS}",), "rewritten"),
    ],
)
async def test_what_was_done_to_the_file_is_named(
    place: Place, capsys: Output, statements: tuple[str, ...], says: str
) -> None:
    place.do(*statements)
    assert place.verify() == 1
    out = capsys.readouterr().out
    assert f"{TENANT}: FAULT at" in out
    assert says in out
    assert "system: 3 records hold" in out, "the other chain is told of too"


async def test_a_tail_cut_with_the_databases_own_head_is_seen_as_far_as_was_exported(
    place: Place, capsys: Output
) -> None:
    def cut_after(number: int) -> None:
        hashed = f"(SELECT hash FROM audit WHERE {OURS} AND number = {number})"
        place.do(
            f"DELETE FROM audit WHERE {OURS} AND number > {number}",
            f"UPDATE audit_head SET number = {number}, hash = {hashed} WHERE {OURS}",
        )

    cut_after(place.exported)
    assert place.verify() == 0, "what is younger than every exported head can be cut"
    cut_after(place.exported - 1)
    capsys.readouterr()
    assert place.verify() == 1
    assert f"record {place.exported}, cut" in capsys.readouterr().out


Touch = Callable[[Place], object]


def _heads_file(place: Place) -> Path:
    (file,) = place.heads.iterdir()
    return file


def _rewrite(place: Place, old: str, new: str) -> None:
    file = _heads_file(place)
    file.write_text(file.read_text().replace(old, new))


def _two_days_later(place: Place) -> None:
    _heads_file(place).rename(place.heads / "2199-01-01.jsonl")


@pytest.mark.parametrize(
    ("touch", "says"),
    [
        (lambda place: _heads_file(place).write_text(""), "taken out"),
        (
            lambda place: _heads_file(place).write_text(_heads_file(place).read_text().replace("system", "systen")),
            "line",
        ),
        (_two_days_later, "is missing from"),
    ],
)
async def test_heads_that_were_touched_are_not_believed(place: Place, capsys: Output, touch: Touch, says: str) -> None:
    touch(place)
    assert place.verify() == 1
    out = capsys.readouterr().out
    assert out.startswith("heads: ")
    assert says in out


async def test_without_the_public_key_heads_cannot_be_believed(place: Place, capsys: Output, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.pub"
    public_file(place.key).rename(elsewhere)
    assert place.verify() == 2
    assert "--key" in capsys.readouterr().err
    assert place.verify("--key", str(elsewhere), "--heads", str(place.heads)) == 0
    elsewhere.write_text("no key")
    assert place.verify("--key", str(elsewhere)) == 2


async def test_without_exported_heads_that_is_said(place: Place, capsys: Output, tmp_path: Path) -> None:
    assert place.verify("--heads", str(tmp_path / "none")) == 0
    assert "no exported heads" in capsys.readouterr().out


async def test_erasure_leaves_every_chain_verifying(place: Place, capsys: Output) -> None:
    added = await place.audited.catalogue.add_person(DORA, TENANT, "Jiro Kato")
    await place.audited.catalogue.erase_person(DORA, added.person.master_id, "he asked")
    assert place.verify() == 0
    capsys.readouterr()
    assert main(["audit", "export", "--chain", TENANT, "--settings", str(place.settings)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    entered = [line["personal"]["after/name"] for line in lines if line["record"]["action"] == "add_person"]
    assert entered == ["Hanako", "erased"]


async def test_a_chain_is_exported_line_by_line_as_it_is_hashed(place: Place, capsys: Output) -> None:
    assert main(["audit", "export", "--settings", str(place.settings), "--after", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [2, 3]
    with closing(sqlite3.connect(place.database)) as connection:
        chosen = "SELECT record FROM audit WHERE chain = ? AND number = 2"
        (record,) = connection.execute(chosen, (SYSTEM,)).fetchone()
    assert f'"record":{record},' in lines[0]


def test_a_database_that_is_not_there_is_named(tmp_path: Path, capsys: Output) -> None:
    settings = tmp_path / "servicehost.toml"
    settings.write_text("")
    for command in ("verify", "export"):
        assert main(["audit", command, "--settings", str(settings)]) == 2
        assert "cannot be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [settings]


async def test_the_file_is_read_when_no_host_serves_it_and_nothing_is_left_beside_it(
    place: Place, capsys: Output
) -> None:
    await place.audited.reads.close()
    await place.audited.world.file.close()
    before = sorted(path.name for path in place.database.parent.iterdir())
    assert place.verify() == 0
    assert sorted(path.name for path in place.database.parent.iterdir()) == before
    place.audited.world.file = open_store(place.database)
