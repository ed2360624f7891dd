import msgspec
import pytest

from servicehost.domain.errors import Conflict, Forbidden, Invalid, StoreFull
from servicehost.domain.fact_kind import Item
from servicehost.domain.push import Phase, Target
from servicehost.operations.push_config import PushOrder
from tests.builders.office import BEN_S, Office

ONE, TWO, THREE = "nxe000000001", "nxe000000002", "nxe000000003"


async def test_a_push_waits_for_its_adapter_and_its_unit_is_nudged(office: Office) -> None:
    unit = await office.bound(ONE)
    await office.save(ONE, "a\n")
    push = await office.push(ONE)
    assert (push.phase, push.revision, push.kind) == (Phase.QUEUED, 1, "operator")
    assert push.confirm_timeout_s == 600
    assert push.expires_at == office.clock.wall() + 30 * 86_400_000
    assert office.line.nudged == [unit.unit_id]
    assert office.sub_types()[-1] == "push_ordered"


async def test_an_adapter_without_a_unit_gets_the_push_when_one_comes(office: Office) -> None:
    await office.adapter(ONE)
    push = await office.push(ONE, "a\n")
    assert push.phase is Phase.QUEUED
    assert office.line.nudged == []


async def test_a_body_is_saved_once_for_each_adapter_and_once_for_each_tenant(office: Office) -> None:
    for code in (ONE, TWO):
        await office.adapter(code)
    await office.save(ONE, "a\n")
    ordered = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[TWO, ONE], body="a\n"))
    assert [one.service_code for one in ordered] == [TWO, ONE]
    assert sorted(office.shelf.revisions) == [(ONE, 0, 1), (TWO, 0, 1)]
    assert len(office.shelf.contents) == 1


async def test_a_revision_is_meant_by_its_number(office: Office) -> None:
    for code in (ONE, TWO):
        await office.adapter(code)
        await office.save(code, "a\n")
    await office.save(ONE, "b\n")
    ordered = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE, TWO], revision=1))
    assert [one.push.revision for one in ordered if one.push] == [1, 1]
    ordered = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE, TWO], revision=2))
    assert [one.code for one in ordered] == [None, "no_such_revision"]


async def test_each_adapter_is_answered_for_itself(office: Office) -> None:
    await office.adapter(ONE)
    await office.save(ONE, "a\n")
    await office.adapter(TWO)
    await office.adapter(THREE, BEN_S)
    order = PushOrder(service_codes=[THREE, "nxe999999999", TWO, ONE])
    ordered = await office.catalogue.push_config(office.anna, order)
    assert [one.code for one in ordered] == ["adapter_not_found", "adapter_not_found", "no_config", None]
    assert [push.service_code for push in office.shelf.pushes.values()] == [ONE]


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.OFFERED])
async def test_a_push_that_still_waits_gives_way(office: Office, phase: Phase) -> None:
    await office.adapter(ONE)
    first = await office.push(ONE, "a\n")
    office.stands(first, phase)
    (ordered,) = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE], body="b\n"))
    assert ordered.superseded == first.push
    assert office.shelf.pushes[first.push].phase is Phase.SUPERSEDED
    assert office.shelf.pushes[first.push].reason == "newer_push"
    assert office.sub_types()[-3:] == ["push_ordered", "push_superseded", "push_ordered"]


@pytest.mark.parametrize("phase", [Phase.STORED, Phase.RUNNING])
async def test_a_push_on_trial_is_waited_for(office: Office, phase: Phase) -> None:
    await office.adapter(ONE)
    first = await office.push(ONE, "a\n")
    office.stands(first, phase)
    (ordered,) = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE], body="b\n"))
    assert (ordered.superseded, ordered.waits_for) == (None, first.push)
    assert office.shelf.pushes[first.push].phase is phase
    (third,) = await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE], body="c\n"))
    assert (third.superseded, third.waits_for) == (2, first.push)


async def test_what_already_runs_may_be_ordered_again(office: Office) -> None:
    await office.adapter(ONE)
    first = await office.push(ONE, "a\n")
    office.stands(first, Phase.CONFIRMED)
    again = await office.push(ONE, "a\n")
    assert (again.push, again.revision) == (2, 1)


async def test_times_of_the_order_win(office: Office) -> None:
    await office.adapter(ONE)
    order = PushOrder(service_codes=[ONE], body="a\n", confirm_timeout_s=120, life_s=60)
    (ordered,) = await office.catalogue.push_config(office.anna, order)
    assert ordered.push is not None
    assert ordered.push.confirm_timeout_s == 120
    assert ordered.push.expires_at == office.clock.wall() + 60_000


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (PushOrder(service_codes=[]), "no_adapters"),
        (PushOrder(service_codes=[ONE, ONE]), "service_code_twice"),
        (PushOrder(service_codes=[ONE], revision=1, body="a"), "revision_and_body"),
        (PushOrder(service_codes=[ONE], body=""), "config_empty"),
        (PushOrder(service_codes=[f"nxe{n:09d}" for n in range(10_001)]), "too_many_adapters"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_whole(office: Office, order: PushOrder, code: str) -> None:
    await office.adapter(ONE)
    with pytest.raises(Invalid) as refused:
        await office.catalogue.push_config(office.anna, order)
    assert refused.value.code == code
    assert office.shelf.pushes == {}


async def test_the_providers_people_push_nothing_without_a_consent(office: Office) -> None:
    await office.adapter(ONE)
    for actor in (office.support, office.dispatcher):
        with pytest.raises(Forbidden) as refused:
            await office.push(ONE, "a\n", actor)
        assert refused.value.code == "consent_needed"


async def test_nobody_is_nudged_when_the_store_is_full(office: Office) -> None:
    await office.bound(ONE)
    office.store.full = True
    with pytest.raises(StoreFull):
        await office.push(ONE, "a\n")
    assert (office.shelf.pushes, office.line.nudged) == ({}, [])


async def test_thousands_are_ordered_at_once(office: Office) -> None:
    codes = [f"nxe{number:09d}" for number in range(2_000)]
    for code in codes:
        await office.adapter(code)
    ordered = await office.catalogue.push_config(office.anna, PushOrder(service_codes=codes, body="a\n"))
    assert [one.service_code for one in ordered] == codes
    assert len(office.shelf.pushes) == len(codes)
    assert len(office.shelf.contents) == 1


@pytest.mark.parametrize("target", list(Target))
async def test_the_order_says_what_is_changed_and_both_is_meant_without_a_word(office: Office, target: Target) -> None:
    await office.adapter(ONE)
    (ordered,) = await office.catalogue.push_config(
        office.anna, PushOrder(service_codes=[ONE], body="a\n", target=target)
    )
    assert ordered.push is not None
    assert ordered.push.target is target
    assert PushOrder(service_codes=[ONE]).target is Target.BOTH


async def test_a_standby_adapter_takes_no_config_and_the_whole_order_says_so(office: Office) -> None:
    for code in (ONE, TWO):
        await office.adapter(code)
    office.shelf.adapters[TWO] = msgspec.structs.replace(office.shelf.adapters[TWO], item=Item.STANDBY)
    with pytest.raises(Conflict) as refused:
        await office.catalogue.push_config(office.anna, PushOrder(service_codes=[ONE, TWO], body="a\n"))
    assert refused.value.code == "standby_adapter"
    assert TWO in refused.value.text
    assert not office.shelf.pushes
