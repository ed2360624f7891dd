from datetime import datetime, timedelta

import pytest

from servicehost.domain.certificate import CLOCK_SKEW, UnitIdentity, Validity, serial_text, validity
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT

SECOND = timedelta(seconds=1)
IDENTITY = UnitIdentity(
    distribution_id=UNIT,
    model_serial=MODEL_SERIAL,
    serial_number="0A",
    not_before=NOW,
    not_after=NOW + timedelta(days=365),
    fingerprint="0" * 64,
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW - CLOCK_SKEW - SECOND, Validity.NOT_YET_VALID),
        (NOW - CLOCK_SKEW, Validity.VALID),
        (NOW, Validity.VALID),
        (IDENTITY.not_after + CLOCK_SKEW, Validity.VALID),
        (IDENTITY.not_after + CLOCK_SKEW + SECOND, Validity.EXPIRED),
    ],
)
def test_dates_hold_within_the_life_and_the_allowed_skew(at: datetime, expected: Validity) -> None:
    assert validity(IDENTITY, at) is expected


def test_without_skew_the_dates_are_taken_at_their_word() -> None:
    assert validity(IDENTITY, NOW - SECOND, skew=timedelta(0)) is Validity.NOT_YET_VALID
    assert validity(IDENTITY, IDENTITY.not_after, skew=timedelta(0)) is Validity.VALID
    assert validity(IDENTITY, IDENTITY.not_after + SECOND, skew=timedelta(0)) is Validity.EXPIRED


@pytest.mark.parametrize(("number", "text"), [(0, "00"), (10, "0A"), (0x1FF, "01FF"), (1 << 159, "80" + "00" * 19)])
def test_a_serial_number_is_written_in_whole_octets(number: int, text: str) -> None:
    assert serial_text(number) == text
