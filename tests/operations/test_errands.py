"""Errands told on a real store: appointments, times, lateness, and visits that come to nothing."""

from pathlib import Path

import pytest

from servicehost.domain.appointment import Agreement, AppointmentState, Attendee, Window
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Holder, Part, Thing, whereabouts
from servicehost.domain.errand import Driver, Errand, Milestone, time_of
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.miss import MissReason
from servicehost.operations.errands import ErrandReport, TimeWord
from servicehost.ports.carrier import CarrierNotice, NoticeKind
from tests.builders.carrier_house import open_house
from tests.builders.stories import ON_SITE, SENDBACK, until
from tests.builders.world import DISPATCHER, MANAGER, NEW, STRANGER, SUPPORT, TENANT, World

HOUR = 3_600_000
S = ExchangeState


@pytest.fixture
async def on_site(case_world: World) -> World:
    """A swap on site is ordered."""
    await until(case_world, ON_SITE, S.ORDERED)
    return case_world


def window(world: World, hours: int = 2) -> Window:
    now = world.clock.wall()
    return Window(from_at=now + hours * HOUR, until_at=now + (hours + 2) * HOUR)


def agreement(world: World, name: str = "鈴木 一郎", hours: int = 2) -> Agreement:
    return Agreement(window=window(world, hours), attendee=Attendee(name=name, telephone="03-1234-5678"))


async def appoint(world: World, name: str = "鈴木 一郎", reason: str = "") -> Agreement:
    agreed = agreement(world, name)
    await world.ops.errands.propose_appointment(DISPATCHER, 1, [agreed.window], reason)
    await world.ops.errands.agree_appointment(MANAGER, 1, agreed)
    await world.ops.run_reactions()
    return agreed


async def tells(world: World, kind: NoticeKind, name: str = "", **fields: object) -> None:
    notice = CarrierNotice(message_id=name or f"m-{kind}", order_id="exchange-1", kind=kind, **fields)  # type: ignore[arg-type]  # fields of the struct
    await world.ops.errands.take_signed_notice(notice, "d")
    await world.ops.run_reactions()


async def errand(world: World) -> Errand:
    kept = await world.store.batch(EVERYTHING, lambda batch: batch.errand(1))
    assert kept is not None
    return kept


async def events(world: World) -> list[str]:
    return [event.sub_type for event in await world.reads.events(EVERYTHING, limit=1_000)]


def arrived_at(at: int, reason: MissReason | None = None) -> ErrandReport:
    return ErrandReport(times=(TimeWord(milestone=Milestone.ARRIVED, at=at),), reason=reason)


async def test_an_order_has_its_target_from_the_first_and_an_appointment_sets_another(on_site: World) -> None:
    ordered = (await on_site.exchange()).ordered_at
    assert ordered is not None
    assert (await errand(on_site)).target_at == ordered + 4 * HOUR
    agreed = await appoint(on_site)
    assert (await errand(on_site)).target_at == agreed.window.until_at
    assert (await on_site.exchange()).attendee == "鈴木 一郎"


async def test_the_carrier_is_told_what_was_agreed_and_what_stands_no_more(on_site: World, tmp_path: Path) -> None:
    async with open_house(on_site.clock, tmp_path) as (house, carrier, _):
        on_site.hires(carrier)
        await appoint(on_site)
        on_site.clock.now_ms += 1_000
        await on_site.ops.errands.propose_appointment(MANAGER, 1, [window(on_site, 30)], "停電のため")
        await on_site.ops.run_reactions()
    first, second = house.came
    assert (first["type"], first["data"]["attendee"]) == (
        "errand.changed",
        {"name": "鈴木 一郎", "telephone": "03-1234-5678"},
    )
    assert "appointment" in first["data"]
    assert "appointment" not in second["data"]
    assert second["data"]["change"] > first["data"]["change"]
    assert first["id"] != second["id"]


async def test_what_is_agreed_before_the_order_goes_out_with_it(case_world: World, tmp_path: Path) -> None:
    async with open_house(case_world.clock, tmp_path) as (house, carrier, _):
        case_world.hires(carrier)
        house.moods.append("503")
        await until(case_world, ON_SITE, S.RESERVED)
        await case_world.ops.run_reactions()
        agreed = await appoint(case_world)
        await case_world.passes(2)
        await case_world.ops.run_reactions()
        await case_world.ops.run_reactions()
    assert (await case_world.exchange()).state is S.ORDERED
    ordered = house.book["exchange-1"]
    assert ordered["attendee"]["name"] == "鈴木 一郎"
    assert (await errand(case_world)).target_at == agreed.window.until_at


async def test_a_carrier_s_notices_become_times_a_driver_and_an_arrival(on_site: World) -> None:
    now = on_site.clock.wall()
    driver = Driver(name="田中", telephone="090-0000-0000", company="例示運送")
    await tells(on_site, NoticeKind.DEPARTED, at=now, estimated_at=now + HOUR, driver=driver)
    assert (await on_site.exchange()).state is S.ORDERED
    await on_site.passes(3_600)
    await tells(on_site, NoticeKind.ARRIVED, at=now + HOUR)
    await tells(on_site, NoticeKind.STARTED, at=now + HOUR)
    kept = await errand(on_site)
    assert (await on_site.exchange()).state is S.ARRIVED
    assert kept.driver == driver
    assert time_of(kept, Milestone.ARRIVED, estimated=True) == time_of(kept, Milestone.ARRIVED) == now + HOUR
    assert "errand_late" not in await events(on_site)


async def test_nobody_there_is_no_dead_end(on_site: World) -> None:
    await appoint(on_site)
    await tells(on_site, NoticeKind.ARRIVED)
    chains = await on_site.store.batch(EVERYTHING, lambda batch: batch.chains([NEW]))
    at = whereabouts(chains[Thing(unit_id=NEW, part=Part.UNIT)])
    assert at is not None
    assert at.holder is Holder.ATTENDEE

    await tells(on_site, NoticeKind.MISSED, reason=MissReason.ATTENDEE_ABSENT)
    kept = await errand(on_site)
    assert (kept.visit, kept.target_at, kept.appointments[-1].state) == (2, None, AppointmentState.MISSED)
    chains = await on_site.store.batch(EVERYTHING, lambda batch: batch.chains([NEW]))
    at = whereabouts(chains[Thing(unit_id=NEW, part=Part.UNIT)])
    assert at is not None
    assert at.holder is Holder.DRIVER

    await appoint(on_site, "佐藤 花子")
    await tells(on_site, NoticeKind.ARRIVED, "second visit")
    await on_site.hello(NEW)
    await on_site.ops.swap_unit(MANAGER, 1, "佐藤 花子")
    assert (await on_site.exchange()).state is S.SWAPPED


@pytest.mark.parametrize("reason", MissReason)
async def test_every_way_a_visit_comes_to_nothing_leaves_the_exchange_open(on_site: World, reason: MissReason) -> None:
    await appoint(on_site)
    await on_site.ops.errands.report_missed_visit(DISPATCHER, 1, reason, "呼び鈴に応答なし")
    assert (await on_site.exchange()).state is S.ORDERED
    assert [one.reason for one in (await errand(on_site)).missed_visits] == [reason]
    await appoint(on_site)


async def test_a_dispatcher_cannot_report_a_late_arrival_without_its_reason(on_site: World) -> None:
    await on_site.passes(5 * 3_600)
    now = on_site.clock.wall()
    with pytest.raises(Conflict) as refused:
        await on_site.ops.errands.report_errand(DISPATCHER, 1, arrived_at(now))
    assert refused.value.code == "lateness_reason_required"
    assert (await on_site.exchange()).state is S.ORDERED
    kept = await on_site.ops.errands.report_errand(DISPATCHER, 1, arrived_at(now, MissReason.TRAFFIC))
    assert kept.late_because is MissReason.TRAFFIC
    assert (await on_site.exchange()).state is S.ARRIVED
    assert "errand_late" in await events(on_site)


async def test_a_carrier_s_late_arrival_counts_and_waits_for_its_reason(on_site: World) -> None:
    with pytest.raises(Conflict) as refused:
        await on_site.ops.errands.explain_lateness(DISPATCHER, 1, MissReason.WEATHER)
    assert refused.value.code == "not_late"
    await on_site.passes(5 * 3_600)
    await tells(on_site, NoticeKind.ARRIVED)
    assert (await on_site.exchange()).state is S.ARRIVED
    assert (await errand(on_site)).late_because is None
    kept = await on_site.ops.errands.explain_lateness(DISPATCHER, 1, MissReason.WEATHER)
    assert kept.late_because is MissReason.WEATHER


async def test_what_is_shipped_has_its_times_in_the_same_shape(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ORDERED)
    now = case_world.clock.wall()
    await tells(case_world, NoticeKind.DEPARTED, at=now, tracking="4123-5678", estimated_at=now + 20 * HOUR)
    await tells(case_world, NoticeKind.ARRIVED, at=now)
    kept = await errand(case_world)
    assert (kept.tracking, time_of(kept, Milestone.DEPARTED), time_of(kept, Milestone.ARRIVED)) == (
        "4123-5678",
        now,
        now,
    )
    with pytest.raises(Conflict) as refused:
        await case_world.ops.errands.propose_appointment(DISPATCHER, 1, [window(case_world)], "")
    assert refused.value.code == "no_visit_expected"
    view = await case_world.reads.errand(EVERYTHING, 1)
    assert view is not None
    assert view.unit_return is not None
    assert view.unit_return.due_at > now


@pytest.mark.parametrize("kind", [NoticeKind.DEPARTED, NoticeKind.MISSED, NoticeKind.ARRIVED, NoticeKind.DONE])
async def test_a_notice_that_comes_too_late_is_told_to_people_and_changes_nothing(
    on_site: World, kind: NoticeKind
) -> None:
    await on_site.ops.cancel_exchange(MANAGER, 1, "it works again")
    before = await errand(on_site)
    await tells(on_site, kind)
    assert await errand(on_site) == before
    assert "carrier_notice_without_effect" in await events(on_site)


async def test_times_that_contradict_one_another_are_told_to_people_and_not_kept(on_site: World) -> None:
    now = on_site.clock.wall()
    await tells(on_site, NoticeKind.DEPARTED, at=now)
    await tells(on_site, NoticeKind.ARRIVED, at=now - HOUR)
    assert (await on_site.exchange()).state is S.ORDERED
    assert "carrier_notice_without_effect" in await events(on_site)


async def test_only_a_dispatcher_reports_and_only_they_and_the_customer_s_manager_appoint(on_site: World) -> None:
    ops, agreed = on_site.ops.errands, agreement(on_site)
    for actor, refusal in ((SUPPORT, Forbidden), (STRANGER, NotFound)):
        with pytest.raises(refusal):
            await ops.propose_appointment(actor, 1, [agreed.window], "")
        with pytest.raises(refusal):
            await ops.agree_appointment(actor, 1, agreed)
    for actor in (SUPPORT, MANAGER, STRANGER):
        with pytest.raises(Forbidden):
            await ops.report_errand(actor, 1, arrived_at(1))
        with pytest.raises(Forbidden):
            await ops.report_missed_visit(actor, 1, MissReason.NO_ENTRY, "")
        with pytest.raises(Forbidden):
            await ops.explain_lateness(actor, 1, MissReason.NO_ENTRY)


async def test_nobody_is_named_in_the_errands_of_a_contract_that_is_over(on_site: World) -> None:
    await appoint(on_site)
    await appoint(on_site, "佐藤 花子", "鈴木さまご都合")
    await tells(on_site, NoticeKind.DEPARTED, driver=Driver(name="田中", telephone="090-0000-0000"))
    await on_site.ops.errands.report_missed_visit(DISPATCHER, 1, MissReason.ATTENDEE_ABSENT, "佐藤さまご不在")
    await on_site.store.batch(EVERYTHING, lambda batch: batch.erase_named_of(TENANT, on_site.clock.wall()))
    kept = await errand(on_site)
    assert not [word for word in ("鈴木", "佐藤", "03-1234", "田中", "090-") if word in str(kept)]
    assert [one.reason for one in kept.missed_visits] == [MissReason.ATTENDEE_ABSENT]


async def test_who_attended_is_forgotten_with_their_telephone_once_they_are_erased(on_site: World) -> None:
    await appoint(on_site)
    await tells(on_site, NoticeKind.DEPARTED, driver=Driver(name="田中", telephone="090-0000-0000"))
    await on_site.ops.errands.report_missed_visit(DISPATCHER, 1, MissReason.ATTENDEE_ABSENT, "鈴木さまご不在")
    await on_site.ops.cancel_exchange(MANAGER, 1, "it works again")
    async with on_site.store.transaction(EVERYTHING) as tx:
        assert await tx.erase_named(TENANT, "鈴木 一郎", on_site.clock.wall())
    kept = str(await errand(on_site))
    assert not [word for word in ("鈴木", "03-1234", "田中", "090-") if word in kept]
