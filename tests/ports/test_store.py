"""What every store promises: two verbs, all or nothing, numbers that grow, fences that hold."""

import asyncio
from collections.abc import Awaitable

import msgspec
import pytest

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.contract import EVERYTHING, ManagementContract
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import UNIT_EVENTS_KNOWN
from servicehost.domain.push import OPEN_PHASES, Phase, Push, Rejected
from servicehost.domain.status import Status
from servicehost.domain.unit import Adapter, Binding, Life, Unit
from servicehost.ports.reads import Reads
from servicehost.ports.session_rows import Arrival, Hearing, SessionChange, SessionEnd
from servicehost.ports.store import Batch, Store
from servicehost.ports.token_rows import TokenRow
from tests.builders.estate import BODY, DIGEST, Estate, a_push, a_revision, an_event, build_estate
from tests.ports.conftest import Backend

CONTRACT = ManagementContract(management_code="nxm000000007", label="Seven", created_at=7)
STATES = (ModuleState(running=Mark(revision=1, digest=DIGEST), trial=3),)


def arrival(unit_id: int, epoch: int) -> Arrival:
    return Arrival(
        unit_id=unit_id,
        epoch=epoch,
        host="h",
        run=1,
        at=10 * epoch,
        certificate="c",
        remote_address="192.0.2.1",
        tls_version="TLSv1.3",
        firmware="1.0",
        boot_id="b",
        boot_cause="reboot",
        clock_skew_ms=-5,
        modules=STATES,
    )


async def test_what_a_transaction_wrote_is_there_afterwards(store: Store) -> None:
    async with store.transaction(EVERYTHING) as tx:
        await tx.add_contract(CONTRACT)
        assert await tx.contract(CONTRACT.management_code) == CONTRACT  # it reads its own writes
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.contract(CONTRACT.management_code) == CONTRACT


async def test_a_transaction_that_fails_changes_nothing(backend: Backend) -> None:
    before = backend.dump()
    with pytest.raises(ZeroDivisionError):
        async with backend.store.transaction(EVERYTHING) as tx:
            await fail_after(tx.add_contract(CONTRACT))
    assert backend.dump() == before


async def fail_after(written: Awaitable[None]) -> None:
    await written
    raise ZeroDivisionError


async def test_a_batch_that_fails_changes_nothing(backend: Backend) -> None:
    estate = await build_estate(backend.store, 1)
    before = backend.dump()

    def work(batch: Batch) -> None:
        batch.add_events([an_event(None)])
        batch.arrive([arrival(estate.unit.unit_id, 1)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await backend.store.batch(EVERYTHING, work)
    assert backend.dump() == before


@pytest.mark.parametrize("hops", range(6))
async def test_a_transaction_cancelled_anywhere_leaves_nothing_behind_and_nothing_open(
    backend: Backend, hops: int
) -> None:
    before = backend.dump()

    async def block() -> None:
        async with backend.store.transaction(EVERYTHING) as tx:
            await tx.add_contract(CONTRACT)
            await asyncio.Event().wait()

    task = asyncio.ensure_future(block())
    for _ in range(hops):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with backend.store.transaction(EVERYTHING) as tx:
        assert await tx.contract(CONTRACT.management_code) is None
    assert backend.dump() == before


async def test_a_transaction_cancelled_twice_leaves_nothing_open(store: Store) -> None:
    inside = asyncio.Event()

    async def block() -> None:
        async with store.transaction(EVERYTHING) as tx:
            await tx.add_contract(CONTRACT)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(block())
    await inside.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.contract(CONTRACT.management_code) is None


async def test_blocks_never_overlap(store: Store) -> None:
    estate = await build_estate(store, 1)

    async def add_revision() -> None:
        async with store.transaction(EVERYTHING) as tx:
            newest = (await tx.latest_revisions([estate.service_code], 0))[estate.service_code].revision
            await asyncio.sleep(0)
            await tx.add_revisions([a_revision(estate.service_code, estate.management_code, revision=newest + 1)])

    await asyncio.gather(*(add_revision() for _ in range(5)))
    async with store.transaction(EVERYTHING) as tx:
        assert (await tx.latest_revisions([estate.service_code], 0))[estate.service_code].revision == 6


async def test_each_run_of_a_host_has_a_greater_number(store: Store, reads: Reads) -> None:
    runs = [await store.begin_run("h", now) for now in (5, 6, 7)]
    assert runs == [1, 2, 3]
    assert await store.begin_run("another", 8) == 1
    await store.batch(EVERYTHING, lambda batch: batch.renew_lease("h", 2, 6, 99))  # not this run's
    await store.batch(EVERYTHING, lambda batch: batch.renew_lease("h", 3, 7, 50))
    another, ours = await reads.leases()
    assert (another.host, another.renewed_at) == ("another", 8)
    assert (ours.run, ours.started_at, ours.renewed_at) == (3, 7, 50)


async def test_what_exists_already_is_a_named_conflict(store: Store) -> None:
    estate = await build_estate(store, 1)
    again = Unit(unit_id=0, distribution_id="D-other", model="M1", serial="S1", registered_at=1)
    async with store.transaction(EVERYTHING) as tx:
        contract = await tx.contract(estate.management_code)
        assert contract is not None
        for code, attempt in (
            ("contract_exists", tx.add_contract(contract)),
            ("master_id_taken", tx.add_person(estate.person)),
            ("unit_exists", tx.add_unit(estate.unit)),
            ("unit_exists", tx.add_unit(again)),
            (
                "adapter_exists",
                tx.add_adapter(
                    Adapter(
                        service_code=estate.service_code,
                        management_code=estate.management_code,
                        memo="",
                        created_at=1,
                    )
                ),
            ),
            ("bound_already", tx.bind(estate.binding)),
        ):
            with pytest.raises(Conflict) as refused:
                await attempt
            assert refused.value.code == code
        await tx.add_contract(CONTRACT)  # the block goes on after a refusal


async def test_a_token_for_nobody_is_refused_not_dropped(store: Store) -> None:
    with pytest.raises(NotFound):
        async with store.transaction(EVERYTHING) as tx:
            await tx.add_token(TokenRow(token_hash="t", person_id=99, created_at=1, expires_at=2))


async def test_a_token_opens_until_it_expires_or_is_dropped(store: Store, reads: Reads) -> None:
    estate = await build_estate(store, 1)
    assert await reads.person_by_token(estate.token_hash, 999) == estate.person
    assert await reads.person_by_token(estate.token_hash, 1000) is None
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.drop_token(estate.token_hash)
        assert not await tx.drop_token(estate.token_hash)
        await tx.add_token(TokenRow(token_hash="t", person_id=estate.person.person_id, created_at=1, expires_at=2))
        assert await tx.drop_tokens_of(estate.person.person_id) == 1
    assert await reads.person_by_token(estate.token_hash, 1) is None


async def test_a_password_is_changed_together_with_whether_it_is_for_once(store: Store) -> None:
    estate = await build_estate(store, 1)
    async with store.transaction(EVERYTHING) as tx:
        await tx.set_password(estate.person.person_id, "another", one_time=True)
        person = await tx.person_by_master_id(estate.person.master_id)
    assert person == msgspec.structs.replace(estate.person, password_hash="another", password_one_time=True)


async def test_an_enrolment_is_used_by_exactly_one_caller(store: Store) -> None:
    estate = await build_estate(store, 1)

    async def use() -> bool:
        async with store.transaction(EVERYTHING) as tx:
            return await tx.use_enrolment(estate.enrolment_hash, 5)

    assert sorted(await asyncio.gather(use(), use(), use())) == [False, False, True]
    async with store.transaction(EVERYTHING) as tx:
        row = await tx.enrolment(estate.enrolment_hash)
    assert row is not None
    assert (row.used_at, row.distribution_id) == (5, estate.unit.distribution_id)


async def test_bindings_have_growing_numbers_and_one_is_in_force(store: Store) -> None:
    estate = await build_estate(store, 1)
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.units_of([estate.service_code]) == {estate.service_code: estate.unit.unit_id}
        await tx.unbind(estate.binding.number, 5)
        assert await tx.binding_of_unit(estate.unit.unit_id) is None
        assert await tx.units_of([estate.service_code]) == {}
        newer = await tx.bind(msgspec.structs.replace(estate.binding, bound_at=6))
        assert newer.number > estate.binding.number
        assert await tx.binding_of_unit(estate.unit.unit_id) == newer
        assert await tx.binding_of_adapter(estate.service_code) == newer
    fences = await store.batch(EVERYTHING, lambda batch: batch.fences({estate.unit.unit_id}))
    assert fences == {estate.unit.unit_id: (0, newer.number)}


def _unbound(unit: Unit, at: int) -> Unit:
    return msgspec.structs.replace(unit, life=Life.REGISTERED, life_since=at)


async def test_a_unit_is_seen_by_the_customer_it_serves_and_by_no_other(store: Store) -> None:
    estate = await build_estate(store, 1)
    async with store.transaction(EVERYTHING) as tx:
        await tx.unbind(estate.binding.number, 5)
    async with store.transaction(estate.scope) as tx:
        assert await tx.unit(estate.unit.distribution_id) is None
        assert await tx.enrolment(estate.enrolment_hash) is None
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.unit(estate.unit.distribution_id) == _unbound(estate.unit, 5)


async def test_no_binding_to_a_unit_or_adapter_that_does_not_exist(store: Store) -> None:
    estate = await build_estate(store, 1)
    async with store.transaction(EVERYTHING) as tx:
        await tx.unbind(estate.binding.number, 5)
    for wrong in ({"unit_id": 99}, {"service_code": "nxe999999999"}):
        with pytest.raises(NotFound):
            async with store.transaction(EVERYTHING) as tx:
                await tx.bind(msgspec.structs.replace(estate.binding, **wrong))


async def test_revisions_and_bodies_are_found_again(store: Store, reads: Reads) -> None:
    estate = await build_estate(store, 1)
    second = a_revision(estate.service_code, estate.management_code, revision=2, reason="why")
    other_module = a_revision(estate.service_code, estate.management_code, module=1, revision=9)
    async with store.transaction(EVERYTHING) as tx:
        await tx.add_content(estate.management_code, DIGEST, BODY)  # again
        await tx.add_revisions([second, other_module])
        assert await tx.latest_revisions([estate.service_code, "nxe999999999"], 0) == {estate.service_code: second}
        assert await tx.revision(estate.service_code, 0, 2) == second
        assert await tx.revision(estate.service_code, 0, 3) is None
    assert [one.revision for one in await reads.revisions(EVERYTHING, estate.service_code, 0)] == [1, 2]
    assert await reads.revisions(EVERYTHING, estate.service_code, 0, after=1) == [second]
    assert await reads.body(EVERYTHING, estate.service_code, 0, 2) == BODY
    assert await reads.body(EVERYTHING, estate.service_code, 0, 3) is None
    wanted = {(estate.management_code, DIGEST), (estate.management_code, "sha256:other")}
    assert await store.batch(EVERYTHING, lambda batch: batch.bodies(wanted)) == {(estate.management_code, DIGEST): BODY}


@pytest.mark.parametrize("phase", Phase)
async def test_open_pushes_are_those_in_an_open_phase(store: Store, phase: Phase) -> None:
    estate = await build_estate(store, 1)
    changed = msgspec.structs.replace(
        estate.push, phase=phase, outcome="substituted", reason="why", changed_at=9, rejected=(a_rejection(),)
    )
    await store.batch(EVERYTHING, lambda batch: batch.save_pushes([changed]))
    born_so = a_push(estate.service_code, estate.management_code, phase=phase)
    async with store.transaction(EVERYTHING) as tx:
        assert await tx.push(changed.push) == changed
        (added,) = await tx.add_pushes([born_so])
        pushes = (await tx.open_pushes([estate.service_code], 0)).get(estate.service_code, [])
        assert pushes == ([changed, added] if phase in OPEN_PHASES else [])
        assert (await tx.open_pushes([estate.service_code], 1)) == {}
    in_batch = await store.batch(EVERYTHING, lambda batch: batch.open_pushes({estate.service_code}))
    assert in_batch.get(estate.service_code, []) == pushes


def a_rejection() -> Rejected:
    return Rejected(parameter="mtu", reason="too_large", substitution="1500")


async def test_pushes_come_back_as_they_were_given_with_numbers_in_the_order_given(store: Store) -> None:
    estate = await build_estate(store, 1)
    wanted = [
        a_push(
            estate.service_code,
            estate.management_code,
            revision=n,
            expires_at=n,
            outcome="accepted",
            reason="r",
            rejected=(a_rejection(),),
        )
        for n in (5, 4, 6)
    ]
    async with store.transaction(EVERYTHING) as tx:
        added = await tx.add_pushes(wanted)
    assert [push.revision for push in added] == [5, 4, 6]
    assert [push.push for push in added] == sorted(push.push for push in added)
    assert added[0].push > estate.push.push
    found = await store.batch(EVERYTHING, lambda batch: batch.pushes({push.push for push in added}))
    assert found == {push.push: push for push in added}


async def test_pushes_expire_while_no_unit_tries_them(store: Store) -> None:
    estate = await build_estate(store, 1)
    phases = [Phase.OFFERED, Phase.STORED, Phase.RUNNING, Phase.CANCELLED]
    async with store.transaction(EVERYTHING) as tx:
        await tx.add_pushes(
            [a_push(estate.service_code, estate.management_code, phase=phase, expires_at=400) for phase in phases]
        )
        assert [push.phase for push in await tx.expired_pushes(400, 10)] == [Phase.OFFERED]
        assert [push.phase for push in await tx.expired_pushes(500, 10)] == [Phase.QUEUED, Phase.OFFERED]
        assert [push.phase for push in await tx.expired_pushes(500, 1)] == [Phase.QUEUED]


async def test_ten_thousand_adapters_are_asked_for_at_once(store: Store) -> None:
    estate = await build_estate(store, 1)
    codes = [f"nxe{number:09d}" for number in range(40_000)]
    async with store.transaction(EVERYTHING) as tx:
        assert [adapter.service_code for adapter in await tx.adapters(codes)] == [estate.service_code]
        assert list(await tx.latest_revisions(codes, 0)) == [estate.service_code]
        assert list(await tx.open_pushes(codes, 0)) == [estate.service_code]
        assert list(await tx.units_of(codes)) == [estate.service_code]


async def test_a_startup_config_belongs_to_one_adapter(store: Store) -> None:
    estate, other = await build_estate(store, 1), await build_estate(store, 2)
    await store.batch(EVERYTHING, lambda batch: batch.set_startup([(estate.service_code, 1, DIGEST)]))
    async with store.transaction(EVERYTHING) as tx:
        one, two = await tx.adapters([estate.service_code, other.service_code])
    assert (one.startup_revision, one.startup_digest) == (1, DIGEST)
    assert (two.startup_revision, two.startup_digest) == (None, None)


async def test_a_place_says_where_a_unit_stands(store: Store) -> None:
    estate = await build_estate(store, 1)
    unit = estate.unit
    await store.batch(EVERYTHING, lambda batch: batch.set_startup([(estate.service_code, 1, DIGEST)]))
    await store.batch(EVERYTHING, lambda batch: batch.arrive([arrival(unit.unit_id, 4)]))
    places = await store.batch(EVERYTHING, lambda batch: batch.places_by_distribution_id({unit.distribution_id, "D"}))
    place = places.pop(unit.distribution_id)
    assert places == {}
    assert (place.unit_id, place.epoch, place.binding) == (unit.unit_id, 4, estate.binding.number)
    assert (place.service_code, place.management_code) == (estate.service_code, estate.management_code)
    assert (place.startup_revision, place.startup_digest) == (1, DIGEST)


async def test_an_arrival_is_the_units_session_from_then_on(store: Store, reads: Reads) -> None:
    estate = await build_estate(store, 1)
    unit_id = estate.unit.unit_id
    await store.batch(
        EVERYTHING,
        lambda batch: batch.end_sessions([SessionEnd(unit_id=unit_id, epoch=0, at=1, ending="silent")]),
    )
    await store.batch(EVERYTHING, lambda batch: batch.arrive([arrival(unit_id, 1)]))
    view = await reads.unit(EVERYTHING, estate.unit.distribution_id)
    assert view is not None
    session = view.session
    assert (session.epoch, session.host, session.run, session.opened_at, session.heard_at) == (1, "h", 1, 10, 10)
    assert (session.ended_at, session.ending) == (None, None)
    assert (view.firmware, view.boot_cause, view.clock_skew_ms, view.modules) == ("1.0", "reboot", -5, STATES)


async def test_what_a_session_without_a_place_writes_changes_nothing(backend: Backend) -> None:
    estate = await build_estate(backend.store, 1)
    unit_id = estate.unit.unit_id
    await backend.store.batch(EVERYTHING, lambda batch: batch.arrive([arrival(unit_id, 5)]))
    before = backend.dump()

    def work(batch: Batch) -> None:
        for epoch in (4, 6):
            batch.end_sessions([SessionEnd(unit_id=unit_id, epoch=epoch, at=9, ending="silent")])
            batch.hear([Hearing(unit_id=unit_id, epoch=epoch, at=9, status=Status(reported_at=9, uptime_s=9))])
            batch.change_modules([SessionChange(unit_id=unit_id, epoch=epoch, modules=())])

    await backend.store.batch(EVERYTHING, work)
    assert backend.dump() == before


async def test_what_the_session_in_place_writes_is_read_again(store: Store, reads: Reads) -> None:
    estate = await build_estate(store, 1)
    unit_id = estate.unit.unit_id
    status = Status(reported_at=60, uptime_s=5, health={"flash": "failed"}, addresses=("192.0.2.1",))

    def work(batch: Batch) -> dict[int, tuple[ModuleState, ...]]:
        batch.arrive([arrival(unit_id, 5)])
        batch.hear([Hearing(unit_id=unit_id, epoch=5, at=60, status=status)])
        batch.end_sessions([SessionEnd(unit_id=unit_id, epoch=5, at=61, ending="silent")])
        batch.change_modules([SessionChange(unit_id=unit_id, epoch=5, modules=(ModuleState(trial=8),))])
        return batch.modules_of({unit_id, 99})

    assert await store.batch(EVERYTHING, work) == {unit_id: (ModuleState(trial=8),)}
    view = await reads.unit(EVERYTHING, estate.unit.distribution_id)
    assert view is not None
    assert (view.status, view.session.heard_at, view.session.ending) == (status, 60, "silent")


async def test_an_event_of_a_unit_is_known_by_unit_boot_and_sequence(store: Store) -> None:
    estate = await build_estate(store, 1)
    unit_id = estate.unit.unit_id
    asked = {(unit_id, "boot", 1), (unit_id, "boot", 2), (unit_id, "another", 1), (unit_id + 1, "boot", 1)}
    taken = await store.batch(EVERYTHING, lambda batch: batch.unit_events_taken(asked))
    assert taken == {(unit_id, "boot", 1)}


async def test_events_that_a_unit_can_no_longer_repeat_are_forgotten_and_no_others(store: Store) -> None:
    one, other = await build_estate(store, 1), await build_estate(store, 2)
    unit_id, far = one.unit.unit_id, 5 + UNIT_EVENTS_KNOWN
    keys = [(unit_id, "next", 5), (unit_id, "next", 6)], [(unit_id, "next", far)]
    for some in keys:
        await _taken(store, some, one)
    asked = {key for some in keys for key in some} | {(unit_id, "boot", 1), (other.unit.unit_id, "boot", 1)}
    known = await store.batch(EVERYTHING, lambda batch: batch.unit_events_taken(asked))
    assert known == {(unit_id, "next", 6), (unit_id, "next", far), (other.unit.unit_id, "boot", 1)}


async def _taken(store: Store, keys: list[tuple[int, str, int]], of: Estate) -> None:
    events = [an_event(of.management_code) for _ in keys]
    await store.batch(EVERYTHING, lambda batch: batch.add_unit_events(keys, events))


async def test_nothing_asked_for_is_nothing_found(store: Store) -> None:
    def work(batch: Batch) -> None:
        assert batch.places_by_distribution_id([]) == {}
        assert batch.fences([]) == {}
        assert batch.modules_of([]) == {}
        assert batch.open_pushes([]) == {}
        assert batch.pushes([]) == {}
        assert batch.bodies([]) == {}
        assert batch.unit_events_taken([]) == set()
        assert batch.add_pushes([]) == []
        batch.save_pushes([])
        batch.set_startup([])
        batch.add_unit_events([], [])
        batch.add_events([])

    await store.batch(EVERYTHING, work)


async def pushes_of(store: Store, estate: Estate, count: int) -> list[Push]:
    async with store.transaction(EVERYTHING) as tx:
        return await tx.add_pushes([a_push(estate.service_code, estate.management_code) for _ in range(count)])


async def test_lists_are_read_page_by_page_in_the_order_of_their_keys(store: Store, reads: Reads) -> None:
    first, second = await build_estate(store, 1), await build_estate(store, 2)
    pushes = [first.push, second.push, *(await pushes_of(store, first, 3))]
    assert await reads.pushes(EVERYTHING, limit=2) == pushes[:2]
    assert await reads.pushes(EVERYTHING, after=pushes[1].push) == pushes[2:]
    assert await reads.pushes(EVERYTHING, service_code=second.service_code) == [second.push]
    assert [c.management_code for c in await reads.contracts(EVERYTHING, after=first.management_code)] == [
        second.management_code
    ]
    assert [view.adapter.service_code for view in await reads.adapters(EVERYTHING)] == ["nxe000000001", "nxe000000002"]
    assert [view.adapter.service_code for view in await reads.adapters(EVERYTHING, limit=1)] == ["nxe000000001"]
    assert [view.unit for view in await reads.units(EVERYTHING, after=first.unit.unit_id)] == [second.unit]
    events = await reads.events(EVERYTHING)
    assert [event.event for event in events] == sorted(event.event for event in events)
    assert await reads.events(EVERYTHING, newest_first=True) == events[::-1]
    assert await reads.events(EVERYTHING, after=events[1].event) == events[2:]
    assert await reads.events(EVERYTHING, after=events[2].event, newest_first=True, limit=1) == [events[1]]
    assert await reads.push_counts(EVERYTHING) == {"queued": 5}


async def test_the_units_with_work_are_those_whose_push_no_unit_tries_yet(store: Store, reads: Reads) -> None:
    first, second = await build_estate(store, 1), await build_estate(store, 2)
    assert sorted(await reads.units_with_work(EVERYTHING)) == [first.unit.unit_id, second.unit.unit_id]
    on_trial = msgspec.structs.replace(first.push, phase=Phase.STORED)
    await store.batch(EVERYTHING, lambda batch: batch.save_pushes([on_trial]))
    assert await reads.units_with_work(EVERYTHING) == [second.unit.unit_id]
    async with store.transaction(EVERYTHING) as tx:
        await tx.unbind(second.binding.number, 9)
    assert await reads.units_with_work(EVERYTHING) == []


async def test_an_adapter_is_shown_with_its_unit_its_newest_revision_and_its_newest_push(
    store: Store, reads: Reads
) -> None:
    estate = await build_estate(store, 1)
    (newest,) = await pushes_of(store, estate, 1)
    view = await reads.adapter(EVERYTHING, estate.service_code)
    assert view is not None
    assert view.unit is not None
    assert (view.unit.unit, view.unit.service_code) == (estate.unit, estate.service_code)
    assert (view.working_revision, view.working_digest, view.push) == (1, DIGEST, newest)
    assert await reads.adapter(EVERYTHING, "nxe999999999") is None


async def test_a_binding_is_given_as_it_was_stored(store: Store) -> None:
    estate = await build_estate(store, 1)
    async with store.transaction(EVERYTHING) as tx:
        binding: Binding | None = await tx.binding_of_adapter(estate.service_code)
    assert binding == estate.binding
