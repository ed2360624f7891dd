import pytest

from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.push import Phase
from tests.builders.office import Office

ONE = "nxe000000001"


async def test_a_push_that_waits_is_taken_back_and_its_unit_looks(office: Office) -> None:
    unit = await office.bound(ONE)
    push = await office.push(ONE, "a\n")
    office.line.nudged.clear()
    cancelled = await office.catalogue.cancel_push(office.anna, push.push)
    assert (cancelled.phase, cancelled.reason) == (Phase.CANCELLED, "cancelled_by_operator")
    assert office.line.nudged == [unit.unit_id]
    assert office.sub_types()[-1] == "push_cancelled"


async def test_taking_it_back_twice_changes_nothing(office: Office) -> None:
    await office.adapter(ONE)
    push = await office.push(ONE, "a\n")
    await office.catalogue.cancel_push(office.anna, push.push)
    before = office.shelf.copy()
    assert (await office.catalogue.cancel_push(office.anna, push.push)).phase is Phase.CANCELLED
    assert office.shelf == before


@pytest.mark.parametrize(
    ("phase", "code"),
    [
        (Phase.STORED, "push_on_trial"),
        (Phase.RUNNING, "push_on_trial"),
        (Phase.CONFIRMED, "push_ended"),
        (Phase.REVERTED, "push_ended"),
        (Phase.EXPIRED, "push_ended"),
    ],
)
async def test_what_a_unit_tries_or_has_ended_stays_as_it_is(office: Office, phase: Phase, code: str) -> None:
    await office.adapter(ONE)
    push = await office.push(ONE, "a\n")
    office.stands(push, phase)
    with pytest.raises(Conflict) as refused:
        await office.catalogue.cancel_push(office.anna, push.push)
    assert refused.value.code == code
    assert office.shelf.pushes[push.push].phase is phase


async def test_another_tenants_push_is_as_if_it_were_not_there(office: Office) -> None:
    await office.adapter(ONE)
    push = await office.push(ONE, "a\n")
    with pytest.raises(NotFound) as refused:
        await office.catalogue.cancel_push(office.ben, push.push)
    assert refused.value.code == "push_not_found"
    with pytest.raises(Forbidden):
        await office.catalogue.cancel_push(office.support, push.push)
