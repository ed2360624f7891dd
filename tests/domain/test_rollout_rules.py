"""Waves, gates, stops and turns of rollouts: tables of what is said, and what holds whatever is said."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import servicehost.domain.rollout_rules as rules
from servicehost.domain.errors import Conflict
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.push import Phase
from servicehost.domain.rollout import (
    DEEDS,
    UNFINISHED,
    Gate,
    Member,
    MemberState,
    Pace,
    RolloutDeed,
    RolloutState,
    Stop,
    Tally,
    Wave,
    check_deed,
    wave_sizes,
)
from servicehost.domain.rollout_rules import (
    Candidate,
    Verdict,
    after_push,
    after_undo,
    gate_verdict,
    is_lost,
    may_begin,
    next_begin,
    paced,
    pick,
    stop_reason,
    undo_refusal,
)
from tests.builders.estate import a_push
from tests.builders.rollouts import a_rollout

M, V = MemberState, Verdict
NOW = 1_000_000
ROLLOUT = a_rollout(1)


def a_tally(**counts: int) -> Tally:
    return Tally(counts={MemberState(name): count for name, count in counts.items()})


def a_member(position: int = 1, **fields: Any) -> Member:
    plain: dict[str, Any] = {
        "rollout": 1,
        "management_code": "nxm000000001",
        "service_code": f"nxe{position:09d}",
        "wave": 1,
        "state": M.WAITING,
        "changed_at": 0,
        "revision": 2,
        "digest": "new",
        "former_revision": 1,
        "former_digest": "old",
    }
    return Member(position=position, **(plain | fields))


def a_session(**fields: Any) -> SessionRow:
    plain: dict[str, Any] = {"epoch": 1, "host": "h", "run": 1, "opened_at": 0, "heard_at": 0}
    return SessionRow(**(plain | fields))


LEASE = Lease(host="h", run=1, started_at=0, renewed_at=NOW)
HERE = a_session()
GONE = a_session(ended_at=NOW - 100_000, ending="connection_lost")


def a_candidate(position: int = 1, session: SessionRow | None = HERE, **fields: Any) -> Candidate:
    return Candidate(
        member=a_member(position, **fields),
        startup_revision=1,
        startup_digest="old",
        unit_id=position,
        session=session,
        lease=LEASE,
    )


@pytest.mark.parametrize(
    ("members", "waves", "sizes"),
    [
        (10, (), (10,)),
        (10, (Wave(count=1),), (1, 9)),
        (10, (Wave(count=1), Wave(percent=25)), (1, 3, 6)),
        (3, (Wave(count=2), Wave(count=2), Wave(count=2)), (2, 1)),
        (3, (Wave(percent=100),), (3,)),
        (1, (Wave(percent=1),), (1,)),
        (0, (Wave(count=1),), ()),
    ],
)
def test_waves_take_what_they_ask_for_and_the_rest_is_the_last(
    members: int, waves: tuple[Wave, ...], sizes: tuple[int, ...]
) -> None:
    assert wave_sizes(members, waves) == sizes


WAVES = st.lists(
    st.one_of(
        st.integers(1, 50).map(lambda count: Wave(count=count)),
        st.integers(1, 100).map(lambda percent: Wave(percent=percent)),
    ),
    max_size=6,
)


@given(st.integers(0, 200), WAVES)
def test_every_member_is_in_one_wave_and_no_wave_is_empty(members: int, waves: list[Wave]) -> None:
    sizes = wave_sizes(members, waves)
    assert sum(sizes) == members
    assert all(sizes)


GATE = Gate(confirmed_percent=90)
VERDICTS: list[tuple[Tally, Verdict]] = [
    (a_tally(waiting=5), V.NOT_YET),
    (a_tally(waiting=1, confirmed=9), V.NOT_YET),
    (a_tally(soaking=1, confirmed=9), V.NOT_YET),
    (a_tally(confirmed=10), V.PASSED),
    (a_tally(confirmed=9, failed=1), V.PASSED),
    (a_tally(confirmed=8, failed=2), V.UNMET),
    # It cannot be met any more: nobody waits for the rest.
    (a_tally(waiting=8, failed=2), V.UNMET),
    (a_tally(failed=1), V.UNMET),
    # Who was never tried counts neither way.
    (a_tally(confirmed=9, failed=1, skipped=5, absent=5), V.PASSED),
    # Who is away does not hold up the others, and of nobody nothing is proved.
    (a_tally(confirmed=9, away=3), V.PASSED),
    (a_tally(away=3), V.NOT_YET),
    (a_tally(absent=3), V.UNPROVED),
    (a_tally(absent=1, skipped=1), V.UNPROVED),
    (a_tally(skipped=2), V.PASSED),
]


@pytest.mark.parametrize(("tally", "verdict"), VERDICTS)
def test_a_wave_passes_its_gate(tally: Tally, verdict: Verdict) -> None:
    assert gate_verdict(tally, GATE) is verdict


COUNTS = st.dictionaries(
    st.sampled_from([M.WAITING, M.AWAY, M.PUSHED, M.SOAKING, M.CONFIRMED, M.FAILED, M.ABSENT, M.SKIPPED]),
    st.integers(0, 30),
)


@given(COUNTS, st.integers(1, 100))
def test_no_wave_passes_while_somebody_is_under_way_or_too_many_failed(
    counts: dict[MemberState, int], percent: int
) -> None:
    tally = Tally(counts=counts)
    if gate_verdict(tally, Gate(confirmed_percent=percent)) is V.PASSED:
        assert not tally.of(M.WAITING, M.PUSHED, M.SOAKING)
        assert tally.of(M.CONFIRMED) * 100 >= percent * (tally.of(M.CONFIRMED) + tally.failed)


STOPS: list[tuple[Tally, Stop, str | None]] = [
    (a_tally(confirmed=9), Stop(failed=1), None),
    (a_tally(confirmed=9, failed=1), Stop(failed=1), "too_many_failed"),
    (a_tally(failed=1, confirmed=8), Stop(failed_percent=10, at_least=10), None),
    (a_tally(failed=1, confirmed=9), Stop(failed_percent=10, at_least=10), "too_large_a_share_failed"),
    (a_tally(failed=1, soaking=9), Stop(failed_percent=10, at_least=10), "too_large_a_share_failed"),
    (a_tally(failed=1, confirmed=99), Stop(failed_percent=10, at_least=10), None),
    (a_tally(failed=9), Stop(failed_percent=None), None),
]


@pytest.mark.parametrize(("tally", "stop", "reason"), STOPS)
def test_too_many_failures_stop_the_rollout(tally: Tally, stop: Stop, reason: str | None) -> None:
    assert stop_reason(ROLLOUT, tally, stop) == reason


def test_what_somebody_resumed_in_spite_of_counts_no_more() -> None:
    seen = msgspec.structs.replace(ROLLOUT, forgiven_failed=3, forgiven_tried=10)
    assert stop_reason(seen, a_tally(failed=3, confirmed=7), Stop(failed=1)) is None
    assert stop_reason(seen, a_tally(failed=4, confirmed=7), Stop(failed=1)) == "too_many_failed"


def test_on_the_way_back_it_is_the_kept_that_count() -> None:
    back = msgspec.structs.replace(ROLLOUT, undoing=True)
    assert stop_reason(back, a_tally(failed=9, undone=1), Stop(failed=1)) is None
    assert stop_reason(back, a_tally(kept=1, undone=1), Stop(failed=1)) == "too_many_failed"


@given(
    per_minute=st.integers(1, 60_000),
    waits=st.lists(st.integers(0, 90_000), max_size=40),
    concurrency=st.integers(1, 5_000),
)
def test_in_no_minute_more_begin_than_the_rate_and_a_second_of_it(
    per_minute: int, waits: list[int], concurrency: int
) -> None:
    pace, paced_to, now = Pace(concurrency=concurrency, per_minute=per_minute), 0, NOW
    begun: list[tuple[int, int]] = []
    for wait in waits:
        now += wait
        allowed = may_begin(pace, 0, paced_to, now)
        paced_to = paced(pace, paced_to, allowed, now)
        assert allowed <= concurrency
        begun.append((now, allowed))
    for at, _ in begun:
        in_a_minute = sum(count for when, count in begun if at <= when < at + 60_000)
        assert in_a_minute <= per_minute + -(-per_minute // 60) + 1


@given(st.integers(1, 60_000), st.integers(0, 10_000))
def test_at_the_instant_that_is_named_one_more_may_begin(per_minute: int, late: int) -> None:
    pace = Pace(per_minute=per_minute)
    paced_to = paced(pace, 0, 1, NOW)
    at = next_begin(pace, paced_to)
    assert at is not None
    assert may_begin(pace, 0, paced_to, at + late) >= 1


@given(
    st.lists(st.tuples(st.sampled_from([HERE, GONE, None]), st.sampled_from([None, "a", "b"])), max_size=12),
    st.integers(0, 12),
    st.booleans(),
)
def test_who_begins_is_there_and_alone_of_its_site(
    adapters: list[tuple[SessionRow | None, str | None]], allowed: int, past: bool
) -> None:
    candidates = [a_candidate(n, session, site=site) for n, (session, site) in enumerate(adapters, start=1)]
    picked = pick(candidates, allowed, past_deadline=past, now=NOW)
    sites = [one.member.site for one in picked.begin if one.member.site]
    assert len(picked.begin) <= allowed
    assert all(one.session is HERE for one in picked.begin)
    assert len(sites) == len(set(sites))
    assert {one.position for one in picked.moved} == {n for n, (s, _) in enumerate(adapters, start=1) if s is not HERE}
    assert {one.state for one in picked.moved} <= {M.ABSENT if past else M.AWAY}


def test_whose_contract_has_ended_is_skipped() -> None:
    over = msgspec.structs.replace(a_candidate(), out_of_service_at=NOW)
    (moved,) = pick([over], 9, past_deadline=False, now=NOW).moved
    assert (moved.state, moved.reason) == (M.SKIPPED, "out_of_service")


@pytest.mark.parametrize(
    ("row", "lease", "lost"),
    [
        (HERE, LEASE, False),
        (a_session(ended_at=NOW - 60_000, ending="silent"), LEASE, True),
        (a_session(ended_at=NOW - 59_999, ending="silent"), LEASE, False),
        (a_session(ended_at=NOW - 60_000, ending="draining"), LEASE, False),
        # A host that has just begun, or has gone, says nothing of who it has not heard.
        (a_session(run=0), Lease(host="h", run=1, started_at=NOW - 60_000, renewed_at=NOW), False),
        (a_session(run=0), Lease(host="h", run=1, started_at=NOW - 70_000, renewed_at=NOW), True),
        (a_session(run=0), Lease(host="h", run=1, started_at=0, renewed_at=NOW - 20_000), False),
    ],
)
def test_a_session_is_lost_when_it_stays_away_and_that_is_not_our_doing(
    row: SessionRow, lease: Lease, lost: bool
) -> None:
    assert is_lost(row, lease, NOW, 60_000) is lost


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.ended])
@pytest.mark.parametrize("undoing", [True, False])
def test_every_end_of_a_push_is_an_end_or_a_next_step_of_its_member(phase: Phase, undoing: bool) -> None:
    push = a_push("nxe000000001", "nxm000000001", phase=phase)
    pushed = a_member(state=M.PUSHED, push=1, due_at=5)
    after = after_push(pushed, push, soak_ms=0, undoing=undoing, now=NOW)
    assert after.state is not M.PUSHED
    assert after.due_at is None
    assert (after.reason is None) == (phase is Phase.CONFIRMED)
    assert after_undo(pushed, push, NOW).state in (M.UNDONE, M.KEPT)
    assert (after_undo(pushed, push, NOW).state is M.UNDONE) == (phase is Phase.CONFIRMED)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"startup_revision": 3, "startup_digest": "other"}, "changed_since"),
        ({"startup_revision": 1, "startup_digest": "old"}, "not_taken"),
        ({"out_of_service_at": NOW}, "out_of_service"),
    ],
)
def test_only_what_the_rollout_has_left_there_goes_back(change: dict[str, int | str], why: str | None) -> None:
    stands = msgspec.structs.replace(a_candidate(), startup_revision=2, startup_digest="new")
    assert undo_refusal(msgspec.structs.replace(stands, **change), [], NOW) == why


def test_nothing_goes_back_over_somebodys_push_or_to_where_nothing_was() -> None:
    stands = msgspec.structs.replace(a_candidate(), startup_revision=2, startup_digest="new")
    assert undo_refusal(stands, [a_push("nxe000000001", "nxm000000001")], NOW) == "other_push"
    bare = msgspec.structs.replace(stands, member=a_member(former_revision=None))
    assert undo_refusal(bare, [], NOW) == "no_former_config"


@pytest.mark.parametrize("deed", RolloutDeed)
@pytest.mark.parametrize("state", RolloutState)
def test_a_deed_is_possible_in_the_states_that_are_named(deed: RolloutDeed, state: RolloutState) -> None:
    rollout = msgspec.structs.replace(ROLLOUT, state=state)
    if state in DEEDS[deed]:
        check_deed(rollout, deed)
    else:
        with pytest.raises(Conflict, match=state.value):
            check_deed(rollout, deed)


def test_no_state_is_without_a_way_out_and_none_that_ended_has_one_but_back() -> None:
    by_host = {RolloutState.RUNNING, RolloutState.SCHEDULED, RolloutState.ROLLING_BACK}
    for state in RolloutState:
        deeds = {deed for deed in RolloutDeed if state in DEEDS[deed]}
        assert deeds or state is RolloutState.ROLLED_BACK or state in by_host
    assert not UNFINISHED & {M.CONFIRMED, M.FAILED, M.ABSENT, M.SKIPPED, M.UNDONE, M.KEPT}


MUTANTS: dict[str, tuple[str, str]] = {
    "the gate forgets those who soak": (
        "tally.of(_M.WAITING, _M.PUSHED, _M.SOAKING)",
        "tally.of(_M.WAITING, _M.PUSHED)",
    ),
    "absence proves a wave": (
        "return Verdict.UNPROVED if tally.of(_M.ABSENT)",
        "return Verdict.PASSED if tally.of(_M.ABSENT)",
    ),
    "a lost cause is waited for": ("tally.failed * 100 >", "tally.failed * 100 > 10**9 +"),
    "the share is counted of all": ("tried < stop.at_least", "tried < 0"),
    "failures are never forgiven": ("failed - rollout.forgiven_failed", "failed - 0"),
    "two of a site begin": ("site is None or site not in sites", "True"),
    "who is away begins": ("if there is Presence.CONNECTED:", "if True:"),
    "our own restart is their fault": ("is not Presence.DISCONNECTED", "is Presence.CONNECTED"),
    "a time-out is no failure": ('Phase.EXPIRED: "timed_out"}', "}"),
    "somebody's work is rolled back": ("!= (member.revision, member.digest)", "== (None, None)"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_seeded_mistake_is_noticed(tmp_path: Path, name: str) -> None:
    mutant = _mutant(tmp_path, *MUTANTS[name])
    assert _told(mutant) != _told(rules)


def _told(module: ModuleType) -> list[object]:
    """What the rules say of everything in the tables above."""
    said: list[object] = [module.gate_verdict(tally, GATE).value for tally, _ in VERDICTS]
    said += [module.stop_reason(ROLLOUT, tally, stop) for tally, stop, _ in STOPS]
    seen = msgspec.structs.replace(ROLLOUT, forgiven_failed=3, forgiven_tried=3)
    said.append(module.stop_reason(seen, a_tally(failed=3), Stop(failed=1)))
    candidates = [a_candidate(1, site="a"), a_candidate(2, site="a"), a_candidate(3, GONE)]
    said.append([one.member.position for one in module.pick(candidates, 9, past_deadline=False, now=NOW).begin])
    said.append(module.is_lost(a_session(run=0), Lease(host="h", run=1, started_at=NOW, renewed_at=NOW), NOW, 0))
    expired = a_push("nxe000000001", "nxm000000001", phase=Phase.EXPIRED)
    said.append(_or_error(lambda: module.after_push(a_member(), expired, soak_ms=0, undoing=False, now=NOW).state))
    said.append(module.undo_refusal(a_candidate(), [], NOW))
    return said


def _or_error(work: Callable[[], object]) -> object:
    try:
        return work()
    except KeyError:
        return "error"


def _mutant(folder: Path, right: str, wrong: str) -> ModuleType:
    source = Path(rules.__file__).read_text()
    assert right in source, "the seeded mistake is not where it was"
    file = folder / "rollout_mutant.py"
    file.write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("rollout_mutant", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rollout_mutant"] = module
    spec.loader.exec_module(module)
    return module
