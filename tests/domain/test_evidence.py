"""What the machine knows of a fault, from what the store keeps."""

from typing import Any

import msgspec
import pytest

from servicehost.domain.attempt import AttemptOutcome
from servicehost.domain.clue import Clue, read_clues
from servicehost.domain.evidence import (
    Evidence,
    Nearness,
    Neighbour,
    NeighbourCount,
    OurTrouble,
    TriagePolicy,
    TriageRecord,
    UnitRecord,
    evidence_of,
)
from servicehost.domain.evidence_words import evidence_lines
from servicehost.domain.fault import FaultPhase, opened
from servicehost.domain.presence import REDIAL_CAP_MS, Lease, Presence, SessionRow
from servicehost.domain.push import Phase, Push
from servicehost.domain.symptom import Boot, SymptomKind
from servicehost.domain.triage_question import asked
from tests.domain.triages import FAILING, NOW, SINCE, attempt, symptom

POLICY = TriagePolicy(together_ms=600_000, push_before_ms=1_800_000)
ALIVE = Lease(host="h", run=1, started_at=0, renewed_at=NOW)
GONE = SessionRow(epoch=3, host="h", run=1, opened_at=1, heard_at=SINCE - 5, ended_at=SINCE, ending="connection_lost")
HEARD = SessionRow(epoch=3, host="h", run=1, opened_at=1, heard_at=NOW)


def gone_at(at: int) -> SessionRow:
    return msgspec.structs.replace(GONE, ended_at=at)


def seen(session: SessionRow = GONE, *, lease: Lease | None = ALIVE, unit: Any = (), **known: Any) -> Evidence:
    usual: dict[str, Any] = {"session": session, "address": "192.0.2.7:443", "boot_cause": "power_on"}
    record = UnitRecord(**(usual | dict(unit)))
    fault = opened("nxe000000001", "nxm000000001", 1, FaultPhase.SUSPECTED, NOW - 300_000)
    plain: dict[str, Any] = {"fault": fault, "location": "Tokyo 1", "unit": record}
    leases = {} if lease is None else {"h": lease}
    return evidence_of(TriageRecord(**(plain | known), leases=leases), NOW, POLICY)


def a_push(phase: Phase, at: int, **fields: Any) -> Push:
    plain: dict[str, Any] = {"push": 1, "service_code": "nxe000000001", "management_code": "nxm000000001", "module": 0}
    more = {"revision": 2, "digest": "sha256:x", "kind": "operator", "ordered_by": "anna", "confirm_timeout_s": 60}
    return Push(**(plain | more | {"phase": phase, "ordered_at": at, "changed_at": at} | fields))


def test_the_trouble_began_with_the_earliest_sign_of_it() -> None:
    assert seen().began_at == SINCE
    alarm = symptom(SymptomKind.HARDWARE_ALARM)
    assert seen(symptoms=(msgspec.structs.replace(alarm, first_at=SINCE - 9),)).began_at == SINCE - 9
    assert seen(HEARD).began_at == NOW - 300_000


def test_a_silent_unit_says_since_when_and_how_its_last_session_ended() -> None:
    evidence = seen(unit={"status": FAILING, "gaps_ms": (30_000, 31_000)})
    assert (evidence.presence, evidence.silent_since, evidence.ending) == (
        Presence.DISCONNECTED, SINCE, "connection_lost"
    )  # fmt: skip
    assert (evidence.heard_at, evidence.status, evidence.gaps_ms) == (SINCE - 5, FAILING, (30_000, 31_000))
    assert evidence.our_trouble is None


@pytest.mark.parametrize(
    ("session", "lease", "trouble"),
    [
        (HEARD, None, OurTrouble.HOST_GONE),
        (HEARD, Lease(host="h", run=1, started_at=0, renewed_at=0), OurTrouble.HOST_GONE),
        (HEARD, Lease(host="h", run=2, started_at=NOW - 1, renewed_at=NOW), OurTrouble.HOST_RESTARTED),
        (msgspec.structs.replace(gone_at(NOW - 1), ending="draining"), ALIVE, OurTrouble.HOST_LET_GO),
        (msgspec.structs.replace(gone_at(NOW - 1), ending="host_unheard"), ALIVE, OurTrouble.HOST_LET_GO),
        (msgspec.structs.replace(gone_at(NOW - REDIAL_CAP_MS - 1), ending="draining"), ALIVE, None),
        (HEARD, ALIVE, None),
        (GONE, ALIVE, None),
        (msgspec.structs.replace(HEARD, epoch=0), None, None),
    ],
)
def test_trouble_of_our_own_is_named(session: SessionRow, lease: Lease | None, trouble: OurTrouble | None) -> None:
    evidence = seen(session, lease=lease)
    assert evidence.our_trouble is trouble
    assert (trouble is not None) == (evidence.presence is Presence.UNKNOWN)


def neighbour(session: SessionRow, location: str = "", address: str | None = "198.51.100.1:9") -> Neighbour:
    return Neighbour(location=location, address=address, session=session)


@pytest.mark.parametrize(
    ("one", "nearness"),
    [
        (neighbour(HEARD, "Tokyo 1", "192.0.2.7:1"), Nearness.SITE),
        (neighbour(HEARD, "Osaka 2", "192.0.2.7:1"), Nearness.NETWORK),
        (neighbour(HEARD, "", "[::ffff:192.0.2.7]:1"), Nearness.NETWORK),
        (neighbour(HEARD, "", "192.0.2.8:443"), Nearness.CONTRACT),
        (neighbour(HEARD, "", None), Nearness.CONTRACT),
        (neighbour(HEARD, "", "nonsense"), Nearness.CONTRACT),
    ],
)
def test_a_neighbour_is_counted_where_it_is_nearest(one: Neighbour, nearness: Nearness) -> None:
    assert seen(neighbours=(one,)).neighbours == (NeighbourCount(nearness=nearness, heard=1),)


def test_two_adapters_behind_one_line_of_ipv6_are_neighbours_and_an_undeclared_location_is_no_site() -> None:
    unit = {"address": "[2001:db8:0:1::5]:443"}
    near, far = neighbour(HEARD, "", "[2001:db8:0:1:9::1]:5"), neighbour(HEARD, "", "[2001:db8:0:2::5]:5")
    found = seen(unit=unit, location="", neighbours=(near, far)).neighbours
    assert [(count.nearness, count.heard) for count in found] == [(Nearness.NETWORK, 1), (Nearness.CONTRACT, 1)]


def test_neighbours_that_fell_silent_at_the_same_time_are_told_from_those_gone_at_another() -> None:
    limit = POLICY.together_ms
    rows = (
        *(gone_at(SINCE + limit), gone_at(SINCE - limit), gone_at(SINCE - limit - 1), gone_at(SINCE + limit + 1)),
        *(HEARD, msgspec.structs.replace(HEARD, epoch=0), msgspec.structs.replace(HEARD, host="another")),
    )
    (count,) = seen(neighbours=tuple(neighbour(row, "Tokyo 1") for row in rows)).neighbours
    assert (count.gone_together, count.gone, count.heard, count.unknown) == (2, 2, 1, 2)


@pytest.mark.parametrize(
    ("push", "counts"),
    [
        (a_push(Phase.CONFIRMED, SINCE - 1), True),
        (a_push(Phase.CONFIRMED, SINCE - POLICY.push_before_ms), True),
        (a_push(Phase.CONFIRMED, SINCE - POLICY.push_before_ms - 1), False),
        (a_push(Phase.REVERTED, SINCE + 5, ordered_at=SINCE - 5), True),
        (a_push(Phase.STORED, SINCE), True),
        (a_push(Phase.RUNNING, SINCE - 1), True),
        *((a_push(phase, SINCE - 1), False) for phase in (Phase.QUEUED, Phase.OFFERED, Phase.REFUSED, Phase.EXPIRED)),
        (a_push(Phase.CONFIRMED, SINCE + 1), False),
    ],
)
def test_a_config_counts_that_reached_the_unit_shortly_before(push: Push, counts: bool) -> None:
    evidence = seen(pushes=(push,))
    assert (evidence.push is not None) == counts


@pytest.mark.parametrize(
    ("unit", "tries", "trouble"),
    [
        ({}, (attempt("certificate_expired"),), "certificate_expired"),
        ({}, (attempt("connection_lost", AttemptOutcome.BROKEN),), None),
        ({}, (attempt("busy"), attempt("revoked")), None),
        ({}, (attempt("certificate_expired", at=SINCE - 1),), None),
        ({"certificate_ends_at": NOW}, (), "certificate_expired"),
        ({"certificate_ends_at": NOW + 1}, (), None),
        ({"certificate_revoked": True}, (), "revoked"),
        ({"certificate_revoked": True}, (attempt("welcomed", AttemptOutcome.WELCOMED),), None),
    ],
)
def test_a_certificate_in_the_way_is_named(unit: Any, tries: Any, trouble: str | None) -> None:
    assert seen(unit=unit, attempts=tries).certificate_trouble == trouble


@pytest.mark.parametrize(
    ("gaps", "late"),
    [
        ((), None),
        ((30, 30, 30), None),
        ((30, 30, 30, 30), False),
        ((30, 30, 30, 75), False),
        ((30, 30, 30, 76), True),
        ((0, 0, 0, 0), False),
    ],
)
def test_reports_at_uneven_times_are_a_clue(gaps: tuple[int, ...], late: bool | None) -> None:
    assert read_clues(seen(unit={"gaps_ms": gaps}), asked([]))[Clue.LATE_REPORTS] is late


def test_a_fault_without_a_unit_has_no_evidence_but_its_own() -> None:
    evidence = seen(unit={}, symptoms=(symptom(SymptomKind.HARDWARE_ALARM),))
    without = evidence_of(
        TriageRecord(fault=opened("nxe000000001", "nxm000000001", None, FaultPhase.OPEN, 5), location=""), NOW, POLICY
    )
    assert (without.presence, without.began_at, without.silent_since) == (Presence.NEVER, 5, None)
    assert evidence.has(SymptomKind.HARDWARE_ALARM)


def test_everything_known_has_a_line_in_both_languages() -> None:
    boots = (Boot(unit_id=1, boot_id="b", cause="watchdog", at=SINCE - 60_000),)
    evidence = seen(
        unit={"status": FAILING, "gaps_ms": (30_000,), "certificate_revoked": True},
        symptoms=(symptom(SymptomKind.HARDWARE_ALARM), symptom(SymptomKind.SILENCE)),
        boots=boots,
        attempts=(attempt("revoked"),),
        pushes=(a_push(Phase.CONFIRMED, SINCE - 1),),
        neighbours=(neighbour(HEARD, "Tokyo 1"), neighbour(gone_at(SINCE))),
    )
    lines = evidence_lines(evidence)
    english = "\n".join(line.words.en for line in lines)
    for words in (
        "hardware alarm (flash, seen), 1 times",
        "not heard now (last session ended: connection_lost)",
        "cause of the last start: power_on",
        "starts lately: 1",
        "not well: flash",
        "seconds between its last reports: 30",
        "adapters, same site: heard 1",
        "elsewhere in the contract: heard 0, gone at the same time 1",
        "config shortly before: push 1 (revision 2, confirmed, anna)",
        "attempts to dial since: 1 (the last: revoked)",
        "trouble with its certificate: revoked",
    ):
        assert words in english
    assert all(line.words.ja for line in lines)


@pytest.mark.parametrize("trouble", OurTrouble)
@pytest.mark.parametrize("presence", Presence)
def test_every_state_and_every_trouble_has_words(trouble: OurTrouble, presence: Presence) -> None:
    lines = evidence_lines(Evidence(began_at=1, presence=presence, our_trouble=trouble))
    assert len(lines) == 2
    assert len({line.words.ja for line in lines}) == 2
