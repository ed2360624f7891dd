"""A fleet inside a test's loop."""

from pathlib import Path

import pytest

from adapter_sim import deeds
from adapter_sim.ailments import DeadOnArrival, PowerCut, WrongBox
from adapter_sim.dialer import HostAddress
from adapter_sim.event_queue import MAX_EVENTS
from adapter_sim.fleet import Fleet, FleetError, FleetPlan
from adapter_sim.inventory import UnitEntry
from adapter_sim.world import World
from protocol.identity import distribution_id_from_int
from tests.adapter_sim.stage import UNIT, HandTimers, Told
from tests.builders.certificates import ours

OTHER = distribution_id_from_int(77)


def made(
    folder: Path, told: Told, *, anchors: bool = True, timers: HandTimers | None = None
) -> tuple[Fleet, UnitEntry]:
    (folder / "anchors.pem").write_text(ours().root_pem)
    certificate, key = ours().unit(UNIT).write(folder, "unit")
    plan = FleetPlan(
        hosts=[HostAddress(name="127.0.0.1", port=1)],
        state=folder / "state",
        anchors=folder / "anchors.pem" if anchors else None,
    )
    entry = UnitEntry(distribution_id=UNIT, model="SA-1", serial="1", certificate=str(certificate), key=str(key))
    return Fleet(plan, World(timers=timers or HandTimers(), tell=told)), entry


async def test_an_event_that_finds_the_queue_full_is_told_as_lost(tmp_path: Path) -> None:
    told = Told()
    fleet, entry = made(tmp_path, told)
    await fleet.start([entry])
    kept = [fleet.do(deeds.RaiseEvent(sub_type="link_up"), UNIT) for _ in range(MAX_EVENTS + 1)]
    assert kept == [True] * MAX_EVENTS + [False]
    assert told.all[-1].what == "event_lost"
    await fleet.stop()
    assert fleet.adapters[UNIT].stage == "off"


async def test_a_unit_whose_files_cannot_be_read_is_named(tmp_path: Path) -> None:
    fleet, entry = made(tmp_path, Told())
    (tmp_path / "unit.pem").write_text("not a certificate")
    with pytest.raises(FleetError, match=UNIT):
        await fleet.start([entry])


async def test_of_two_boxes_that_were_mixed_up_the_one_in_the_parcel_powers_on(tmp_path: Path) -> None:
    fleet, entry = made(tmp_path, Told())
    meant = UnitEntry(distribution_id=OTHER, model="SA-1", serial="2")
    assert await fleet.add(meant, [WrongBox(answers=entry)])
    assert list(fleet.adapters) == [UNIT]
    with pytest.raises(FleetError, match="in the fleet already"):
        await fleet.add(meant, [WrongBox(answers=entry)])
    await fleet.stop()


async def test_what_befalls_a_unit_that_was_added_counts_from_then(tmp_path: Path) -> None:
    told, timers = Told(), HandTimers()
    fleet, entry = made(tmp_path, told, timers=timers)
    await fleet.start([])
    timers.advance(60)
    await fleet.add(entry, [PowerCut(at_s=5)])
    timers.advance(4)
    assert fleet.adapters[UNIT].stage != "off"
    timers.advance(2)
    assert fleet.adapters[UNIT].stage == "off"
    await fleet.stop()


async def test_an_added_unit_may_be_dead_on_arrival(tmp_path: Path) -> None:
    fleet, entry = made(tmp_path, Told())
    await fleet.add(entry, [DeadOnArrival()])
    assert fleet.adapters[UNIT].stage == "off"
    await fleet.stop()


async def test_a_unit_that_brings_its_certificate_needs_anchors_to_know_its_host_by(tmp_path: Path) -> None:
    fleet, entry = made(tmp_path, Told(), anchors=False)
    with pytest.raises(FleetError, match="no anchors were given"):
        await fleet.start([entry])
