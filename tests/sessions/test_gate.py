"""What a unit is told that may not open a session."""

import ssl

import msgspec
import pytest

from protocol.codes import CloseCode
from protocol.wire.events import Upgrade
from tests.builders.certificates import Credential, ours
from tests.builders.doors import Door, distribution_id
from tests.builders.wires import unit_context

UNIT = distribution_id(7)


def body_of(refused_body: bytes) -> dict[str, object]:
    decoded: dict[str, object] = msgspec.json.decode(refused_body)
    return decoded


@pytest.mark.parametrize(
    ("unit", "code", "reason"),
    [
        (ours().expired_unit(UNIT), CloseCode.CERTIFICATE_EXPIRED, "certificate_expired"),
        (ours().unit_not_yet_valid(UNIT), CloseCode.CERTIFICATE_NOT_YET_VALID, "certificate_not_yet_valid"),
    ],
)
async def test_a_certificate_out_of_its_dates_is_refused_by_name(
    unit: Credential, code: CloseCode, reason: str
) -> None:
    door = Door()
    refused = door.dial(context=unit_context(unit)).refused
    assert refused is not None
    assert (refused.status, refused.code) == (403, reason)
    assert "valid from" in str(body_of(refused.body)["detail"])
    [(_, failed, why, who)] = door.desk.failed
    assert (failed, why, who) == (code, reason, UNIT)


async def test_dates_are_judged_by_our_own_clock() -> None:
    door = Door()
    door.time.wall_ms += 400 * 86_400_000
    refused = door.dial().refused
    assert refused is not None
    assert refused.code == "certificate_expired"


async def test_a_certificate_that_names_no_unit_is_refused_by_name() -> None:
    door = Door()
    unit = door.dial(context=unit_context(ours().unit("not-a-distribution-id")))
    assert unit.refused is not None
    assert (unit.refused.status, unit.refused.code) == (403, "certificate_unit_name_malformed")
    assert door.endings == [(CloseCode.UPGRADE_REFUSED, "certificate_unit_name_malformed")]


async def test_a_full_host_says_when_to_come_back() -> None:
    door = Door(max_sessions=1)
    await door.welcomed(1)
    refused = door.dial(2).refused
    assert refused is not None
    assert (refused.status, refused.code, refused.retry_after) == (503, "host_full", 60)
    assert dict(refused.headers)["Content-Type"] == "application/problem+json"
    assert door.endings == [(CloseCode.BUSY, "host_full")]


@pytest.mark.parametrize("chance", [0.0, 1.0])
async def test_nobody_is_told_to_come_back_in_less_than_thirty_seconds(chance: float) -> None:
    door = Door(max_sessions=1, chance=chance)
    await door.welcomed(1)
    refused = door.dial(2).refused
    assert refused is not None
    assert refused.retry_after is not None
    assert 30 <= refused.retry_after <= 90


async def test_more_new_sessions_than_a_second_may_bring_are_sent_away_until_time_has_passed() -> None:
    door = Door(sessions_per_s=1.0, sessions_burst=1)
    await door.welcomed(1)
    refused = door.dial(2).refused
    assert refused is not None
    assert refused.code == "too_many_arrive"
    door.time.run_for(1.0)
    await door.welcomed(2)


async def test_a_leaving_host_lets_nobody_in() -> None:
    door = Door(drain_redial_spread_s=4.0)
    door.admission.draining = True
    refused = door.dial(1).refused
    assert refused is not None
    assert (refused.code, refused.retry_after) == ("draining", 2)
    assert door.endings == [(CloseCode.DRAINING, "draining")]


async def test_who_is_refused_keeps_a_handshakes_place_until_the_connection_is_gone() -> None:
    door = Door(max_sessions=1)
    await door.welcomed(1)
    unit = door.dial(2)
    assert (door.admission.sessions, door.admission.handshakes) == (1, 1)
    unit.connection.eof_received()
    unit.transport.close()
    assert door.admission.handshakes == 0


async def test_a_request_for_something_else_than_a_session_is_refused_by_name() -> None:
    door = Door()
    unit = door.dial(silent=True)
    unit.wire._tls.start()
    for _ in range(3):
        unit.connection.data_received(unit.wire._tls.outgoing())
        unit.wire._tls.receive(bytes(unit.transport.taken))
        unit.transport.taken.clear()
    unit.wire._tls.send(b"GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
    unit.connection.data_received(unit.wire._tls.outgoing())
    assert door.endings == [(CloseCode.UPGRADE_REFUSED, "no_such_path")]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_of_tls_open_a_session(version: ssl.TLSVersion) -> None:
    door = Door()
    context = unit_context(ours().unit(UNIT, model_serial="SA-7"))
    context.minimum_version = context.maximum_version = version
    unit = door.dial(context=context)
    await unit.hello()
    caller = door.desk.named("phone_home")[0][1]
    assert caller.tls_version == version.name.replace("_", ".")
    assert caller.distribution_id == UNIT
    assert not [event for event in unit.events if isinstance(event, Upgrade)]
