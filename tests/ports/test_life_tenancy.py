"""Units' lives, ends of contracts and the history of bindings: outside its scope a caller finds and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.unit import Life, Unit
from servicehost.ports.life_reads import LifeReads
from servicehost.ports.lives import Lives
from servicehost.ports.session_rows import Arrival
from servicehost.ports.store import Batch
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend

NOTHING: tuple[Any, ...] = (None, [], (set(), set()))


def a_unit(number: int) -> Unit:
    return Unit(unit_id=0, distribution_id=f"D-{number}", model="M1", serial=f"S{number}", registered_at=3)


def an_arrival(unit_id: int, epoch: int = 1) -> Arrival:
    return Arrival(
        unit_id=unit_id,
        epoch=epoch,
        host="h",
        run=1,
        at=2,
        certificate="c",
        remote_address="a",
        tls_version="t",
        firmware="f",
        boot_id="b",
        boot_cause="power_on",
        clock_skew_ms=None,
        modules=(),
    )


# Each is called within the scope of `m` (mine) and speaks of what belongs to `t` (theirs), out of service since 5.
LIVES: Mapping[str, Callable[[Any, Estate, Estate], Any]] = {
    "add_units": lambda b, t, m: b.add_units([a_unit(9)]),
    "taken": lambda b, t, m: b.taken([t.unit.distribution_id], [(t.unit.model, t.unit.serial)]),
    "set_life": lambda b, t, m: b.set_life(t.unit.unit_id, Life.STOLEN, 9, "x"),
    "fence_off": lambda b, t, m: b.fence_off(t.unit.unit_id, 9, "revoked"),
    "set_out_of_service": lambda b, t, m: b.set_out_of_service(t.service_code, 9),
    "overdue": lambda b, t, m: [one for one in b.overdue(9, 9) if one.service_code == t.service_code],
}
READS: Mapping[str, Callable[[Any, Estate, Scope], Any]] = {
    "bindings_of_unit": lambda r, t, s: r.bindings_of_unit(s, t.unit.distribution_id),
    "bindings_of_adapter": lambda r, t, s: r.bindings_of_adapter(s, t.service_code),
}


async def an_estate(backend: Backend, number: int) -> Estate:
    """In session, and out of service all the same."""
    estate = await build_estate(backend.store, number)

    def work(batch: Batch) -> None:
        batch.set_out_of_service(estate.service_code, 5)
        batch.arrive([an_arrival(estate.unit.unit_id)])

    await backend.store.batch(EVERYTHING, work)
    return estate


@pytest.mark.parametrize(("protocol", "table"), [(Lives, LIVES), (LifeReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    own = {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}
    assert own == set(table)


@pytest.mark.parametrize("verb", LIVES)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await an_estate(real, 1), await an_estate(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.scope, lambda batch: LIVES[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await an_estate(real, 1), await an_estate(real, 2)
    assert await READS[verb](real.reads, theirs, mine.scope) == []
    assert len(await READS[verb](real.reads, theirs, theirs.scope)) == 1


@pytest.mark.parametrize("verb", sorted(set(LIVES) - {"add_units"}))
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    """The walk would prove nothing if its calls reached nothing anywhere."""
    mine, other = await an_estate(real, 1), await an_estate(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.scope, lambda batch: LIVES[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_many_units_are_registered_at_once_each_with_the_session_it_is_born_with(real: Backend) -> None:
    await build_estate(real.store, 1)
    await real.store.batch(EVERYTHING, lambda batch: batch.add_units([a_unit(number) for number in range(2, 502)]))
    units = await real.reads.units(EVERYTHING, limit=1_000)
    assert [view.unit.distribution_id for view in units] == [f"D-{number}" for number in range(1, 502)]
    assert {view.session.epoch for view in units} == {0}
    assert {(view.unit.life, view.unit.life_since) for view in units[1:]} == {(Life.REGISTERED, 3)}


async def test_of_many_units_none_is_registered_when_one_is_known(real: Backend) -> None:
    await build_estate(real.store, 1)
    before = real.dump()
    with pytest.raises(Conflict) as refused:
        await real.store.batch(EVERYTHING, lambda batch: batch.add_units([a_unit(2), a_unit(1)]))
    assert refused.value.code == "unit_exists"
    assert real.dump() == before


async def test_what_is_taken_is_told_of_each_name_by_itself(real: Backend) -> None:
    await build_estate(real.store, 1)
    found = await real.store.batch(EVERYTHING, lambda b: b.taken(["D-1", "D-2"], [("M1", "S1"), ("M1", "S2")]))
    assert found == ({"D-1"}, {("M1", "S1")})
    assert await real.store.batch(EVERYTHING, lambda batch: batch.taken([], [])) == (set(), set())


async def test_a_session_that_is_fenced_off_has_ended_and_its_epoch_is_spent(real: Backend) -> None:
    estate = await an_estate(real, 1)
    unit_id = estate.unit.unit_id

    def work(batch: Batch) -> tuple[int, int | None]:
        batch.fence_off(unit_id, 9, "revoked")
        batch.fence_off(unit_id, 10, "out_of_service")
        return batch.fences([unit_id])[unit_id]

    assert await real.store.batch(EVERYTHING, work) == (2, estate.binding.number)
    view = await real.reads.unit(EVERYTHING, estate.unit.distribution_id)
    assert view is not None
    assert (view.session.ended_at, view.session.ending) == (9, "revoked")


async def test_a_unit_that_never_dialled_has_nothing_to_fence_off(real: Backend) -> None:
    estate = await build_estate(real.store, 1)
    before = real.dump()
    await real.store.batch(EVERYTHING, lambda batch: batch.fence_off(estate.unit.unit_id, 9, "revoked"))
    assert real.dump() == before


async def test_the_history_keeps_each_binding_with_both_its_reasons(real: Backend) -> None:
    estate = await build_estate(real.store, 1)

    def swap(batch: Batch) -> None:
        batch.add_units([a_unit(2)])
        batch.unbind(estate.binding.number, 7, "worn out", replaced=True)
        new = batch.unit("D-2")
        assert new is not None
        fields = {"number": 0, "unit_id": new.unit_id, "bound_at": 7, "reason": "exchange 1"}
        batch.bind(type(estate.binding)(**_fields(estate) | fields))

    await real.store.batch(EVERYTHING, swap)
    history = await real.reads.bindings_of_adapter(estate.scope, estate.service_code)
    told = [(v.distribution_id, v.binding.reason, v.binding.unbound_at, v.binding.unbound_reason) for v in history]
    assert told == [("D-1", "", 7, "worn out"), ("D-2", "exchange 1", None, None)]
    assert await real.reads.bindings_of_adapter(estate.scope, estate.service_code, limit=1) == history[:1]
    later = await real.reads.bindings_of_adapter(estate.scope, estate.service_code, after=history[0].binding.number)
    assert later == history[1:]
    # The box itself is the provider's again; that it was theirs stays theirs to see.
    assert await real.reads.unit(estate.scope, "D-1") is None
    assert await real.reads.bindings_of_unit(estate.scope, "D-1") == history[:1]


def _fields(estate: Estate) -> dict[str, Any]:
    return {"service_code": estate.service_code, "management_code": estate.management_code}


async def test_contracts_that_have_ended_are_overdue_while_their_unit_is_in_session(real: Backend) -> None:
    estate = await an_estate(real, 1)

    async def overdue(now: int) -> list[int]:
        found = await real.store.batch(EVERYTHING, lambda batch: batch.overdue(now, 9))
        return [binding.unit_id for binding in found]

    assert (await overdue(4), await overdue(5)) == ([], [estate.unit.unit_id])
    await real.store.batch(EVERYTHING, lambda batch: batch.fence_off(estate.unit.unit_id, 6, "out_of_service"))
    assert await overdue(9) == []
