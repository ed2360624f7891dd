"""Presence: a unit is called disconnected only when it, and not a host of ours, is the likely cause."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codes import CloseCode
from servicehost.domain.presence import (
    LEASE_LIFE_MS,
    OUR_OWN,
    REDIAL_CAP_MS,
    Lease,
    Presence,
    SessionRow,
    our_own_network,
    presence,
)

NOW = 1_000_000


def row(**fields: Any) -> SessionRow:
    plain: dict[str, Any] = {"epoch": 3, "host": "h", "run": 2, "opened_at": 0, "heard_at": 0}
    return SessionRow(**(plain | fields))


def lease(**fields: Any) -> Lease:
    plain: dict[str, Any] = {"host": "h", "run": 2, "started_at": 0, "renewed_at": NOW}
    return Lease(**(plain | fields))


OPEN, SILENT = row(), row(ended_at=NOW - 1, ending="silent")
DEAD = lease(renewed_at=NOW - LEASE_LIFE_MS - 1)
JUST_RESTARTED = lease(run=3, started_at=NOW - REDIAL_CAP_MS)
LONG_RESTARTED = lease(run=3, started_at=NOW - REDIAL_CAP_MS - 1)


def drained(since_ms: int) -> SessionRow:
    return row(ended_at=NOW - since_ms, ending="draining")


@pytest.mark.parametrize(
    ("session", "of_host", "expected"),
    [
        (row(epoch=0), lease(), Presence.NEVER),
        (row(epoch=0), None, Presence.NEVER),
        (OPEN, lease(), Presence.CONNECTED),
        (OPEN, lease(renewed_at=NOW - LEASE_LIFE_MS), Presence.CONNECTED),
        (OPEN, DEAD, Presence.UNKNOWN),
        (OPEN, None, Presence.UNKNOWN),
        (OPEN, JUST_RESTARTED, Presence.UNKNOWN),
        (OPEN, LONG_RESTARTED, Presence.DISCONNECTED),
        (SILENT, lease(), Presence.DISCONNECTED),
        (SILENT, DEAD, Presence.DISCONNECTED),
        (SILENT, None, Presence.DISCONNECTED),
        (SILENT, JUST_RESTARTED, Presence.DISCONNECTED),
        (drained(REDIAL_CAP_MS), lease(), Presence.UNKNOWN),
        (drained(REDIAL_CAP_MS + 1), lease(), Presence.DISCONNECTED),
        (drained(REDIAL_CAP_MS + 1), JUST_RESTARTED, Presence.UNKNOWN),
        (drained(REDIAL_CAP_MS + 1), LONG_RESTARTED, Presence.DISCONNECTED),
        (drained(REDIAL_CAP_MS + 1), DEAD, Presence.UNKNOWN),
        (drained(REDIAL_CAP_MS + 1), None, Presence.UNKNOWN),
    ],
)
def test_presence_is_judged_from_session_lease_and_time(
    session: SessionRow, of_host: Lease | None, expected: Presence
) -> None:
    assert presence(session, of_host, NOW) is expected


def test_the_endings_of_our_own_are_names_of_endings() -> None:
    assert {code.name.lower() for code in CloseCode} >= OUR_OWN


instants = st.integers(0, 2 * NOW)
endings = st.sampled_from([code.name.lower() for code in CloseCode])
rows = st.one_of(
    st.builds(row, epoch=st.integers(0, 3), run=st.integers(0, 4), opened_at=instants, heard_at=instants),
    st.builds(row, epoch=st.integers(0, 3), run=st.integers(0, 4), ended_at=instants, ending=endings),
)
leases = st.none() | st.builds(lease, run=st.integers(1, 4), started_at=instants, renewed_at=instants)


@given(rows, leases, instants)
def test_presence_is_total(session: SessionRow, of_host: Lease | None, now: int) -> None:
    assert presence(session, of_host, now) in Presence
    assert (presence(session, of_host, now) is Presence.NEVER) == (session.epoch == 0)


@given(st.integers(1, 3), st.integers(0, NOW), st.integers(0, 10 * REDIAL_CAP_MS), st.sampled_from([None, *OUR_OWN]))
def test_no_restart_and_no_death_of_a_host_ever_calls_a_unit_disconnected_before_the_redial_cap(
    restarts: int, at: int, later: int, ending: str | None
) -> None:
    """The unit was in session when the host ended it (`ending`) or died (None)."""
    session = row(ended_at=None if ending is None else at, ending=ending)
    gone = lease(renewed_at=at)
    if at + later > gone.renewed_at + LEASE_LIFE_MS:
        assert presence(session, gone, at + later) is Presence.UNKNOWN
    back = lease(run=2 + restarts, started_at=at + later, renewed_at=at + later)
    for since in (0, LEASE_LIFE_MS, REDIAL_CAP_MS):
        renewed = lease(run=back.run, started_at=back.started_at, renewed_at=at + later + since)
        assert presence(session, renewed, at + later + since) is Presence.UNKNOWN


@pytest.mark.parametrize(
    ("unheard", "sessions", "ours"),
    [(0, 0, False), (9, 10, False), (10, 50, True), (10, 51, False), (1_000, 10_000, False), (2_000, 10_000, True)],
)
def test_many_sessions_unheard_at_once_are_our_own_fault(unheard: int, sessions: int, ours: bool) -> None:
    assert our_own_network(unheard, sessions) is ours
