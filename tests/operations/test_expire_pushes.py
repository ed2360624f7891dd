from servicehost.domain.push import Phase
from tests.builders.office import Office

CODES = [f"nxe{number:09d}" for number in range(5)]


async def test_what_waited_too_long_ends_in_parts(office: Office) -> None:
    for code in CODES:
        await office.adapter(code)
        await office.push(code, "a\n")
    assert await office.catalogue.expire_pushes(2) == 0
    office.clock.go_on(30 * 86_400)
    assert [await office.catalogue.expire_pushes(2) for _ in range(4)] == [2, 2, 1, 0]
    assert {push.phase for push in office.shelf.pushes.values()} == {Phase.EXPIRED}
    event = office.shelf.events[max(office.shelf.events)]
    assert (event.sub_type, event.reason, event.management_code) == (
        "push_expired",
        "waited_too_long",
        office.anna.management_code,
    )


async def test_a_push_on_trial_does_not_expire(office: Office) -> None:
    await office.adapter(CODES[0])
    push = await office.push(CODES[0], "a\n")
    office.stands(push, Phase.STORED)
    office.clock.go_on(31 * 86_400)
    assert await office.catalogue.expire_pushes(10) == 0
