"""The box and the host together: what a push changes, what a boot proves, and what is served when it does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapter_sim.box import Habits
from servicehost.domain.push import Phase, Target
from tests.builders.box_and_host import BoxAndHost
from tests.builders.databases import fresh_database


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[BoxAndHost]:
    made = await BoxAndHost.found(fresh_database(tmp_path))
    yield made
    await made.close()


async def serving(both: BoxAndHost) -> int:
    """Revision 2 is confirmed; its number."""
    push = await both.order(1)
    await both.settle()
    assert (await both.push(push.push)).phase is Phase.CONFIRMED
    return push.revision


async def revision(both: BoxAndHost) -> int | None:
    startup = await both.startup()
    return startup.mark.revision if startup.mark else None


async def test_to_running_alone_the_startup_config_stays_and_the_next_boot_returns_to_it(both: BoxAndHost) -> None:
    good = await serving(both)
    push = await both.order(2, Target.RUNNING)
    await both.settle()
    assert (await both.push(push.push)).phase is Phase.CONFIRMED
    assert await revision(both) == good
    state = both.box.slot.state()
    assert state.running is not None
    assert state.running.revision == push.revision
    both.boot()
    await both.settle()
    state = both.box.slot.state()
    assert state.running is not None
    assert state.running.revision == good, "nothing was pushed to it again"


async def test_to_startup_alone_the_unit_says_that_it_is_stored_and_a_boot_proves_it(both: BoxAndHost) -> None:
    good = await serving(both)
    push = await both.order(2, Target.STARTUP)
    await both.settle()
    assert (await both.push(push.push)).phase is Phase.CONFIRMED
    startup = await both.startup()
    assert startup.mark is not None
    assert startup.proof is not None
    assert startup.proof.good is not None
    assert (startup.mark.revision, startup.proof.push, startup.proof.good.revision) == (push.revision, push.push, good)
    state = both.box.slot.state()
    assert state.running is not None
    assert state.running.revision == good, "it was not applied"
    both.boot()
    await both.settle()
    startup = await both.startup()
    assert startup.mark is not None
    assert (startup.mark.revision, startup.proof) == (push.revision, None)
    assert both.box.flash.startup is not None
    assert both.box.flash.startup.mark.revision == push.revision


async def test_after_three_boots_that_failed_the_last_good_config_is_served_again(both: BoxAndHost) -> None:
    good = await serving(both)
    push = await both.order(2, Target.STARTUP)
    await both.settle()
    for boot in (1, 2, 3):
        startup = await both.startup()
        assert startup.mark is not None
        assert startup.mark.revision == push.revision
        both.boot()
        both.time_passes()
        await both.settle()
        await both.settle()  # the same boot, heard once more, counts once
        startup = await both.startup()
        assert startup.proof is not None
        assert startup.proof.failures == boot
    assert startup.mark is not None
    assert startup.proof is not None
    assert startup.proof.failed is not None
    assert (startup.mark.revision, startup.proof.failed.revision) == (good, push.revision)
    both.boot()
    await both.settle()
    state = both.box.slot.state()
    assert state.running is not None
    assert state.startup is not None
    assert (state.running.revision, state.startup.revision, state.trial) == (good, good, None)
    again = await both.order(3, Target.STARTUP)
    await both.settle()
    assert await revision(both) == again.revision, "a person's push is taken as ever"


async def test_a_unit_whose_power_went_is_offered_its_startup_config_again(both: BoxAndHost) -> None:
    good = await serving(both)
    both.exchange()
    assert await both.try_what_is_due()
    both.boot()
    await both.settle()
    state = both.box.slot.state()
    assert state.running is not None
    assert (state.running.revision, await revision(both)) == (good, good)


async def test_what_never_works_on_a_unit_is_named_and_not_offered_for_ever(both: BoxAndHost) -> None:
    good = await serving(both)
    both.exchange()
    both.box.habits = Habits(reverts="not_confirmed")
    tries = 0
    while await both.try_what_is_due():
        tries += 1
        both.box.reached()
        both.time_passes()
    startup = await both.startup()
    assert startup.mark is not None
    assert startup.proof is not None
    assert startup.proof.failed is not None
    assert (tries, startup.mark.revision, startup.proof.failed.revision) == (3, good, good)
    push = await both.order(1)
    both.box.habits = Habits()
    await both.settle()
    assert (await both.push(push.push)).phase is Phase.CONFIRMED, "a person's push is taken as ever"
    assert (await both.startup()).proof is None


async def test_what_cannot_be_applied_gives_way_at_once_in_the_same_session(both: BoxAndHost) -> None:
    good = await serving(both)
    unproven = await both.order(2, Target.STARTUP)
    await both.settle()
    both.exchange()
    both.box.habits = Habits(reverts="apply_failed")
    await both.try_what_is_due()
    assert both.box.check_trial()
    answer = await both.hello()
    startup = await both.startup()
    assert startup.mark is not None
    assert startup.proof is not None
    assert startup.proof.failed is not None
    assert (startup.mark.revision, startup.proof.failed.revision) == (good, unproven.revision)
    both.hear(answer.welcome)
    both.box.habits = Habits()
    await both.settle()
    state = both.box.slot.state()
    assert state.running is not None
    assert state.running.revision == good
