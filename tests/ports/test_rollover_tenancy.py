"""Who would be left behind by a rollover is read within a scope: tried on the real store, a shelf keeps no papers."""

from pathlib import Path

from servicehost.domain.contract import EVERYTHING
from servicehost.ports.rollover import RolloverReads
from tests.builders.databases import fresh_database, opened
from tests.builders.estate import build_estate


def verbs_of(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(RolloverReads) == {"trusting"}


async def test_the_report_of_a_customer_shows_its_own_units_alone(tmp_path: Path) -> None:
    async with opened(fresh_database(tmp_path)) as (store, reads):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        assert [one.unit_id for one in await reads.trusting(mine.scope)] == [mine.unit.unit_id]
        everybody = {one.unit_id for one in await reads.trusting(EVERYTHING)}
        assert everybody >= {theirs.unit.unit_id, mine.unit.unit_id}
