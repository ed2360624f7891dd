"""What certificates are answered is one table: whatever a host can say of them has its row."""

from protocol.codes import CloseCode
from protocol.refusals import AT_ADAPTERS_DOOR, AT_BOOTSTRAP_DOOR, Answer
from servicehost.domain.admission import Papers, TurnedAway, standing
from servicehost.domain.certificate import Validity
from servicehost.domain.certificate_standing import Why
from servicehost.domain.unit import Life


def words(layer: str) -> set[str]:
    return {row.word for row in AT_ADAPTERS_DOOR.values() if row.layer == layer}


def test_every_reason_for_which_a_hello_is_turned_away_has_its_row() -> None:
    now = 1_000
    papers = [*(Papers(life=life) for life in Life), Papers(binding=1, out_of_service_at=now)]
    by_life = {away.reason for one in papers if isinstance(away := standing(one, now), TurnedAway)}
    assert words("session") == by_life | {why.value for why in Why}


def test_every_date_that_does_not_hold_has_its_row() -> None:
    assert {f"certificate_{one}" for one in Validity if one is not Validity.VALID} <= words("http")


def test_who_is_sent_elsewhere_dials_soon_and_whoever_else_is_refused_slowly() -> None:
    soon = {row.word for row in AT_ADAPTERS_DOOR.values() if row.slowly is False}
    assert soon == {"moved"}
    assert {row.layer for row in AT_ADAPTERS_DOOR.values() if row.slowly is None} == {"welcome"}
    lost = Answer(certificate="x", layer="session", word="x", close=CloseCode.TAKEN_OVER)
    assert lost.slowly is False


def test_the_host_lists_an_attempt_under_the_layer_that_refused_it() -> None:
    assert AT_ADAPTERS_DOOR["none"].listed == ("tls_refused", "no_certificate")
    assert AT_ADAPTERS_DOOR["names_no_unit"].listed == ("upgrade_refused", "certificate_without_unit_name")
    assert AT_ADAPTERS_DOOR["revoked"].listed == ("revoked", "key_compromise")
    assert AT_ADAPTERS_DOOR["standby"].listed == ("standby", None)


def test_each_row_says_of_what_certificate_it_speaks() -> None:
    shown = [row.certificate for row in AT_ADAPTERS_DOOR.values()]
    assert len(set(shown)) == len(shown)
    asked = [(row.certificate, row.operation) for row in AT_BOOTSTRAP_DOOR.values()]
    assert len(set(asked)) == len(asked)
