"""Rollouts are read and moved within a scope; counts are what the members are."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from protocol.digest import digest_of
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.fault import FaultPhase, opened
from servicehost.domain.push import Phase
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutPlan, RolloutState
from servicehost.domain.selection import Selection
from servicehost.ports.config_batch import ConfigBatch
from servicehost.ports.rollout_ends import RolloutEnds
from servicehost.ports.rollouts import Move, RolloutReads, Rollouts
from servicehost.ports.store import Batch
from tests.builders.estate import Estate, a_push, a_revision, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, verbs_of
from tests.ports.test_tenancy import arrival_of

M = MemberState
replace = msgspec.structs.replace
BODY = b"new"
DIGEST = digest_of(BODY)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's rollout, and its one member in every state that something looks for."""

    estate: Estate
    rollout: Rollout
    member: Member

    @property
    def code(self) -> str:
        return self.estate.service_code

    @property
    def number(self) -> int:
        return self.rollout.rollout


def a_rollout(estate: Estate, **fields: Any) -> Rollout:
    plain: dict[str, Any] = {
        "rollout": 0,
        "name": "x",
        "note": "",
        "plan": RolloutPlan(targets=Selection(service_codes=(estate.service_code,))),
        "state": RolloutState.RUNNING,
        "state_since": 1,
        "state_by": "x",
        "created_at": 1,
        "created_by": "x",
        "author": "x",
        "due_at": 5,
    }
    return Rollout(management_code=estate.management_code, **(plain | fields))


async def build(backend: Backend, number: int, state: MemberState = M.PUSHED) -> Held:
    estate = await build_estate(backend.store, number)
    if number == 1:
        await backend.store.begin_run("h", 1)

    def work(batch: Batch) -> Held:
        made = batch.add_rollout(a_rollout(estate))
        ends = {M.PUSHED: Phase.QUEUED}.get(state, Phase.CONFIRMED)
        ended = batch.add_pushes([a_push(estate.service_code, estate.management_code, phase=ends)])[0]
        member = Member(
            rollout=made.rollout,
            position=1,
            management_code=estate.management_code,
            service_code=estate.service_code,
            wave=1,
            state=state,
            changed_at=1,
            revision=1,
            push=ended.push,
            undo_push=ended.push if state is M.UNDOING else None,
            started_at=1,
            due_at=4,
        )
        batch.add_rollout_members([member])
        batch.add_fault(opened(estate.service_code, estate.management_code, None, FaultPhase.OPEN, 2))
        batch.arrive([arrival_of(estate)])
        return Held(estate=estate, rollout=made, member=member)

    return await backend.store.batch(EVERYTHING, work)


def _moved(held: Held, **disguise: Any) -> list[Move]:
    after = replace(held.member, state=M.CONFIRMED, **disguise)
    return [Move(before=held.member, after=after)]


ROLLOUTS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "add_rollout": lambda b, t, m: b.add_rollout(a_rollout(t.estate)),
    "rollout": lambda b, t, m: b.rollout(t.number),
    "save_rollout": lambda b, t, m: b.save_rollout(replace(t.rollout, state=RolloutState.PAUSED)),
    "rollouts_to_look_at": lambda b, t, m: [one for one in b.rollouts_to_look_at(9, 9) if one == t.number],
    "rollout_targets": lambda b, t, m: b.rollout_targets([t.code]),
    "add_rollout_members": lambda b, t, m: b.add_rollout_members([replace(t.member, position=2, service_code=m.code)]),
    "move_members": lambda b, t, m: b.move_members(_moved(t)),
    "end_members": lambda b, t, m: b.end_members(t.number, [M.PUSHED], M.SKIPPED, "x", 9),
    "mark_to_undo": lambda b, t, m: b.mark_to_undo(t.number, [], 9),
    "member_codes": lambda b, t, m: b.member_codes(t.number),
    "tallies": lambda b, t, m: b.tallies(t.number),
    "ended_members": lambda b, t, m: b.ended_members(t.number, 9),
    "recallable_members": lambda b, t, m: b.recallable_members(t.number, 9),
    "overdue_members": lambda b, t, m: b.overdue_members(t.number, 9, 9),
    "next_member_due": lambda b, t, m: b.next_member_due(t.number),
    "faulty_members": lambda b, t, m: b.faulty_members(t.number, 9),
    "silent_members": lambda b, t, m: b.silent_members(t.number, 9),
    "waiting_members": lambda b, t, m: b.waiting_members(t.number, 1, 9),
    "returned_members": lambda b, t, m: b.returned_members(t.number, 9),
    "members_to_undo": lambda b, t, m: b.members_to_undo(t.number, 9),
}
ENDS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "rollouts_of": lambda b, t, m: b.rollouts_of(t.estate.management_code, [RolloutState.RUNNING]),
    "unfinished_members_of": lambda b, t, m: b.unfinished_members_of([t.code]),
}
CONFIGS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "latest_revisions": lambda b, t, m: b.latest_revisions([t.code], 0),
    "main_revisions_at": lambda b, t, m: b.main_revisions_at([(t.code, 1)]),
    "add_revisions": lambda b, t, m: b.add_revisions([a_revision(t.code, t.estate.management_code, revision=9)]),
    "add_content": lambda b, t, m: b.add_content(t.estate.management_code, DIGEST, "new"),
    "add_module_body": lambda b, t, m: b.add_module_body(t.estate.management_code, DIGEST, BODY),
    "units_of": lambda b, t, m: b.units_of([t.code]),
}
READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "rollouts": lambda r, t, s: r.rollouts(s),
    "rollout_counts": lambda r, t, s: r.rollout_counts(s),
    "rollout_view": lambda r, t, s: r.rollout_view(s, t.number),
    "rollout_members": lambda r, t, s: r.rollout_members(s, t.number, wave=1, states=[M.PUSHED]),
}
OF_THE_SCOPE = {"next_rollout_due"}
"""Named by nothing: tried below."""
LIKE_A_TRANSACTIONS = {"revision_sets", "adapters_at"}
"""The same methods as of the transaction, walked with it."""
STATE_OF = {
    "ended_members": M.UNDOING,
    "mark_to_undo": M.CONFIRMED,
    "waiting_members": M.WAITING,
    "returned_members": M.AWAY,
    "members_to_undo": M.TO_UNDO,
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(Rollouts) == {*ROLLOUTS, *OF_THE_SCOPE} | (verbs_of(Rollouts) & verbs_of(ConfigBatch))
    assert verbs_of(ConfigBatch) - LIKE_A_TRANSACTIONS <= set(CONFIGS)
    assert verbs_of(RolloutEnds) == set(ENDS)
    assert verbs_of(RolloutReads) == set(READS)


@pytest.mark.parametrize("verb", [*ROLLOUTS, *ENDS, *CONFIGS])
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1, STATE_OF.get(verb, M.PUSHED)), await build(real, 2)
    before = real.dump()
    call = {**ROLLOUTS, **ENDS, **CONFIGS}[verb]
    with suppress(NotFound):
        assert await real.store.batch(mine.estate.scope, lambda batch: call(batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", [*ROLLOUTS, *ENDS, *CONFIGS])
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    other, mine = await build(real, 1), await build(real, 2, STATE_OF.get(verb, M.PUSHED))
    call = {**ROLLOUTS, **ENDS, **CONFIGS}[verb]
    if verb == "add_rollout_members":  # another customer's adapter is no member of mine
        other = mine
        await real.store.batch(EVERYTHING, lambda batch: batch.move_members(_moved(mine)))
        made = await real.store.batch(EVERYTHING, lambda batch: batch.add_rollout(a_rollout(mine.estate)))
        mine = Held(estate=mine.estate, rollout=made, member=replace(mine.member, rollout=made.rollout, push=None))
    if verb == "silent_members":
        await real.store.begin_run("h", 2)
    before = real.dump()
    found = await real.store.batch(mine.estate.scope, lambda batch: call(batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_a_disguised_member_moves_nothing(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    moves = _moved(theirs, management_code=mine.estate.management_code)
    with pytest.raises(NotFound):
        await real.store.batch(mine.estate.scope, lambda batch: batch.move_members(moves))
    assert real.dump() == before


async def test_the_next_due_is_that_of_the_scope(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    await real.store.batch(EVERYTHING, lambda batch: batch.save_rollout(replace(mine.rollout, due_at=9)))
    assert await real.store.batch(mine.estate.scope, lambda batch: batch.next_rollout_due()) == 9
    assert await real.store.batch(theirs.estate.scope, lambda batch: batch.next_rollout_due()) == 5


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    if verb not in ("rollouts", "rollout_counts"):
        assert await READS[verb](real.reads, theirs, mine.estate.scope) in NOTHING
    assert await READS[verb](real.reads, theirs, theirs.estate.scope) not in NOTHING
    assert len(await real.reads.rollouts(mine.estate.scope)) == 1
    assert await real.reads.rollout_counts(mine.estate.scope) == {"running": 1}


async def test_nobody_is_a_member_of_two_unfinished_rollouts_and_no_push_serves_two(real: Backend) -> None:
    mine = await build(real, 1)
    second = await real.store.batch(EVERYTHING, lambda batch: batch.add_rollout(a_rollout(mine.estate)))
    again = replace(mine.member, rollout=second.rollout)
    for twice in (replace(again, push=None), replace(again, state=M.CONFIRMED)):
        with pytest.raises(Exception, match="UNIQUE"):
            await real.store.batch(EVERYTHING, lambda batch, one=twice: batch.add_rollout_members([one]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


async def test_rollouts_are_read_from_either_end(real: Backend) -> None:
    held = [await build(real, number) for number in (1, 2)]
    numbers = [one.number for one in held]

    async def read(**wish: Any) -> list[int]:
        return [one.rollout.rollout for one in await real.reads.rollouts(EVERYTHING, limit=1, **wish)]

    assert (await read(), await read(after=numbers[0])) == ([numbers[0]], [numbers[1]])
    newest = {"newest_first": True}
    assert (await read(**newest), await read(after=numbers[1], **newest)) == ([numbers[1]], [numbers[0]])
