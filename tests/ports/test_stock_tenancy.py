"""Stock, reservations and overrides: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.depot import Depot, StockThreshold
from servicehost.domain.errors import NotFound
from servicehost.domain.override import Override
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.domain.spare import Reservation, SpareState
from servicehost.ports.stock import StockKeeping, StockReads
from servicehost.ports.store import Batch
from tests.builders.databases import dump, fresh_database, opened
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

replace = msgspec.structs.replace
EAST = Depot(depot="east", label="East", area="Tokyo", changed_at=1, changed_by="d")
LEAST = StockThreshold(depot="east", model="M1", least=2, changed_at=1, changed_by="d")


class Stocked(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's case whose unit was set aside and whose verdict was overridden."""

    case: Case
    override: Override

    @property
    def number(self) -> int:
        return self.case.exchange.exchange


def an_override(case: Case) -> Override:
    return Override(
        override=0,
        exchange=case.exchange.exchange,
        management_code=case.tenant,
        verdict=Verdict.SENDBACK,
        ruled=Verdict.DECLINED,
        reason="x",
        at=1,
        by="d",
    )


def a_reservation(case: Case) -> Reservation:
    return Reservation(
        exchange=case.exchange.exchange,
        management_code=case.tenant,
        unit_id=case.spare.unit_id,
        distribution_id=case.spare.distribution_id,
        depot="east",
        at=1,
        by="d",
        why=Text(ja="近い", en="near"),
    )


async def build(backend: Backend, number: int) -> Stocked:
    case = await build_case(backend, number)

    def work(batch: Batch) -> Stocked:
        batch.put_depot(EAST)
        batch.put_threshold(LEAST)
        batch.add_reservation(a_reservation(case))
        batch.put_spare(replace(case.spare, state=SpareState.FREE))
        batch.add_reactions([replace(case.reaction, number=0, detail={"exchange": case.exchange.exchange})])
        batch.set_startup([(case.code, 1, "sha256:x")])
        return Stocked(case=case, override=batch.add_override(an_override(case)))

    return await backend.store.batch(EVERYTHING, work)


# Each is called within the scope of `m` (mine) and speaks of what belongs to `t` (theirs).
STOCK: Mapping[str, Callable[[Any, Stocked, Stocked], Any]] = {
    "free_spares": lambda b, t, m: [s for s in b.free_spares("M1") if s.unit_id == t.case.spare.unit_id],
    "add_reservation": lambda b, t, m: b.add_reservation(a_reservation(t.case)),
    "override_of": lambda b, t, m: b.override_of(t.number),
    "add_override": lambda b, t, m: b.add_override(an_override(t.case)),
    "withdraw_override": lambda b, t, m: b.withdraw_override(
        replace(t.override, withdrawn_at=2, withdrawn_by="d", withdrawn_reason="x")
    ),
    "unsettled": lambda b, t, m: b.unsettled(t.number, ["judge_exchange"]),
    "clear_startup": lambda b, t, m: b.clear_startup(t.case.code),
}
PROVIDERS: Mapping[str, Callable[[Any], Any]] = {
    "depots": lambda b: b.depots(),
    "put_depot": lambda b: b.put_depot(replace(EAST, depot="west")),
    "threshold": lambda b: b.threshold("east", "M1"),
    "put_threshold": lambda b: b.put_threshold(replace(LEAST, least=9)),
}
READS: Mapping[str, Callable[[Any, Any], Any]] = {
    "depots": lambda r, s: r.depots(s),
    "stock_thresholds": lambda r, s: r.stock_thresholds(s),
    "stock_counts": lambda r, s: r.stock_counts(s),
}


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Backend]:
    """Cases lie on the real store only."""
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        yield Backend(store=store, reads=reads, dump=lambda: dump(database))


@pytest.mark.parametrize(("protocol", "table"), [(StockKeeping, {**STOCK, **PROVIDERS}), (StockReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", STOCK)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: STOCK[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", STOCK)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.case.scope, lambda batch: STOCK[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


@pytest.mark.parametrize("verb", PROVIDERS)
async def test_what_is_the_providers_alone_is_hidden_from_every_customer(real: Backend, verb: str) -> None:
    mine = await build(real, 1)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, PROVIDERS[verb]) in NOTHING
    assert real.dump() == before
    found = await real.store.batch(EVERYTHING, PROVIDERS[verb])
    assert real.dump() != before or found not in NOTHING


@pytest.mark.parametrize("verb", READS)
async def test_reads_of_stock_are_empty_for_a_customer(real: Backend, verb: str) -> None:
    mine = await build(real, 1)
    assert await READS[verb](real.reads, mine.case.scope) == []
    assert await READS[verb](real.reads, EVERYTHING) != []


@pytest.mark.parametrize("add", ["add_reservation", "add_override"])
async def test_nothing_of_mine_hangs_on_a_case_of_theirs(real: Backend, add: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    row = {"add_reservation": a_reservation, "add_override": an_override}[add](theirs.case)
    disguised = replace(row, management_code=mine.case.tenant)
    before = real.dump()
    with pytest.raises(NotFound):
        await real.store.batch(mine.case.scope, lambda batch: getattr(batch, add)(disguised))
    assert real.dump() == before
