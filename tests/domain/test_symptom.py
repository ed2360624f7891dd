import msgspec
import pytest

from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.symptom import Boot, BootLimit, SymptomKind, boot_loop, silence, silent_since, symptom_of

LIMIT = BootLimit(boots=3, within_s=60)
NOW = 1_000_000


def event(sub_type: str, service_code: str | None = "nxe000000001") -> Event:
    return Event(
        at=7,
        class_=EventClass.MONITOR,
        sub_type=sub_type,
        severity=Severity.CRITICAL,
        management_code="nxm000000001",
        service_code=service_code,
        unit_id=1,
        actor="unit",
        reason="flash",
        detail={"component": "flash", "text": "bad blocks"},
    )


def boots(*causes: str, apart_ms: int = 1_000) -> list[Boot]:
    first = NOW - apart_ms * len(causes)
    return [Boot(unit_id=1, boot_id=str(n), cause=c, at=first + apart_ms * n) for n, c in enumerate(causes)]


@pytest.mark.parametrize("kind", [SymptomKind.HARDWARE_ALARM, SymptomKind.SELF_TEST_FAILED, SymptomKind.BOOT_LOOP])
def test_what_a_unit_says_of_itself_is_a_symptom_with_its_component_and_evidence(kind: SymptomKind) -> None:
    symptom = symptom_of(event(kind.value))

    assert symptom is not None
    assert (symptom.kind, symptom.component, symptom.evidence, symptom.seen_at) == (kind, "flash", "bad blocks", 7)


@pytest.mark.parametrize("sub_type", ["link_down", "silence", "config_saved"])
def test_other_events_are_none_and_silence_is_never_said(sub_type: str) -> None:
    assert symptom_of(event(sub_type)) is None


def test_a_unit_that_serves_no_adapter_has_no_symptoms() -> None:
    assert symptom_of(event("hardware_alarm", service_code=None)) is None


@pytest.mark.parametrize(
    ("causes", "loops"),
    [
        (["power_on", "watchdog", "reboot"], True),
        (["power_on", "watchdog"], False),
        (["power_on", "config", "firmware", "unknown", "watchdog"], False),
    ],
)
def test_enough_starts_of_its_own_are_a_boot_loop(causes: list[str], loops: bool) -> None:
    assert (boot_loop(boots(*causes), NOW, LIMIT) is not None) is loops


def test_starts_long_ago_do_not_count_and_one_start_counts_once() -> None:
    assert boot_loop(boots("power_on", "power_on", "power_on", apart_ms=31_000), NOW, LIMIT) is None
    one = boots("power_on")
    assert boot_loop(one * 5, NOW, LIMIT) is None


ROW = SessionRow(epoch=1, host="h", run=1, opened_at=0, heard_at=NOW - 700_000)
LEASE = Lease(host="h", run=1, started_at=0, renewed_at=NOW)


def test_a_unit_whose_session_fell_silent_counts_from_that_end() -> None:
    ended = msgspec.structs.replace(ROW, ended_at=NOW - 600_000, ending="silent")

    assert silent_since(ended, LEASE, NOW) == NOW - 600_000
    assert silence(ended, LEASE, NOW, 600_000) == "silent for 600 s (silent)"
    assert silence(ended, LEASE, NOW - 1, 600_000) is None


def test_a_unit_in_session_is_not_silent_however_old_its_last_report() -> None:
    assert silent_since(ROW, LEASE, NOW) is None


def test_a_host_that_is_gone_accuses_no_unit() -> None:
    dead = msgspec.structs.replace(LEASE, renewed_at=NOW - 60_000)
    assert silent_since(ROW, dead, NOW) is None
    assert silent_since(msgspec.structs.replace(ROW, ended_at=1, ending="draining"), dead, NOW) is None


def test_time_in_which_the_host_was_away_is_not_counted() -> None:
    restarted = Lease(host="h", run=2, started_at=NOW - 100_000, renewed_at=NOW)

    assert silent_since(ROW, restarted, NOW) == NOW - 100_000
    assert silence(ROW, restarted, NOW, 600_000) is None
