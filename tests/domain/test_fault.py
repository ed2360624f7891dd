import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.fact_kind import Cause
from servicehost.domain.fault import Fault, FaultEnd, FaultNews, FaultPhase, news_of, next_phase, opened
from servicehost.domain.symptom import SymptomKind

P, N = FaultPhase, FaultNews


def fault(phase: FaultPhase, cause: Cause | None = None) -> Fault:
    made = opened("nxe000000001", "nxm000000001", 1, phase, 5)
    return msgspec.structs.replace(made, cause=cause, reason=FaultEnd.EXCHANGED if phase is P.CLOSED else None)


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        (SymptomKind.SILENCE, P.SUSPECTED),
        (SymptomKind.HARDWARE_ALARM, P.OPEN),
        (SymptomKind.SELF_TEST_FAILED, P.OPEN),
        (SymptomKind.BOOT_LOOP, P.OPEN),
    ],
)
def test_silence_is_a_suspicion_and_every_other_symptom_opens_a_fault(kind: SymptomKind, phase: FaultPhase) -> None:
    assert next_phase(None, news_of(kind)) is phase


def test_a_hard_symptom_makes_a_fault_of_a_suspicion() -> None:
    assert next_phase(fault(P.SUSPECTED), N.HARD_SYMPTOM) is P.OPEN


@pytest.mark.parametrize("phase", [P.SUSPECTED, P.OPEN, P.TRIAGED])
def test_more_silence_joins_and_changes_nothing(phase: FaultPhase) -> None:
    assert next_phase(fault(phase), N.SILENCE) is None


def test_coming_back_ends_a_suspicion_and_what_triage_found_sound_and_nothing_else() -> None:
    ends = [
        (phase, cause)
        for phase in P
        for cause in (None, Cause.NATURAL, Cause.NOT_HARDWARE)
        if next_phase(fault(phase, cause), N.CAME_BACK) is P.CLOSED
    ]

    assert ends == [
        (P.SUSPECTED, None),
        (P.SUSPECTED, Cause.NATURAL),
        (P.SUSPECTED, Cause.NOT_HARDWARE),
        (P.TRIAGED, Cause.NOT_HARDWARE),
    ]


def test_a_closed_fault_is_open_again_when_its_exchange_is_taken_up_and_at_no_other_time() -> None:
    for phase in P:
        again = next_phase(fault(phase, Cause.NATURAL), N.REOPENED)
        assert again is (P.TRIAGED if phase is P.CLOSED else None)
    assert next_phase(fault(P.CLOSED, None), N.REOPENED) is P.OPEN


@given(st.lists(st.sampled_from(sorted(set(FaultNews) - {N.REOPENED}))))
def test_a_closed_fault_never_moves_and_no_fault_grows_less_certain(news: list[FaultNews]) -> None:
    order = list(P)
    phase: FaultPhase | None = None
    for one in news:
        after = next_phase(None if phase is None else fault(phase), one)
        if after is not None and phase is not None:
            assert order.index(after) >= order.index(phase)
            assert phase is not P.CLOSED
        phase = after or phase
