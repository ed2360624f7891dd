import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.identity import (
    DISTRIBUTION_ID_PATTERN,
    MalformedDistributionId,
    MalformedModelSerial,
    MalformedUnitUrn,
    ModelSerial,
    distribution_id_from_int,
    distribution_id_to_int,
    parse_distribution_id,
    parse_model_serial,
    parse_unit_urn,
    unit_urn,
)

KNOWN = "0001-0000-0000-000B-02E0-4DFF-FE10-0128"


@given(st.integers(min_value=0, max_value=(1 << 128) - 1))
def test_every_128_bit_number_survives_the_round_trip(number: int) -> None:
    identity = distribution_id_from_int(number)
    assert re.fullmatch(DISTRIBUTION_ID_PATTERN, identity)
    assert distribution_id_to_int(identity) == number
    assert parse_distribution_id(identity.lower()) == identity
    assert parse_unit_urn(unit_urn(identity)) == identity


@given(
    st.text(alphabet="0123456789abcdefABCDEFg-\n \ufb00", max_size=45)
    | st.from_regex(r"([0-9A-Fa-f\ufb00]{4}-){7}[0-9A-Fa-f]{4}\n?", fullmatch=True)
)
def test_what_is_accepted_is_canonical_and_the_rest_is_refused_by_name(text: str) -> None:
    if re.fullmatch(DISTRIBUTION_ID_PATTERN, text.upper()) and text.isascii():
        assert parse_distribution_id(text) == text.upper()
    else:
        with pytest.raises(MalformedDistributionId) as caught:
            parse_distribution_id(text)
        assert caught.value.code == "distribution_id_malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        KNOWN + "\n",
        " " + KNOWN,
        KNOWN.replace("-", ""),
        KNOWN[:-1],
        KNOWN + "0",
        KNOWN.replace("F", "G"),
        KNOWN.replace("FF", "\ufb00"),
    ],
)
def test_a_malformed_distribution_id_is_refused(text: str) -> None:
    with pytest.raises(MalformedDistributionId):
        parse_distribution_id(text)


@pytest.mark.parametrize("number", [-1, 1 << 128])
def test_a_number_of_more_than_128_bits_is_no_distribution_id(number: int) -> None:
    with pytest.raises(MalformedDistributionId, match="128 bits"):
        distribution_id_from_int(number)


def test_the_number_of_a_known_identity() -> None:
    assert distribution_id_to_int(parse_distribution_id(KNOWN)) == 0x000100000000000B02E04DFFFE100128


@pytest.mark.parametrize(
    "urn",
    [
        KNOWN,
        "urn:servicehost:unit:",
        "urn:servicehost:unit:" + KNOWN.lower(),
        "URN:servicehost:unit:" + KNOWN,
        "urn:servicehost:unit:" + KNOWN + "\n",
        "urn:servicehost:adapter:" + KNOWN,
    ],
)
def test_a_urn_with_any_other_spelling_is_refused(urn: str) -> None:
    with pytest.raises(MalformedUnitUrn) as caught:
        parse_unit_urn(urn)
    assert caught.value.code == "unit_urn_malformed"


def test_an_error_quotes_hostile_input_bounded_and_escaped() -> None:
    with pytest.raises(MalformedDistributionId) as caught:
        parse_distribution_id("\n\x1b[2J" + "A" * 100_000)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("text", "model", "serial"),
    [("SA-W2-0123AB", "SA-W2", "0123AB"), ("X1-1", "X1", "1"), ("SEIL/X 1-00a", "SEIL/X 1", "00a")],
)
def test_the_serial_is_what_follows_the_last_hyphen(text: str, model: str, serial: str) -> None:
    assert parse_model_serial(text) == ModelSerial(model=model, serial=serial)
    assert str(parse_model_serial(text)) == text


@pytest.mark.parametrize(
    "text", ["", "-", "X1", "X1-", "-1", "A--1", "X1-1\n", "X_1-1", "X1-1 ", "装置-1", "M" * 63 + "-1"]
)
def test_a_malformed_model_serial_is_refused(text: str) -> None:
    with pytest.raises(MalformedModelSerial) as caught:
        parse_model_serial(text)
    assert caught.value.code == "model_serial_malformed"
