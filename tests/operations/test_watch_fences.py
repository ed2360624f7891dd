"""Many hosts on one store: each learns from the counter whose session has lost its right, and needs no other word."""

import pytest

from protocol.codes import CloseCode
from protocol.messages import Renew
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.life import LifeSaid
from servicehost.domain.people import Actor, Role
from servicehost.operations.change_unit_life import change_unit_life
from servicehost.operations.end_adapter import end_adapter, end_due_adapters
from servicehost.operations.revoke_unit import revoke_unit
from servicehost.operations.unbind_unit import unbind_unit
from servicehost.operations.watch_fences import FENCE_LIFE_MS, FenceWatch, drop_old_fences
from servicehost.ports.desk import Fence
from servicehost.ports.fences import FenceChange
from servicehost.sessions.registry import Registry
from servicehost.workers.rounds import FENCES_EVERY_S, identity_rounds
from tests.builders.world import CODE, OLD, World, distribution_id
from tests.fakes.line import RecordingLine

DISPATCHER = Actor(person_id=1, master_id="d", name="d", role=Role.DISPATCHER, management_code=None)
POLL_LIMIT_S = 5.0


class DeafLine(RecordingLine):
    """Every nudge is dropped."""

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        return


class OpenSession:
    """A session, as a registry knows it."""

    def __init__(self, unit_id: int, epoch: int) -> None:
        self.fence: Fence | None = Fence(unit_id=unit_id, epoch=epoch)
        self.left: list[tuple[CloseCode, str]] = []

    def look(self) -> None:
        return

    def renew(self, renew: Renew) -> None:
        return

    def leave(self, code: CloseCode, reason: str) -> None:
        self.left.append((code, reason))


class Host:
    """What of a host this is about: its registry and its watch, begun at the counter's value then."""

    def __init__(self, world: World, begun_at: int) -> None:
        self.registry = Registry()
        self.watch = FenceWatch(world.reads, self.registry, begun_at)

    def carries(self, unit_id: int, epoch: int) -> OpenSession:
        session = OpenSession(unit_id, epoch)
        self.registry.register(session)
        return session


async def a_host(world: World) -> Host:
    return Host(world, await world.reads.last_fence_change())


async def revoke(world: World) -> None:
    args = (DISPATCHER, distribution_id(OLD), "key_compromise", "")
    await revoke_unit(*args, store=world.store, clock=world.clock, line=DeafLine())


async def test_both_hosts_end_the_session_within_one_look_though_every_nudge_was_dropped(case_world: World) -> None:
    one, other = await a_host(case_world), await a_host(case_world)
    welcomed = await case_world.hello(OLD)
    sessions = [host.carries(OLD, welcomed.fence.epoch) for host in (one, other)]
    await revoke(case_world)
    assert [session.left for session in sessions] == [[], []]
    for host in (one, other):
        await host.watch.look()
    assert [session.left[0] for session in sessions] == [(CloseCode.REVOKED, "revoked")] * 2


async def test_a_host_looks_often_enough_to_keep_the_promise(case_world: World) -> None:
    host = await a_host(case_world)
    rounds = {one.name: one for one in identity_rounds(host.watch, host.watch, _none)}
    assert rounds["watch_fences"].every_s == FENCES_EVERY_S <= POLL_LIMIT_S
    session = host.carries(OLD, (await case_world.hello(OLD)).fence.epoch)
    await revoke(case_world)
    await rounds["watch_fences"].work()
    assert session.left


async def _none() -> int:
    return 0


async def test_a_host_that_starts_later_does_not_replay_what_was_before(case_world: World) -> None:
    await case_world.hello(OLD)
    await revoke(case_world)
    late = await a_host(case_world)
    session = late.carries(OLD, 1)
    assert await late.watch.look() == 0
    assert session.left == []


async def test_a_session_registered_a_moment_after_the_look_is_ended_by_the_next_one(case_world: World) -> None:
    host = await a_host(case_world)
    await revoke(case_world)
    await host.watch.look()
    session = host.carries(OLD, 0)
    await host.watch.look()
    assert session.left == [(CloseCode.REVOKED, "revoked")]
    assert await host.watch.look() == 0


async def test_a_session_of_a_later_epoch_keeps_its_place(case_world: World) -> None:
    host = await a_host(case_world)
    await case_world.store.batch(
        EVERYTHING,
        lambda batch: batch.add_fence_changes([FenceChange(unit_id=OLD, code=CloseCode.UNBOUND, at=1)]),
    )
    session = host.carries(OLD, 1)
    await host.watch.look()
    assert session.left == []


async def test_unbinding_is_learnt_by_every_host(case_world: World) -> None:
    host = await a_host(case_world)
    session = host.carries(OLD, (await case_world.hello(OLD)).fence.epoch)
    await unbind_unit(DISPATCHER, "nxe000000001", "", store=case_world.store, clock=case_world.clock, line=DeafLine())
    await host.watch.look()
    assert session.left[0][0] is CloseCode.UNBOUND


@pytest.mark.parametrize("said", [LifeSaid.LOST, LifeSaid.STOLEN])
async def test_a_loss_is_learnt_by_every_host(case_world: World, said: LifeSaid) -> None:
    hosts = [await a_host(case_world), await a_host(case_world)]
    welcomed = await case_world.hello(OLD)
    sessions = [host.carries(OLD, welcomed.fence.epoch) for host in hosts]
    ports = {"store": case_world.store, "clock": case_world.clock, "line": DeafLine()}
    await change_unit_life(DISPATCHER, distribution_id(OLD), said, "seen", **ports)  # type: ignore[arg-type]  # the three ports by name
    for host in hosts:
        await host.watch.look()
    assert [session.left[0] for session in sessions] == [(CloseCode.REVOKED, "revoked")] * 2


@pytest.mark.parametrize("ahead_ms", [0, 60_000])
async def test_the_end_of_a_contract_is_learnt_by_every_host(case_world: World, ahead_ms: int) -> None:
    hosts = [await a_host(case_world), await a_host(case_world)]
    welcomed = await case_world.hello(OLD)
    sessions = [host.carries(OLD, welcomed.fence.epoch) for host in hosts]
    store, clock = case_world.store, case_world.clock
    await end_adapter(DISPATCHER, CODE, clock.wall() + ahead_ms, "over", store=store, clock=clock, line=DeafLine())
    clock.now_ms += ahead_ms
    assert await end_due_adapters(9, store=store, clock=clock, line=DeafLine()) == (1 if ahead_ms else 0)
    for host in hosts:
        await host.watch.look()
    assert [session.left[0][0] for session in sessions] == [CloseCode.OUT_OF_SERVICE] * 2


async def test_many_changes_are_read_in_their_order_to_the_last(case_world: World) -> None:
    host = await a_host(case_world)
    changes = [FenceChange(unit_id=OLD, code=CloseCode.UNBOUND, at=at) for at in range(1_001)]
    numbered = await case_world.store.batch(EVERYTHING, lambda batch: batch.add_fence_changes(changes))
    assert [one.change for one in numbered] == sorted(one.change for one in numbered)
    assert await host.watch.look() == 1_001
    assert await host.watch.look() == 0


async def test_changes_are_forgotten_after_a_day_and_numbers_go_on(case_world: World) -> None:
    store, clock = case_world.store, case_world.clock
    await revoke(case_world)
    before = await case_world.reads.last_fence_change()
    assert await drop_old_fences(store=store, clock=clock) == 0
    clock.now_ms += FENCE_LIFE_MS + 1
    assert await drop_old_fences(store=store, clock=clock) == 1
    await revoke(case_world)
    assert await case_world.reads.last_fence_change() > before
