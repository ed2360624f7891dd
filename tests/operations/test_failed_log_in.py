"""Log-ins that fail are recorded, and nobody fills the audit with them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.audit import SYSTEM
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Unauthenticated
from servicehost.domain.throttle import Rate
from servicehost.operations.failed_log_in import FailedLogIns
from tests.builders.audited import Audited, open_audited, record_in
from tests.builders.world import DISPATCHER, TENANT


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        added = await opened.catalogue.add_person(DISPATCHER, TENANT, "Anna")
        opened.anna = added.person.master_id
        yield opened


async def fails(audited: Audited, master_id: str) -> None:
    with pytest.raises(Unauthenticated):
        await audited.catalogue.log_in(master_id, "wrong", None, "198.51.100.9")


async def test_a_failed_log_in_names_the_master_id_that_was_tried_and_where_from(audited: Audited) -> None:
    await fails(audited, audited.anna)
    line = (await audited.lines(SYSTEM))[-1]
    record = record_in(line)
    assert (record["action"], record["actor"], record["subject"]) == ("log_in", "stranger", audited.anna)
    assert record["after"] == {"refused": "log_in_failed", "unrecorded_before": 0}
    assert line.personal == {"source": "198.51.100.9"}


async def test_what_somebody_typed_that_is_no_master_id_is_not_kept(audited: Audited) -> None:
    await fails(audited, "my password by mistake")
    line = (await audited.lines(SYSTEM))[-1]
    assert record_in(line)["subject"] == ""
    assert b"mistake" not in bytes(line.record)


async def test_beyond_a_bound_failures_are_counted_and_the_next_record_tells_how_many(audited: Audited) -> None:
    failed = FailedLogIns(Rate(burst=2, refill_s=10.0))
    store, clock = audited.world.store, audited.world.clock
    before = len(await audited.lines(SYSTEM))
    for _ in range(5):
        await failed.record(None, "198.51.100.9", store, clock)
    assert len(await audited.lines(SYSTEM)) == before + 2
    clock.now_ms += 10_000
    await failed.record(None, "198.51.100.9", store, clock)
    told = [record_in(line)["after"]["unrecorded_before"] for line in (await audited.lines(SYSTEM))[before:]]
    assert told == [0, 0, 3]


async def test_strangers_of_one_month_share_a_key_and_the_next_months_have_another(audited: Audited) -> None:
    failed = FailedLogIns()
    for days in (0, 1, 40):
        audited.world.clock.now_ms += days * 86_400_000
        await failed.record(None, "198.51.100.9", audited.world.store, audited.world.clock)
    keys = [record_in(line)["source"]["key"] for line in (await audited.lines(SYSTEM))[-3:]]
    assert keys[0] == keys[1] != keys[2]
    assert await audited.reads.audit_begins(EVERYTHING) is not None
