"""Units are wanted with younger certificates until they come with one."""

import pytest

from protocol.messages import Renew
from servicehost.domain.contract import EVERYTHING
from servicehost.operations.ask_renewals import WITHIN_S, ask_renewals
from tests.builders.memory_store import MemoryStore
from tests.builders.world import NEW, OLD, Field

WANTED = Renew(reason="anchor_change", within_s=WITHIN_S)


@pytest.fixture
async def field() -> Field:
    field = Field(MemoryStore())
    await field.found()
    return field


async def asked(field: Field, *units: int) -> None:
    await ask_renewals(units, "anchor_change", store=field.store, clock=field.clock, line=field.line)


async def issue(field: Field, unit_id: int, leaf: int) -> None:
    field.clock.now_ms += 1
    async with field.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(unit_id, f"leaf-{leaf}", f"serial-{leaf}", 2**50, field.clock.wall())


async def test_who_is_here_is_told_now_and_who_comes_is_told_in_the_welcome(field: Field) -> None:
    await asked(field, OLD)
    assert field.line.renewed == [(OLD, "anchor_change")]
    assert (await field.hello(OLD)).welcome.renew == WANTED
    assert (await field.hello(OLD)).welcome.renew == WANTED
    assert (await field.hello(NEW)).welcome.renew is None


async def test_a_younger_certificate_meets_the_wish_and_the_old_one_again_does_not(field: Field) -> None:
    await asked(field, OLD)
    await issue(field, OLD, 9)
    assert (await field.hello(OLD, leaf=9)).welcome.renew is None
    assert (await field.hello(OLD)).welcome.renew == WANTED


async def test_a_later_wish_is_for_what_was_issued_since_too(field: Field) -> None:
    await asked(field, OLD)
    await issue(field, OLD, 9)
    field.clock.now_ms += 1
    await asked(field, OLD)
    assert (await field.hello(OLD, leaf=9)).welcome.renew == WANTED


async def test_a_certificate_without_a_record_is_left_alone(field: Field) -> None:
    await asked(field, OLD)
    assert (await field.hello(OLD, leaf=77)).welcome.renew is None


async def test_a_whole_fleet_is_asked_at_once(field: Field) -> None:
    await asked(field, *range(1, 2_000))
    assert (await field.hello(NEW)).welcome.renew == WANTED
