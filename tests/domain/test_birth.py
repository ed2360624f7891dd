from datetime import UTC, datetime, timedelta

import pytest

from protocol.identity import ModelSerial
from servicehost.domain.birth import BirthCertificate, why_not_born
from servicehost.domain.certificate import CLOCK_SKEW
from servicehost.domain.enrolment import EnrolmentRefusal

BORN = datetime(2026, 1, 1, tzinfo=UTC)
NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
EARLY, LATE = EnrolmentRefusal.BIRTH_CERTIFICATE_NOT_YET_VALID, EnrolmentRefusal.BIRTH_CERTIFICATE_EXPIRED


def birth(ends: datetime) -> BirthCertificate:
    return BirthCertificate(
        model_serial=ModelSerial(model="M", serial="1"), not_before=BORN, not_after=ends, fingerprint="f"
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (BORN - CLOCK_SKEW - timedelta(seconds=1), EARLY),
        (BORN - CLOCK_SKEW, None),
        (BORN + timedelta(days=9) + CLOCK_SKEW, None),
        (BORN + timedelta(days=9) + CLOCK_SKEW + timedelta(seconds=1), LATE),
    ],
)
def test_both_dates_are_inclusive_and_clocks_may_differ(now: datetime, expected: EnrolmentRefusal | None) -> None:
    assert why_not_born(birth(BORN + timedelta(days=9)), now) == expected


def test_one_without_an_end_never_ends() -> None:
    assert why_not_born(birth(NO_END), datetime(9999, 12, 31, tzinfo=UTC)) is None
