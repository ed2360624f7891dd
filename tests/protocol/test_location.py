"""The rules by which a unit believes a document, without the cryptography."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adapter_sim.location import signature_check
from protocol.document import LOCATION_EXAMPLE
from protocol.jws import SignedText, signing_input, written
from protocol.location import (
    MAX_LOCATION_BYTES,
    TYPE,
    VERSION,
    Address,
    Location,
    LocationFault,
    LocationRefused,
    next_sequence,
    read_host_url,
    read_https_url,
    read_location,
    supersedes,
)
from protocol.messages import Redial
from protocol.schema import published

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
GOOD: dict[str, Any] = {
    "version": VERSION,
    "sequence": 7,
    "issued_at": "2026-03-01T12:00:00Z",
    "expires_at": "2026-03-02T12:00:00Z",
    "hosts": ["wss://a.example:8443", "wss://[2001:db8::1]/session"],
    "bootstrap": ["https://a.example:8444"],
    "redial": {"spread_s": 1.0, "cap_s": 2.0, "slow_first_s": 3.0, "slow_cap_s": 4.0},
    "anchors": [PEM],
}


def trusting(_signed: SignedText) -> Callable[[datetime], bool]:
    return lambda moment: moment.year == 2026


def text(payload: object, *, typ: str = TYPE) -> bytes:
    octets = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return written(signing_input(typ, (b"leaf",), octets), bytes(64))


def fault(given: bytes) -> LocationFault:
    with pytest.raises(LocationRefused) as refused:
        read_location(given, trusting)
    return refused.value.code


def location(sequence: int, *hosts: str) -> Location:
    given = {**GOOD, "sequence": sequence, "hosts": hosts or GOOD["hosts"]}
    return msgspec.convert(given, Location)


def test_a_document_says_where_to_call() -> None:
    read = read_location(text({**GOOD, "colour": "unknown fields are ignored"}), trusting)
    assert read.issued_at == NOW
    assert read.hosts == tuple(GOOD["hosts"])
    assert read.redial == Redial(spread_s=1.0, cap_s=2.0, slow_first_s=3.0, slow_cap_s=4.0)


def test_a_signature_that_is_not_believed_is_the_checkers_word_and_nothing_is_read() -> None:
    def refuse(_signed: SignedText) -> Callable[[datetime], bool]:
        raise LocationRefused(LocationFault.SIGNATURE, "no")

    with pytest.raises(LocationRefused, match="location_signature_wrong"):
        read_location(text(b"not even json"), refuse)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"version": 2}, LocationFault.VERSION),
        ({"version": "1"}, LocationFault.CONTENT),
        ({"sequence": -1}, LocationFault.CONTENT),
        ({"sequence": 2**53}, LocationFault.CONTENT),
        ({"sequence": 1.5}, LocationFault.CONTENT),
        ({"issued_at": "2026-03-01T12:00:00"}, LocationFault.CONTENT),
        ({"issued_at": 1_772_366_400}, LocationFault.CONTENT),
        ({"expires_at": GOOD["issued_at"]}, LocationFault.DATES),
        ({"issued_at": "2025-03-01T12:00:00Z"}, LocationFault.DATES),
        ({"hosts": []}, LocationFault.CONTENT),
        ({"hosts": ["wss://a.example"] * 6}, LocationFault.CONTENT),
        ({"hosts": ["ws://a.example"]}, LocationFault.CONTENT),
        ({"hosts": ["wss://a.example", "wss://b.example/elsewhere"]}, LocationFault.HOSTS),
        ({"hosts": ["wss://a.example:99999"]}, LocationFault.HOSTS),
        ({"hosts": ["wss://user@a.example"]}, LocationFault.HOSTS),
        ({"hosts": ["wss://" + "a" * 300]}, LocationFault.CONTENT),
        ({"bootstrap": ["https://a.example/path"]}, LocationFault.HOSTS),
        ({"bootstrap": ["http://a.example"]}, LocationFault.CONTENT),
        ({"redial": {"spread_s": -1}}, LocationFault.CONTENT),
        ({"anchors": []}, LocationFault.CONTENT),
        ({"anchors": ["a key"]}, LocationFault.CONTENT),
        ({"anchors": [PEM] * 9}, LocationFault.CONTENT),
    ],
)
def test_a_content_that_a_unit_could_not_go_by_is_refused_by_name(
    changed: dict[str, Any], expected: LocationFault
) -> None:
    assert fault(text({**GOOD, **changed})) is expected


@pytest.mark.parametrize("missing", [key for key in GOOD if key not in ("bootstrap", "redial")])
def test_what_a_unit_cannot_do_without_must_be_there(missing: str) -> None:
    assert fault(text({key: value for key, value in GOOD.items() if key != missing})) is LocationFault.CONTENT


def test_what_is_no_such_document_is_refused_by_name() -> None:
    assert fault(b"hello") is LocationFault.MALFORMED
    assert fault(text(GOOD, typ="JWT")) is LocationFault.MALFORMED
    assert fault(text(b"[" * 40_000)) is LocationFault.CONTENT
    assert fault(text(b"\xff")) is LocationFault.CONTENT
    assert fault(b"a" * (MAX_LOCATION_BYTES + 1)) is LocationFault.TOO_LARGE


def test_a_version_to_come_is_named_even_if_nothing_else_can_be_read() -> None:
    assert fault(text({"version": 2, "hosts": "elsewhere"})) is LocationFault.VERSION


# -- which document wins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "held", "expected"),
    [
        (location(1), None, True),
        (location(8), location(7), True),
        (location(8, "wss://b.example"), location(7), True),
        (location(7), location(7), False),
        (location(6), location(7), LocationFault.OLDER),
        (location(6, "wss://b.example"), location(7), LocationFault.OLDER),
        (location(7, "wss://b.example"), location(7), LocationFault.REUSED),
    ],
)
def test_the_newest_sequence_wins(new: Location, held: Location | None, expected: bool | LocationFault) -> None:
    if isinstance(expected, bool):
        assert supersedes(new, held) is expected
        return
    with pytest.raises(LocationRefused) as refused:
        supersedes(new, held)
    assert refused.value.code is expected


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(("wss://a.example", "wss://b.example"))), max_size=30))
def test_whatever_comes_in_whatever_order_the_sequence_held_never_goes_back(arrivals: list[tuple[int, str]]) -> None:
    held: Location | None = None
    seen: dict[int, Location] = {}
    for sequence, host in arrivals:
        new, before = location(sequence, host), held
        try:
            if supersedes(new, held):
                held = new
        except LocationRefused:
            assert held is before
        assert held is not None
        assert before is None or held.sequence >= before.sequence
        assert seen.setdefault(held.sequence, held) == held  # and one sequence never means two things
    assert held is None or held.sequence == max(sequence for sequence, _ in arrivals)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20), st.integers(0, 2**31))
def test_sequences_grow_whatever_the_clock_does(steps: list[int], start: int) -> None:
    last, moment = None, datetime.fromtimestamp(start, UTC)
    for step in steps:
        moment += timedelta(seconds=step)
        following = next_sequence(last, moment)
        assert last is None or following > last
        assert following >= 0
        last = following


def test_a_signer_that_lost_its_memory_goes_on_above_what_it_gave_out() -> None:
    before = next_sequence(next_sequence(None, NOW), NOW + timedelta(seconds=1))
    assert next_sequence(None, NOW + timedelta(seconds=2)) > before


# -- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("wss://a.example", Address(name="a.example", port=443)),
        ("wss://a.example:8443/", Address(name="a.example", port=8443)),
        ("wss://[::1]:8443/session", Address(name="::1", port=8443)),
        ("wss://192.0.2.1:1", Address(name="192.0.2.1", port=1)),
    ],
)
def test_a_host_is_a_name_and_a_port(url: str, expected: Address) -> None:
    assert read_host_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "wss://",
        "wss://:8443",
        "https://a.example",
        "wss://a.example:",
        "wss://a.example:0",
        "wss://a.example:65536",
        "wss://a.example:x",
        "wss://a.example/x",
        "wss://a.example?x",
        "wss://a.example/#x",
        "wss://u:p@a.example",
        "wss://a.exa\tmple",
        "wss://a.example ",
        "wss://ä.example",
        "wss://[::1",
        "wss://" + "a" * 256,
    ],
)
def test_what_is_no_host_is_refused_with_the_url(url: str) -> None:
    with pytest.raises(ValueError, match="'"):
        read_host_url(url)


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_value_error(rest: str) -> None:
    for read, url in ((read_host_url, f"wss://{rest}"), (read_https_url, f"https://{rest}")):
        try:
            address = read(url)
        except ValueError:
            continue
        assert 0 < address.port < 65_536
        assert address.name


# -- the published schema -----------------------------------------------------------------------------------------


def test_the_schema_takes_what_the_rules_take_and_refuses_what_is_missing() -> None:
    definitions = published()["$defs"]
    validator = Draft202012Validator({"$ref": "#/$defs/Location", "$defs": definitions})
    validator.validate(GOOD)
    for key in ("hosts", "anchors", "sequence"):
        assert not validator.is_valid({other: value for other, value in GOOD.items() if other != key})
    assert not validator.is_valid({**GOOD, "hosts": ["wss://a.example"] * 6})


# -- the recorded one ---------------------------------------------------------------------------------------------


def test_the_recorded_document_is_believed_by_its_anchor_and_bent_by_no_octet() -> None:
    recorded = LOCATION_EXAMPLE.read_bytes()
    anchors = x509.load_pem_x509_certificates(LOCATION_EXAMPLE.with_name("anchor.pem").read_bytes())
    read = read_location(recorded, signature_check(anchors))
    assert (read.version, len(read.hosts)) == (VERSION, 2)
    with pytest.raises(LocationRefused):
        read_location(recorded.replace(b".", b".e", 1), signature_check(anchors))
