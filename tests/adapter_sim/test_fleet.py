"""A fleet inside a test's loop."""

from pathlib import Path

import pytest

from adapter_sim import deeds
from adapter_sim.dialer import HostAddress
from adapter_sim.event_queue import MAX_EVENTS
from adapter_sim.fleet import Fleet, FleetError, FleetPlan
from adapter_sim.inventory import UnitEntry
from adapter_sim.world import World
from tests.adapter_sim.stage import UNIT, HandTimers, Told
from tests.builders.certificates import ours


def made(folder: Path, told: Told, *, anchors: bool = True) -> tuple[Fleet, UnitEntry]:
    (folder / "anchors.pem").write_text(ours().root_pem)
    certificate, key = ours().unit(UNIT).write(folder, "unit")
    plan = FleetPlan(
        hosts=[HostAddress(name="127.0.0.1", port=1)],
        state=folder / "state",
        anchors=folder / "anchors.pem" if anchors else None,
    )
    entry = UnitEntry(distribution_id=UNIT, model="SA-1", serial="1", certificate=str(certificate), key=str(key))
    return Fleet(plan, World(timers=HandTimers(), tell=told)), entry


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


async def test_a_unit_that_brings_its_certificate_needs_anchors_to_know_its_host_by(tmp_path: Path) -> None:
    fleet, entry = made(tmp_path, Told(), anchors=False)
    with pytest.raises(FleetError, match="no anchors were given"):
        await fleet.start([entry])
