"""Certificates lose their force: the session ends, the next hello is refused with the reason."""

import msgspec
import pytest

from protocol.codes import CloseCode
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.operations.move_unit import move_unit, take_unit_back
from servicehost.operations.phone_home import phone_home
from servicehost.operations.release_unit import release_unit
from servicehost.operations.revoke_unit import revoke_certificate, revoke_unit
from servicehost.ports.attempts import AttemptsWanted
from servicehost.ports.desk import NotAdmitted, Welcomed
from tests.builders.units import US, a_call
from tests.builders.world import DISPATCHER, MANAGER, NEW, OLD, World, distribution_id
from tests.fakes.line import RecordingLine

UNIT = distribution_id(OLD)


class Desk:
    """A world's use cases, by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.line = RecordingLine()

    async def revoke(self, unit: int = OLD, reason: str = "key_compromise") -> list[str | None]:
        done = await revoke_unit(
            DISPATCHER,
            distribution_id(unit),
            reason,
            "seen",
            store=self.world.store,
            clock=self.world.clock,
            line=self.line,
        )
        return [one.revoked_reason for one in done]

    async def revoke_number(self, number: str) -> None:
        args = (DISPATCHER, number, "superseded", "")
        await revoke_certificate(*args, store=self.world.store, clock=self.world.clock, line=self.line)

    async def hello(self, leaf: str = "leaf-1", boot: str = "b", *, known: bool = True) -> Welcomed | NotAdmitted:
        call = a_call(UNIT, boot_id=boot)
        call = msgspec.structs.replace(call, caller=msgspec.structs.replace(call.caller, certificate=leaf))
        us = msgspec.structs.replace(US, known_certificates=known)
        now = self.world.clock.wall()
        (answer,) = await self.world.store.batch(EVERYTHING, lambda batch: phone_home(batch, [call], us, now))
        return answer

    async def refused(self, leaf: str = "leaf-1", boot: str = "b", *, known: bool = True) -> NotAdmitted:
        answer = await self.hello(leaf, boot, known=known)
        assert isinstance(answer, NotAdmitted)
        return answer

    async def log(self) -> list[tuple[str, str, str | None]]:
        rows = await self.world.reads.attempts(EVERYTHING, AttemptsWanted(newest_first=False))
        return [(row.outcome.value, row.reason, row.detail) for row in rows]

    async def events(self) -> list[str]:
        return [event.sub_type for event in await self.world.reads.events(EVERYTHING, limit=500)]


@pytest.fixture
def desk(case_world: World) -> Desk:
    return Desk(case_world)


async def test_the_session_is_told_and_the_next_hello_refused_with_the_reason(desk: Desk) -> None:
    assert isinstance(await desk.hello(), Welcomed)
    assert await desk.revoke() == ["key_compromise"]
    assert desk.line.ended == [(OLD, 2, CloseCode.REVOKED)]
    away = await desk.refused()
    assert (away.code, away.reason, away.because) == (CloseCode.REVOKED, "revoked", "key_compromise")
    assert await desk.log() == [("welcomed", "serving", None), ("refused", "revoked", "key_compromise")]
    assert "certificates_revoked" in await desk.events()


async def test_revoked_again_it_keeps_its_first_reason(desk: Desk) -> None:
    await desk.revoke()
    assert await desk.revoke(reason="superseded") == ["key_compromise"]


async def test_a_certificate_nobody_recorded_is_revoked_with_the_unit_that_showed_it(desk: Desk) -> None:
    assert isinstance(await desk.hello("stray", known=False), Welcomed)
    assert await desk.revoke() == ["key_compromise", "key_compromise"]
    assert (await desk.refused("stray", known=False)).reason == "revoked"
    async with desk.world.store.transaction(EVERYTHING) as tx:
        kept = await tx.certificate("stray")  # as enrolment reads it when the unit shows it there
    assert kept is not None
    assert (kept.way, kept.revoked_reason) == ("unknown", "key_compromise")


async def test_what_is_revoked_again_leaves_no_second_event(desk: Desk) -> None:
    await desk.revoke()
    await desk.revoke()
    assert (await desk.events()).count("certificates_revoked") == 1


async def test_what_is_issued_after_a_revocation_is_good(desk: Desk) -> None:
    await desk.revoke()
    async with desk.world.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(OLD, "leaf-new", "serial-new", 2**42, desk.world.clock.wall())
    assert isinstance(await desk.hello("leaf-new"), Welcomed)


async def test_one_certificate_is_revoked_by_its_number(desk: Desk) -> None:
    async with desk.world.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(OLD, "second", "AB12", 2**42, 1)
    await desk.hello("leaf-1")
    await desk.revoke_number("ab12")
    assert desk.line.ended == []  # its session was opened with another one
    assert (await desk.refused("second")).because == "superseded"
    assert isinstance(await desk.hello("leaf-1"), Welcomed)
    await desk.hello("leaf-1")
    with pytest.raises(NotFound, match="CD34"):
        await desk.revoke_number("cd34")


async def test_the_session_of_a_revoked_certificate_loses_its_right(desk: Desk) -> None:
    async with desk.world.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(OLD, "second", "AB12", 2**42, 1)
    await desk.hello("second")
    await desk.revoke_number("AB12")
    assert desk.line.ended == [(OLD, 2, CloseCode.REVOKED)]


async def test_an_unknown_certificate_is_refused_where_settings_ask_for_known_ones(desk: Desk) -> None:
    away = await desk.refused("stray")
    assert (away.code, away.reason) == (CloseCode.REVOKED, "certificate_unknown")
    assert isinstance(await desk.hello("stray", known=False), Welcomed)


async def test_first_use_is_noted_once_and_supersedes_the_older_ones(desk: Desk) -> None:
    world = desk.world
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(OLD, "second", "AB12", 2**42, 1)
    first_at = world.clock.wall()
    await desk.hello("leaf-1")
    world.clock.now_ms += 5
    await desk.hello("second")
    world.clock.now_ms += 5
    await desk.hello("second")
    old, new = await world.reads.certificates(EVERYTHING, UNIT)
    assert (old.first_used_at, old.superseded_at) == (first_at, first_at + 5)
    assert (new.first_used_at, new.superseded_at) == (first_at + 5, None)


async def test_a_refused_hello_notes_no_use_and_gives_no_epoch(desk: Desk) -> None:
    await desk.revoke()
    await desk.refused()
    (only,) = await desk.world.reads.certificates(EVERYTHING, UNIT)
    assert only.first_used_at is None
    view = await desk.world.reads.unit(EVERYTHING, UNIT)
    assert view is not None
    assert view.session.epoch == 0
    assert view.last_attempt is not None


async def test_a_moved_unit_is_told_its_hosts_until_it_is_taken_back(desk: Desk) -> None:
    world, hosts = desk.world, ["wss://a.example", "wss://b.example:8443/session"]
    ports = {"store": world.store, "clock": world.clock, "line": desk.line}
    await desk.hello()
    await move_unit(DISPATCHER, UNIT, hosts, **ports)  # type: ignore[arg-type]  # ports of three kinds
    assert desk.line.ended == [(OLD, 2, CloseCode.MOVED)]
    away = await desk.refused()
    assert (away.code, away.reason, away.hosts) == (CloseCode.MOVED, "moved", tuple(hosts))
    await move_unit(DISPATCHER, UNIT, hosts, **ports)  # type: ignore[arg-type]  # the same again changes nothing
    assert (await desk.events()).count("unit_moved") == 1
    await take_unit_back(DISPATCHER, UNIT, **ports)  # type: ignore[arg-type]  # ports of three kinds
    assert isinstance(await desk.hello(), Welcomed)


async def test_two_boxes_are_held_and_released_by_a_dispatcher(desk: Desk) -> None:
    world = desk.world
    for boot in "ABA":
        assert isinstance(await desk.hello(boot=boot), Welcomed)
        world.clock.now_ms += 1_000
    away = await desk.refused(boot="B")
    assert (away.code, away.reason) == (CloseCode.DUPLICATE, "duplicate")
    for boot in "AB":
        assert (await desk.refused(boot=boot)).reason == "duplicate"
    (change,) = await world.reads.fence_changes_after(0, 9)
    assert (change.code, change.below_epoch) == (CloseCode.DUPLICATE, 4)
    (found,) = [one for one in await world.reads.events(EVERYTHING, limit=99) if one.sub_type == "unit_held"]
    assert (int(found.severity), found.detail["takeovers"], found.detail["boots"]) == (3, 3, ["A", "B"])
    await release_unit(DISPATCHER, UNIT, "one is in the box again", store=world.store, clock=world.clock)
    assert isinstance(await desk.hello(boot="A"), Welcomed)
    with pytest.raises(Conflict):
        await release_unit(DISPATCHER, UNIT, "", store=world.store, clock=world.clock)


async def test_two_boxes_in_one_batch_are_held_all_the_same(desk: Desk) -> None:
    calls = [a_call(UNIT, boot_id=boot) for boot in "ABABA"]
    now = desk.world.clock.wall()
    answers = await desk.world.store.batch(EVERYTHING, lambda batch: phone_home(batch, calls, US, now))
    assert [isinstance(one, Welcomed) for one in answers] == [True, True, True, False, False]
    (change,) = await desk.world.reads.fence_changes_after(0, 9)
    assert change.below_epoch == 4


async def test_one_box_that_starts_again_and_again_is_not_held(desk: Desk) -> None:
    for boot in "ABCDEFGH":
        assert isinstance(await desk.hello(boot=boot), Welcomed)
        desk.world.clock.now_ms += 1_000


async def test_a_refused_unit_brings_no_swap_about(desk: Desk) -> None:
    await desk.revoke(NEW)
    call = a_call(distribution_id(NEW))
    call = msgspec.structs.replace(call, caller=msgspec.structs.replace(call.caller, certificate="leaf-2"))
    now = desk.world.clock.wall()
    (away,) = await desk.world.store.batch(EVERYTHING, lambda batch: phone_home(batch, [call], US, now))
    assert isinstance(away, NotAdmitted)


async def test_only_a_dispatcher_revokes_releases_and_moves(desk: Desk) -> None:
    world, line = desk.world, desk.line
    with pytest.raises(Forbidden):
        await revoke_unit(MANAGER, UNIT, "superseded", "", store=world.store, clock=world.clock, line=line)
    with pytest.raises(Forbidden):
        await revoke_certificate(MANAGER, "AB", "superseded", "", store=world.store, clock=world.clock, line=line)
    with pytest.raises(Forbidden):
        await release_unit(MANAGER, UNIT, "", store=world.store, clock=world.clock)
    with pytest.raises(Forbidden):
        await move_unit(MANAGER, UNIT, ["wss://a"], store=world.store, clock=world.clock, line=line)
    with pytest.raises(Invalid):
        await desk.revoke(reason="because")
