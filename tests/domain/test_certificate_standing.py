"""What a certificate, and a unit's own standing, say about a hello."""

from typing import Any

import pytest

from servicehost.domain.admission import TurnedAway
from servicehost.domain.certificate_standing import (
    Certificate,
    RevocationReason,
    Why,
    certificate_standing,
    held,
    moved,
    revocation_reason,
)
from servicehost.domain.errors import Invalid


def certificate(**fields: Any) -> Certificate:
    plain: dict[str, Any] = {"unit_id": 1, "serial_number": "AB", "issued_at": 0, "not_before": 0, "not_after": 9}
    return Certificate(**({"fingerprint": "f", "way": "token"} | plain | fields))


@pytest.mark.parametrize(
    ("shown", "must_be_known", "why", "because"),
    [
        (certificate(), True, None, None),
        (certificate(superseded_at=5), True, None, None),
        (certificate(revoked_at=5, revoked_reason="key_compromise"), True, Why.REVOKED, "key_compromise"),
        (certificate(revoked_at=5, revoked_reason="superseded"), False, Why.REVOKED, "superseded"),
        (certificate(revoked_at=5), False, Why.REVOKED, "unspecified"),
        (None, True, Why.CERTIFICATE_UNKNOWN, None),
        (None, False, None, None),
        (certificate(unit_id=2), True, Why.CERTIFICATE_UNKNOWN, None),
    ],
)
def test_a_certificate_is_judged_by_its_record(
    shown: Certificate | None, must_be_known: bool, why: Why | None, because: str | None
) -> None:
    away = certificate_standing(1, shown, must_be_known=must_be_known)
    assert (away and away.reason, away and away.because) == (why, because)


def test_a_unit_that_is_held_or_moved_is_told_so() -> None:
    assert (held(None), moved(())) == (None, None)
    away = held(7)
    assert isinstance(away, TurnedAway)
    assert away.reason == Why.DUPLICATE
    elsewhere = moved(tuple(f"wss://h{n}" for n in range(7)))
    assert isinstance(elsewhere, TurnedAway)
    assert (elsewhere.reason, len(elsewhere.hosts)) == (Why.MOVED, 5)


def test_a_reason_to_revoke_is_one_of_a_closed_list() -> None:
    assert revocation_reason("key_compromise") is RevocationReason.KEY_COMPROMISE
    with pytest.raises(Invalid, match="certificate_hold") as refused:
        revocation_reason("certificate_hold")
    assert refused.value.code == "revocation_reason_unknown"
