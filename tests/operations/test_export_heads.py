"""Heads leave the database once a day, and days that were missed are made up."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from servicehost.backends.seal_files import FolderOfHeads, open_seal, public_file, read_folder, verifier
from servicehost.domain.audit_check import Head
from servicehost.domain.audit_heads import day_of, read_heads
from servicehost.operations.export_heads import AT_ONCE, export_heads
from tests.builders.audited import DORA, Audited, open_audited
from tests.builders.world import CODE, OTHER_CODE, TENANT

DAY_MS = 86_400_000


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


class Export:
    """The use case with its files, and what stands in them."""

    def __init__(self, audited: Audited, folder: Path) -> None:
        self._audited = audited
        self._key = folder / "key.pem"
        self.seal = open_seal(self._key)
        self.heads = folder / "heads"
        self.first = day_of(audited.world.clock.now_ms)

    async def run(self) -> int:
        return await export_heads(
            reads=self._audited.reads,
            clock=self._audited.world.clock,
            seal=self.seal,
            folder=FolderOfHeads(self.heads),
        )

    def passes(self, days: int) -> None:
        self._audited.world.clock.now_ms += days * DAY_MS

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def of(self, number: int) -> list[Head]:
        path = read_folder(self.heads)[self.day(number)]
        return read_heads(self.day(number), path.read_bytes(), verifier(public_file(self._key)))


@pytest.fixture
def export(audited: Audited, tmp_path: Path) -> Export:
    return Export(audited, tmp_path)


async def test_a_day_is_exported_once_it_is_over_and_only_once(export: Export) -> None:
    assert await export.run() == 0
    export.passes(1)
    assert await export.run() == 1
    before = {path.name: path.read_bytes() for path in export.heads.iterdir()}
    assert await export.run() == 0
    assert {path.name: path.read_bytes() for path in export.heads.iterdir()} == before


async def test_missed_days_are_made_up_as_the_chains_stood_then(audited: Audited, export: Export) -> None:
    await audited.catalogue.unbind_unit(DORA, CODE, "")
    for _ in range(2):
        export.passes(2)
        await audited.catalogue.add_person(DORA, TENANT, "Anna")
    assert await export.run() == 4
    stood = [{head.chain: head.number for head in export.of(day)} for day in range(4)]
    # Stock was taken in on the first day; a chain that rested for a day and more is not said again.
    assert stood == [{"system": 3, TENANT: 1}, {"system": 3, TENANT: 1}, {TENANT: 2}, {TENANT: 2}]


async def test_a_head_is_the_last_record_of_its_chain_with_that_ones_hash(audited: Audited, export: Export) -> None:
    await audited.catalogue.unbind_unit(DORA, CODE, "")
    last = (await audited.lines(TENANT))[-1]
    export.passes(1)
    await export.run()
    assert Head(chain=TENANT, number=last.number, hash=last.hash) in export.of(0)


async def test_a_day_without_a_record_has_a_file_without_heads(export: Export) -> None:
    export.passes(4)
    await export.run()
    assert [len(export.of(day)) for day in range(4)] == [1, 1, 0, 0]


async def test_a_long_absence_is_made_up_in_parts(export: Export) -> None:
    export.passes(AT_ONCE + 5)
    assert [await export.run() for _ in range(3)] == [AT_ONCE, 5, 0]


async def test_a_clock_that_went_back_changes_no_file(audited: Audited, export: Export) -> None:
    export.passes(3)
    await export.run()
    before = {path.name: path.read_bytes() for path in export.heads.iterdir()}
    export.passes(-2)
    await audited.catalogue.add_adapter(DORA, TENANT, "nxe000000009", OTHER_CODE)
    assert await export.run() == 0
    assert {path.name: path.read_bytes() for path in export.heads.iterdir()} == before
