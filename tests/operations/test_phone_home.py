"""A unit says hello: who it is to us, what its state means for the push under way, what it is told."""

import msgspec
import pytest

from protocol.codes import CloseCode
from protocol.messages import Desired, Mark, ModuleState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Phase, Push
from servicehost.domain.unit import Unit
from servicehost.operations.phone_home import phone_home
from servicehost.ports.desk import NotAdmitted, Welcomed
from tests.builders.estate import DIGEST, a_push
from tests.builders.units import US, a_call, a_mark, failed_mark
from tests.operations.conftest import NOW, World

OTHER = "sha256:" + "0" * 64
EMPTY = ModuleState()
RUNS_OTHER = ModuleState(running=a_mark(OTHER), confirmed=a_mark(OTHER))


def on_trial(push: int) -> ModuleState:
    return ModuleState(running=a_mark(), confirmed=a_mark(OTHER), trial=push)


async def open_pushes(world: World) -> list[Push]:
    async with world.store.transaction(EVERYTHING) as tx:
        return (await tx.open_pushes([world.one.service_code], 0)).get(world.one.service_code, [])


async def with_startup(world: World) -> None:
    await world.save(world.one.push, phase=Phase.CONFIRMED)
    await world.batch(lambda batch: batch.set_startup([(world.one.service_code, 1, DIGEST)]))


async def test_a_serving_unit_is_welcomed_with_its_place_and_its_work(world: World) -> None:
    answer = await world.hello(world.one, EMPTY)
    assert msgspec.structs.asdict(answer.fence) == {
        "unit_id": world.one.unit.unit_id,
        "epoch": 1,
        "runs_tasks": False,
        "binding": world.one.binding.number,
        "service_code": world.one.service_code,
        "management_code": world.one.management_code,
    }
    welcome = answer.welcome
    assert (welcome.standing, welcome.session_epoch, welcome.binding, welcome.service_code) == (
        "serving",
        1,
        world.one.binding.number,
        world.one.service_code,
    )
    assert welcome.desired == (Desired(push=world.one.push.push, revision=1, digest=DIGEST),)
    assert (welcome.confirm, welcome.revert, welcome.time) == ((), (), "1970-01-01T00:00:01.000Z")
    assert answer.work_waits


async def test_a_unit_that_serves_no_adapter_is_on_stand_by(world: World) -> None:
    async with world.store.transaction(EVERYTHING) as tx:
        unit = await tx.add_unit(Unit(unit_id=0, distribution_id="D-3", model="M1", serial="S3", registered_at=1))
    call = a_call(unit.distribution_id, on_trial(9))
    (answer,) = await world.batch(lambda batch: phone_home(batch, [call], US, NOW))
    assert isinstance(answer, Welcomed)
    assert (answer.welcome.standing, answer.welcome.service_code, answer.welcome.desired) == ("standby", None, ())
    assert answer.welcome.revert == (9,)  # what it tried for the adapter it served before
    assert not answer.work_waits
    view = await world.reads.unit(EVERYTHING, unit.distribution_id)
    assert view is not None
    assert view.session.epoch == 1  # it is watched like any other


async def test_an_unknown_unit_is_not_admitted_and_harms_nobody_in_its_batch(world: World) -> None:
    calls = [a_call("nobody"), a_call(world.one.unit.distribution_id, EMPTY)]
    stranger, known = await world.batch(lambda batch: phone_home(batch, calls, US, NOW))
    assert isinstance(stranger, NotAdmitted)
    assert stranger.code is CloseCode.UNKNOWN_UNIT
    assert isinstance(known, Welcomed)


async def test_each_session_of_a_unit_has_a_greater_epoch(world: World) -> None:
    assert [(await world.hello(world.one)).fence.epoch for _ in range(3)] == [1, 2, 3]


async def test_of_two_hellos_in_one_batch_the_later_one_stands(world: World) -> None:
    calls = [
        a_call(world.one.unit.distribution_id, EMPTY, boot_id="first"),
        a_call(world.two.unit.distribution_id, EMPTY),
        a_call(world.one.unit.distribution_id, EMPTY, boot_id="second"),
    ]
    answers = await world.batch(lambda batch: phone_home(batch, calls, US, NOW))
    assert [answer.fence.epoch for answer in answers if isinstance(answer, Welcomed)] == [1, 1, 2]
    assert await world.batch(lambda batch: batch.fences({world.one.unit.unit_id})) == {
        world.one.unit.unit_id: (2, world.one.binding.number)
    }


async def test_a_unit_that_runs_the_push_on_trial_is_told_yes(world: World) -> None:
    push = await world.save(world.one.push, phase=Phase.STORED)
    answer = await world.hello(world.one, on_trial(push.push))
    assert (answer.welcome.confirm, answer.welcome.revert) == ((push.push,), ())
    assert (await world.push(push.push)).phase is Phase.RUNNING
    assert await world.startup(world.one) is None  # the host's yes is not the end
    assert not answer.work_waits
    again = await world.hello(world.one, on_trial(push.push))
    assert again.welcome.confirm == (push.push,)


async def test_a_unit_that_tries_what_nobody_wants_is_told_no(world: World) -> None:
    await world.save(world.one.push, phase=Phase.SUPERSEDED)
    answer = await world.hello(world.one, on_trial(world.one.push.push))
    assert (answer.welcome.confirm, answer.welcome.revert) == ((), (world.one.push.push,))
    assert (await world.push(world.one.push.push)).phase is Phase.SUPERSEDED


async def test_another_customers_push_on_trial_is_told_no(world: World) -> None:
    await world.save(world.two.push, phase=Phase.STORED)
    answer = await world.hello(world.one, on_trial(world.two.push.push))
    assert answer.welcome.revert == (world.two.push.push,)
    assert (await world.push(world.two.push.push)).phase is Phase.STORED


async def test_a_confirmation_whose_report_was_lost_is_learnt_from_the_next_hello(world: World) -> None:
    push = await world.save(world.one.push, phase=Phase.RUNNING)
    answer = await world.hello(world.one, ModuleState(running=a_mark(), startup=a_mark(), confirmed=a_mark()))
    assert (await world.push(push.push)).phase is Phase.CONFIRMED
    assert await world.startup(world.one) == DIGEST
    assert answer.welcome.desired == (Desired(startup=Mark(revision=1, digest=DIGEST)),)
    assert "push_confirmed" in await world.event_names()


async def test_a_confirmation_learnt_from_a_hello_does_not_bring_the_startup_config_before_it_back(
    world: World,
) -> None:
    push = await world.save(world.one.push, phase=Phase.RUNNING)
    await world.batch(lambda batch: batch.set_startup([(world.one.service_code, 1, OTHER)]))
    answer = await world.hello(world.one, ModuleState(running=a_mark(), startup=a_mark(), confirmed=a_mark()))
    assert (await world.push(push.push)).phase is Phase.CONFIRMED
    assert await open_pushes(world) == []
    assert not answer.work_waits
    assert await world.startup(world.one) == DIGEST


async def test_a_failure_whose_report_was_lost_is_learnt_from_the_next_hello(world: World) -> None:
    push = await world.save(world.one.push, phase=Phase.STORED)
    await world.hello(
        world.one,
        ModuleState(
            running=a_mark(OTHER), confirmed=a_mark(OTHER), last_failed=failed_mark(push.push, "management_path_lost")
        ),
    )
    after = await world.push(push.push)
    assert (after.phase, after.reason) == (Phase.REVERTED, "management_path_lost")
    assert await world.startup(world.one) is None


async def test_what_a_unit_lost_after_storing_it_is_offered_again(world: World) -> None:
    push = await world.save(world.one.push, phase=Phase.STORED)
    answer = await world.hello(world.one, EMPTY)
    assert answer.work_waits
    assert (await world.push(push.push)).phase is Phase.QUEUED


async def test_what_a_unit_lost_gives_way_to_a_newer_push(world: World) -> None:
    lost = await world.save(world.one.push, phase=Phase.STORED)
    async with world.store.transaction(EVERYTHING) as tx:
        (newer,) = await tx.add_pushes([a_push(world.one.service_code, world.one.management_code)])
    answer = await world.hello(world.one, EMPTY)
    after = await world.push(lost.push)
    assert (after.phase, after.reason) == (Phase.SUPERSEDED, "newer_push")
    assert answer.welcome.desired[0].push == newer.push
    assert await open_pushes(world) == [newer]


@pytest.mark.parametrize("state", [EMPTY, RUNS_OTHER])
async def test_a_unit_that_lacks_its_startup_config_is_ordered_it_once(world: World, state: ModuleState) -> None:
    await with_startup(world)
    answer = await world.hello(world.one, state)
    (push,) = await open_pushes(world)
    assert (push.kind, push.ordered_by, push.digest, push.phase) == ("startup", "host", DIGEST, Phase.QUEUED)
    assert answer.welcome.desired == (
        Desired(startup=Mark(revision=1, digest=DIGEST), push=push.push, revision=1, digest=DIGEST),
    )
    assert answer.work_waits
    await world.hello(world.one, state)
    assert await open_pushes(world) == [push]


async def test_a_unit_that_runs_its_startup_config_is_left_alone(world: World) -> None:
    await with_startup(world)
    answer = await world.hello(world.one, ModuleState(running=a_mark(), confirmed=a_mark()))
    assert await open_pushes(world) == []
    assert not answer.work_waits


async def test_a_startup_config_that_failed_on_a_unit_is_not_ordered_again(world: World) -> None:
    await with_startup(world)
    await world.hello(world.one, RUNS_OTHER)
    (push,) = await open_pushes(world)
    has_failed = msgspec.structs.replace(RUNS_OTHER, last_failed=failed_mark(push.push, "apply_failed"))
    for _ in range(2):
        await world.hello(world.one, has_failed)
        assert await open_pushes(world) == []
    assert (await world.push(push.push)).phase is Phase.REVERTED


@pytest.mark.parametrize(
    ("unit_time", "skew_ms"),
    [
        (None, None),
        ("1970-01-01T00:00:01Z", 0),
        ("1970-01-01T01:00:01Z", 3_600_000),
        ("1970-01-01T00:00:00Z", -1_000),
        ("half past nine", None),
    ],
)
async def test_a_units_clock_is_noted_and_never_believed(
    world: World, unit_time: str | None, skew_ms: int | None
) -> None:
    await world.hello(world.one, EMPTY, time=unit_time)
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    assert (view.clock_skew_ms, view.session.opened_at) == (skew_ms, NOW)


async def test_a_hello_is_told_to_the_customer_it_concerns_only(world: World) -> None:
    await world.hello(world.one, EMPTY)
    newest = await world.reads.events(world.one.scope, newest_first=True, limit=1)
    assert [(event.sub_type, event.reason, event.unit_id) for event in newest] == [
        ("session_opened", "serving", world.one.unit.unit_id)
    ]
    assert all(event.sub_type != "session_opened" for event in await world.reads.events(world.two.scope))
