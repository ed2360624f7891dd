"""What counts as trouble, and what comes first."""

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.push import Phase
from servicehost.ports.concerns import Concerns
from servicehost.web.fleet_answers import Moment
from servicehost.web.panel.cases import CasesSeen
from servicehost.web.panel.headline import headline_of
from servicehost.web.panel.knowledge import Knowledge
from servicehost.web.panel.picture import Picture, picture_of
from servicehost.web.panel.stored_cases import StoredCases
from tests.builders.office import ANNA_S, Office, open_office
from tests.fakes.clock import T0

ONE, TWO, THREE = "nxe000000001", "nxe000000002", "nxe000000003"
NOTHING_WAITS = Concerns()
ALIVE = Lease(host="h", run=1, started_at=T0 - 100_000, renewed_at=T0)


async def picture(
    office: Office,
    cases: CasesSeen | None = None,
    lease: Lease | None = ALIVE,
    concerns: Concerns = NOTHING_WAITS,
) -> Picture:
    known = Knowledge(Scope(management_code=ANNA_S), office.reads, office.clock, StoredCases(office.reads))
    await known.read()
    known.cases = cases or known.cases
    known.concerns = concerns
    return picture_of(known, Moment.of([] if lease is None else [lease], office.clock.wall()))


def session(office: Office, number: int, ending: str | None = None) -> None:
    row = SessionRow(
        epoch=1, host="h", run=1, opened_at=T0, heard_at=T0, ended_at=T0 if ending else None, ending=ending
    )
    (unit_id,) = [unit.unit_id for unit in office.shelf.units.values() if unit.serial == f"{number:06d}"]
    office.shelf.views[unit_id] = msgspec.structs.replace(office.shelf.views[unit_id], session=row)


async def three(office: Office) -> None:
    for number, code in enumerate((ONE, TWO, THREE), start=1):
        await office.bound(code, number)
        session(office, number)


async def test_a_fleet_in_order_says_so() -> None:
    office = await open_office()
    await three(office)
    seen = await picture(office)
    assert [row.service_code for row in seen.fleet] == [ONE, TWO, THREE]
    assert dict(seen.presences) == {
        "connected": 3,
        "disconnected": 0,
        "unknown": 0,
        "trying": 0,
        "never": 0,
        "no_unit": 0,
    }
    assert headline_of(seen).tone == "good"


async def test_a_silent_unit_comes_first_and_makes_the_headline() -> None:
    office = await open_office()
    await three(office)
    session(office, 3, "silent")
    seen = await picture(office)
    assert [row.service_code for row in seen.fleet] == [THREE, ONE, TWO]
    line = headline_of(seen)
    assert (line.tone, line.title.ja, line.title.en) == ("bad", "確認が必要な拠点 1件", "1 site needs attention")
    assert [(part.count, part.word.en) for part in line.parts] == [(1, "disconnected")]


async def test_a_unit_that_left_to_try_a_config_is_no_trouble() -> None:
    office = await open_office()
    await three(office)
    push = await office.push(THREE, "hostname three\n")
    session(office, 3, "done")
    office.stands(push, Phase.STORED)
    seen = await picture(office)
    assert (seen.attention, seen.disconnected, dict(seen.presences)["trying"]) == (0, 0, 1)
    assert headline_of(seen).tone == "good"
    office.stands(push, Phase.REVERTED)
    assert (await picture(office)).attention == 1


async def test_a_unit_that_does_not_come_back_from_its_trial_is_trouble() -> None:
    office = await open_office()
    await three(office)
    push = await office.push(THREE, "hostname three\n")
    session(office, 3, "done")
    office.stands(push, Phase.STORED)
    office.clock.go_on(push.confirm_timeout_s + 66)
    renewed = msgspec.structs.replace(ALIVE, renewed_at=office.clock.wall())
    assert (await picture(office, lease=renewed)).disconnected == 1


async def test_a_push_that_failed_last_is_trouble_until_a_newer_one_is_there() -> None:
    office = await open_office()
    await three(office)
    push = await office.push(TWO, "hostname two\n")
    office.stands(push, Phase.REFUSED)
    seen = await picture(office)
    assert (seen.attention, seen.failed_pushes, seen.fleet[0].service_code) == (1, 1, TWO)
    again = await office.push(TWO, "hostname two again\n")
    office.stands(again, Phase.CONFIRMED)
    assert (await picture(office)).attention == 0


async def test_an_open_fault_is_trouble_at_its_site() -> None:
    office = await open_office()
    await three(office)
    seen = await picture(office, CasesSeen(open_faults=1, open_at=frozenset({TWO})))
    assert (seen.attention, seen.fleet[0].service_code) == (1, TWO)
    assert [part.word.en for part in headline_of(seen).parts] == ["open fault"]


async def test_a_host_that_is_gone_is_our_trouble_and_not_the_sites() -> None:
    office = await open_office()
    await three(office)
    seen = await picture(office, lease=None)
    assert (seen.attention, seen.unknown) == (0, 3)
    line = headline_of(seen)
    assert line.tone == "warn"
    assert "サービスホスト側の事情" in line.more[0].ja


async def test_an_empty_fleet_is_not_called_healthy() -> None:
    assert headline_of(await picture(await open_office())).tone == "calm"


async def test_an_adapter_without_a_name_is_called_by_its_code_and_one_without_a_unit_is_named() -> None:
    office = await open_office()
    await office.adapter(ONE)
    (row,) = (await picture(office)).fleet
    assert (row.site, row.unit, row.presence, row.heard_at) == (ONE, "", "no_unit", None)


async def test_every_push_under_way_is_listed_and_endings_come_newest_first() -> None:
    office = await open_office()
    await three(office)
    first = await office.push(ONE, "hostname one\n")
    office.stands(first, Phase.CONFIRMED)
    office.clock.go_on(5)
    second = await office.push(ONE, "hostname one again\n")
    office.stands(second, Phase.REVERTED)
    third = await office.push(TWO, "hostname two\n")
    seen = await picture(office)
    assert [row.push for row in seen.pushes_open] == [third.push]
    assert [row.push for row in seen.pushes_ended] == [second.push, first.push]


async def test_events_are_newest_first_and_named_by_their_sites() -> None:
    office = await open_office()
    await office.catalogue.add_adapter(office.dispatcher, ANNA_S, ONE, "大阪支店")
    seen = await picture(office)
    assert [event.event for event in seen.events] == sorted((event.event for event in seen.events), reverse=True)
    assert (seen.events[0].sub_type, seen.events[0].site) == ("adapter_added", "大阪支店")


async def test_units_that_wait_for_a_person_make_the_headline_until_a_site_has_trouble() -> None:
    office = await open_office()
    await three(office)
    seen = await picture(office, concerns=Concerns(held_units=1, enrolment_requests=2))
    line = headline_of(seen)
    assert (line.tone, line.title.ja, line.title.en) == ("warn", "判断待ちの機器 3件", "3 units wait for a decision")
    assert [(part.count, part.word.en, part.address) for part in line.parts] == [
        (1, "unit held: two boxes use its identity", ""),
        (2, "enrolments that need approval", "/panel/enrolments"),
    ]
    session(office, 3, "silent")
    line = headline_of(await picture(office, concerns=Concerns(held_units=1)))
    assert line.tone == "bad"
    assert [part.word.en for part in line.parts] == ["disconnected", "unit held: two boxes use its identity"]
