import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, InvalidTable
from servicehost.domain.fact_kind import Channel, Ownership
from servicehost.domain.people import Actor
from servicehost.operations.import_units import ImportedUnits, import_units
from tests.builders.world import DISPATCHER, MANAGER, OLD, World, distribution_id
from tests.operations.test_unit_rows import row, table


async def send(world: World, raw: bytes, *, dry_run: bool = False, actor: Actor = DISPATCHER) -> ImportedUnits:
    return await import_units(actor, raw, dry_run, store=world.store, clock=world.clock)


async def registered(world: World, *names: str) -> set[str]:
    names_found, _ = await world.store.batch(EVERYTHING, lambda batch: batch.taken(names, []))
    return names_found


NAMES = tuple(row(number).split(",")[0] for number in range(101, 104))


async def test_a_table_is_registered_whole_with_what_the_judgement_needs(case_world: World) -> None:
    raw = table(row(101), row(102, ownership="brought_in", channel="reseller"))
    assert await send(case_world, raw) == ImportedUnits(units=2, dry_run=False)

    unit = await case_world.store.batch(EVERYTHING, lambda batch: batch.unit(NAMES[1]))
    assert unit is not None
    assert (unit.ownership, unit.channel, unit.life, unit.registered_at) == (
        Ownership.BROUGHT_IN,
        Channel.RESELLER,
        "registered",
        case_world.clock.wall(),
    )


async def test_a_dry_run_registers_nothing_and_can_be_followed_by_the_real_one(case_world: World) -> None:
    raw = table(row(101), row(102))
    assert await send(case_world, raw, dry_run=True) == ImportedUnits(units=2, dry_run=True)
    assert await registered(case_world, *NAMES) == set()
    await send(case_world, raw)
    assert await registered(case_world, *NAMES) == {*NAMES[:2]}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_one_bad_row_keeps_all_out_and_every_bad_row_is_named(case_world: World, dry_run: bool) -> None:
    known = row(101, distribution_id=distribution_id(OLD))
    printed = row(102, serial=f"S{OLD}")
    with pytest.raises(InvalidTable) as refused:
        await send(case_world, table(known, printed, row(103), row(103, model="")), dry_run=dry_run)
    assert [(cell.line, cell.column, cell.code) for cell in refused.value.cells] == [
        (2, "distribution_id", "unit_exists"),
        (3, "serial", "unit_exists"),
        (5, "model", "cell_empty"),
    ]
    assert await registered(case_world, *NAMES) == set()


async def test_the_same_file_twice_is_refused_the_second_time_row_by_row(case_world: World) -> None:
    raw = table(row(101), row(102))
    await send(case_world, raw)
    with pytest.raises(InvalidTable) as refused:
        await send(case_world, raw)
    assert [cell.line for cell in refused.value.cells] == [2, 3]


async def test_an_import_is_recorded_with_the_digest_of_its_file(case_world: World) -> None:
    await send(case_world, table(row(101)), dry_run=True)
    await send(case_world, table(row(101)))
    query = "SELECT actor, detail FROM event WHERE sub_type = 'units_imported'"
    told = await case_world.store.batch(EVERYTHING, lambda batch: batch._on.exec_driver_sql(query).all())  # type: ignore[attr-defined]  # the test looks beneath the port
    ((actor, detail),) = told
    assert actor == DISPATCHER.master_id
    assert '"count":1' in detail
    assert '"digest":"sha256:' in detail


async def test_a_customer_imports_nothing(case_world: World) -> None:
    with pytest.raises(Forbidden):
        await send(case_world, table(row(101)), actor=MANAGER)
