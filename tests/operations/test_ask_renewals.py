"""Units are wanted with younger certificates until they come with one."""

import pytest

from protocol.messages import Renew
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, Invalid, NotFound
from servicehost.domain.people import Actor
from servicehost.operations.ask_renewals import MAX_UNITS, WITHIN_S, ask_renewals
from tests.builders.memory_store import MemoryStore
from tests.builders.world import DISPATCHER, MANAGER, NEW, NEW_2, OLD, SUPPORT, Field, distribution_id

WANTED = Renew(reason="asked", within_s=WITHIN_S)


@pytest.fixture
async def field() -> Field:
    field = Field(MemoryStore())
    await field.found()
    return field


async def asked(field: Field, *units: int) -> None:
    names = [distribution_id(one) for one in units]
    await ask_renewals(DISPATCHER, names, "", store=field.store, clock=field.clock, line=field.line)


async def issue(field: Field, unit_id: int, leaf: int) -> None:
    field.clock.now_ms += 1
    async with field.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(unit_id, f"leaf-{leaf}", f"serial-{leaf}", 2**50, field.clock.wall())


async def test_who_is_here_is_told_now_and_who_comes_is_told_in_the_welcome(field: Field) -> None:
    await asked(field, OLD)
    assert field.line.renewed == [(OLD, "asked")]
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


async def test_many_are_asked_at_once_or_none_when_one_is_unknown(field: Field) -> None:
    await asked(field, OLD, NEW, NEW)
    assert field.line.renewed == [(OLD, "asked"), (NEW, "asked")]
    assert (await field.hello(NEW)).welcome.renew == WANTED
    with pytest.raises(NotFound, match="no unit"):
        await asked(field, NEW_2, 99)
    assert (await field.hello(NEW_2)).welcome.renew is None


@pytest.mark.parametrize(("many", "code"), [(0, "no_units"), (MAX_UNITS + 1, "too_many_units")])
async def test_an_order_names_some_units_and_not_too_many(field: Field, many: int, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await asked(field, *range(1, many + 1))
    assert refused.value.code == code


@pytest.mark.parametrize("actor", [MANAGER, SUPPORT])
async def test_only_who_registers_units_asks(field: Field, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        await ask_renewals(actor, [distribution_id(OLD)], "", store=field.store, clock=field.clock, line=field.line)
