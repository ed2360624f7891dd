"""After a swap the new unit has the adapter's startup config, by a push, and nothing else that was the old one's."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.inheritance import NEVER_COPIED, Kept
from tests.builders.stories import ON_SITE, SENDBACK, Step, until
from tests.builders.world import CODE, NEW, OLD, World

# What may differ of a unit's own row after it took another's place: its life, and whom it serves.
_OF_ITS_LIFE = {"life", "life_since", "life_reason", "management_code"}


def rows(database: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608 - ours


def papers(certificates: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Whose each certificate is; when it was last seen may change."""
    return [tuple(one[name] for name in ("fingerprint", "unit_id", "serial_number", "pem")) for one in certificates]


@pytest.mark.parametrize("steps", [ON_SITE, SENDBACK], ids=["on site", "by shipping"])
async def test_identity_certificates_and_secrets_stay_with_the_unit_that_had_them(
    case_world: World, steps: list[Step]
) -> None:
    database = case_world.database
    before = {table: rows(database, table) for table in ("unit", "certificate", "enrolment", "enrolment_request")}
    await until(case_world, steps, ExchangeState.SWAPPED)
    assert await case_world.bound() == NEW
    assert papers(rows(database, "certificate")) == papers(before["certificate"])
    assert rows(database, "enrolment") == before["enrolment"]
    assert rows(database, "enrolment_request") == before["enrolment_request"]
    for was, is_now in zip(before["unit"], rows(database, "unit"), strict=True):
        changed = {name for name in was if was[name] != is_now[name]}
        assert changed <= (_OF_ITS_LIFE if was["unit_id"] in (OLD, NEW) else set())


async def test_the_new_unit_serves_by_its_own_certificate_and_takes_the_adapter_s_startup_config(
    case_world: World,
) -> None:
    (before,) = await case_world.store.batch(EVERYTHING, lambda batch: batch.adapters([CODE]))
    await until(case_world, ON_SITE, ExchangeState.ACCEPTED)
    heard = await case_world.store.batch(EVERYTHING, lambda batch: batch.last_heard([NEW]))
    assert heard[NEW].certified_unit_id == NEW
    (running,) = (state.running for state in heard[NEW].modules)
    assert running is not None
    assert running.digest == before.startup_digest
    (after,) = await case_world.store.batch(EVERYTHING, lambda batch: batch.adapters([CODE]))
    assert (after.startup_revision, after.startup_digest) == (before.startup_revision, before.startup_digest)


def test_what_is_never_copied_is_named_in_both_languages() -> None:
    assert set(NEVER_COPIED) == set(Kept)
    assert all(words.ja and words.en for words in NEVER_COPIED.values())
