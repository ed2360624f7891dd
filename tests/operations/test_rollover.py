"""A rollover through the use cases, on a real store: what is written, who is named, what is refused."""

from typing import Any

import pytest

from protocol.codes import CloseCode
from protocol.messages import AnchorsHeld
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden
from servicehost.domain.people import Actor, Role
from servicehost.domain.rollover import Hindrance
from servicehost.operations.phone_home import Call, phone_home
from servicehost.operations.rollover_catalogue import RolloverCatalogue, open_rollover_catalogue
from servicehost.operations.take_anchors import Holding, take_anchors
from servicehost.ports.desk import Stale
from tests.builders.estate import Estate
from tests.builders.units import US, a_caller, a_fence, a_hello
from tests.fakes.clock import FixedClock
from tests.fakes.rollover import NEXT, PRESENT, MemorySuccession
from tests.operations.conftest import World

DORA = Actor(person_id=1, master_id="dora", name="Dora", role=Role.DISPATCHER, management_code=None)


class Rolling:
    """The use cases on the world's store, and what they set off."""

    def __init__(self, world: World) -> None:
        self.clock = FixedClock(1_000)
        self.succession = MemorySuccession()
        self.changes = 0
        self.ops: RolloverCatalogue = open_rollover_catalogue(
            store=world.store,
            clock=self.clock,
            reads=world.reads,
            succession=self.succession,
            trust_changed=self.changed,
        )

    async def changed(self) -> None:
        self.changes += 1


@pytest.fixture
def rolling(world: World) -> Rolling:
    return Rolling(world)


async def hello(world: World, estate: Estate, at: int, *, anchor: str, held: tuple[str, ...] | None) -> int:
    """The epoch of the session."""
    caller = a_caller(estate.unit.distribution_id)
    caller = type(caller)(**{name: getattr(caller, name) for name in caller.__struct_fields__} | {"anchor": anchor})
    call = Call(caller=caller, hello=a_hello(anchors=held))
    (welcomed,) = await world.batch(lambda batch: phone_home(batch, [call], US, at))
    assert not isinstance(welcomed, Exception)
    return welcomed.fence.epoch


async def held_by(world: World, estate: Estate) -> tuple[str, ...] | None:
    noted = await world.batch(lambda batch: batch.anchors_noted([estate.unit.unit_id]))
    return noted[estate.unit.unit_id]


async def take(world: World, estate: Estate, epoch: int, *held: str) -> Stale | None:
    holding = Holding(fence=a_fence(estate, epoch), said=AnchorsHeld(anchors=held))
    (answer,) = await world.batch(lambda batch: take_anchors(batch, [holding]))
    return answer


async def named(rolling: Rolling, actor: Actor = DORA) -> dict[str, Hindrance]:
    report = await rolling.ops.show(actor, 0, 100)
    return {unit.distribution_id: why for unit, why in report.units}


async def test_what_a_unit_holds_is_kept_as_it_says_it_and_only_by_its_session_in_force(world: World) -> None:
    epoch = await hello(world, world.one, 10, anchor=PRESENT, held=(PRESENT,))
    assert await held_by(world, world.one) == (PRESENT,)
    assert await take(world, world.one, epoch, PRESENT, NEXT) is None
    assert await held_by(world, world.one) == (PRESENT, NEXT)
    stale = await take(world, world.one, epoch - 1, PRESENT)
    assert stale is not None
    assert stale.code is CloseCode.TAKEN_OVER
    await hello(world, world.one, 20, anchor=PRESENT, held=None)
    assert await held_by(world, world.one) == (PRESENT, NEXT)


async def test_what_a_unit_says_again_is_not_written_again(world: World) -> None:
    await hello(world, world.one, 10, anchor=PRESENT, held=(PRESENT,))
    written: list[Any] = []

    def again(batch: Any) -> None:
        note, batch.note_anchors = batch.note_anchors, written.extend
        caller = a_caller(world.one.unit.distribution_id)
        phone_home(batch, [Call(caller=caller, hello=a_hello(anchors=(PRESENT,)))], US, 20)
        phone_home(batch, [Call(caller=caller, hello=a_hello(anchors=(NEXT,)))], US, 20)
        batch.note_anchors = note

    await world.batch(again)
    assert written == [(world.one.unit.unit_id, (NEXT,))]


async def test_a_rollover_ends_once_everybody_has_followed(world: World, rolling: Rolling) -> None:
    one, two = world.one, world.two
    assert (await rolling.ops.show(DORA, 0, 100)).rollover is None
    await rolling.ops.begin(DORA)
    await rolling.ops.begin(DORA)
    assert (await world.event_names()).count("authority_rollover_begun") == 1
    both = (one.unit.distribution_id, two.unit.distribution_id)
    assert await named(rolling) == dict.fromkeys(both, Hindrance.NOT_SEEN)

    epoch = await hello(world, one, 2_000, anchor=PRESENT, held=(PRESENT,))
    assert (await named(rolling))[both[0]] is Hindrance.ANCHOR_MISSING
    await take(world, one, epoch, NEXT, PRESENT)
    assert (await named(rolling))[both[0]] is Hindrance.OLD_CERTIFICATE
    await hello(world, one, 3_000, anchor=NEXT, held=(NEXT, PRESENT))
    assert await named(rolling) == {both[1]: Hindrance.NOT_SEEN}

    with pytest.raises(Conflict, match=rf"1 units .* {both[1]} \(not_seen\)") as caught:
        await rolling.ops.end(DORA, False, "")
    assert caught.value.code == "units_would_be_stranded"
    assert rolling.succession.state is not None
    await hello(world, two, 4_000, anchor=NEXT, held=(NEXT,))
    changes = rolling.changes
    await rolling.ops.end(DORA, False, "")
    assert rolling.succession.rollover() is None
    assert rolling.changes == changes + 1
    with pytest.raises(Conflict, match="No rollover") as over:
        await rolling.ops.end(DORA, False, "")
    assert over.value.code == "no_rollover"


async def test_force_needs_a_reason_and_is_recorded_before_it_is_done(world: World, rolling: Rolling) -> None:
    await rolling.ops.begin(DORA)
    with pytest.raises(Conflict) as caught:
        await rolling.ops.end(DORA, True, "  ")
    assert caught.value.code == "force_needs_reason"
    rolling.succession.fails = True
    with pytest.raises(Conflict):
        await rolling.ops.end(DORA, True, "the key was stolen")
    (event,) = [one for one in await world.reads.events(EVERYTHING, limit=1_000) if one.sub_type.endswith("_ended")]
    assert (event.reason, event.detail["note"], event.detail["stranded"]) == ("forced", "the key was stolen", 2)


async def test_an_abort_ends_at_once_when_nobody_has_followed(world: World, rolling: Rolling) -> None:
    with pytest.raises(Conflict):
        await rolling.ops.abort(DORA, "")
    await rolling.ops.begin(DORA)
    report = await rolling.ops.abort(DORA, "too soon")
    assert (report.rollover, rolling.succession.steps[-2:]) == (None, ["turn_back", "finish"])


async def test_an_abort_waits_for_whoever_has_followed(world: World, rolling: Rolling) -> None:
    await rolling.ops.begin(DORA)
    await hello(world, world.one, 2_000, anchor=NEXT, held=(NEXT, PRESENT))
    report = await rolling.ops.abort(DORA, "too soon")
    assert (report.stranded, "finish" in rolling.succession.steps) == (1, False)
    assert await named(rolling) == {world.one.unit.distribution_id: Hindrance.OLD_CERTIFICATE}
    await hello(world, world.one, 3_000, anchor=PRESENT, held=(NEXT, PRESENT))
    await rolling.ops.end(DORA, False, "")
    assert rolling.succession.state is None


async def test_the_report_comes_in_parts_and_counts_all(world: World, rolling: Rolling) -> None:
    await rolling.ops.begin(DORA)
    first = await rolling.ops.show(DORA, 0, 1)
    assert (first.stranded, len(first.units), first.next) == (2, 1, first.units[0][0].unit_id)
    assert first.next is not None
    last = await rolling.ops.show(DORA, first.next, 1)
    assert (last.stranded, len(last.units), last.next) == (2, 1, None)
    assert last.units[0][0] != first.units[0][0]


async def test_a_customer_sees_their_own_units_and_ends_nothing(world: World, rolling: Rolling) -> None:
    anna = Actor(
        person_id=9,
        master_id="anna",
        name="Anna",
        role=Role.OPERATION_MANAGER,
        management_code=world.one.management_code,
    )
    await rolling.ops.begin(DORA)
    assert set(await named(rolling, anna)) == {world.one.unit.distribution_id}
    for attempt in (rolling.ops.begin(anna), rolling.ops.end(anna, True, "x"), rolling.ops.abort(anna, "x")):
        with pytest.raises(Forbidden):
            await attempt
    assert rolling.succession.steps == ["begin"]
