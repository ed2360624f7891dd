from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.identity import parse_distribution_id
from servicehost.domain.enrolment import (
    TOKEN_LIFE,
    EnrolmentRefusal,
    EnrolmentRefused,
    hash_token,
    mint_token,
    opens,
    used,
    why_refused,
)
from tests.builders.authority import NOW, UNIT

OTHER = parse_distribution_id("0001-0000-0000-000B-02E0-4DFF-FE10-0129")
TOKEN, RECORD = mint_token(bytes(range(32)), distribution_id=UNIT, now=NOW)
MOMENT = timedelta(microseconds=1)


def test_a_fresh_token_is_good_for_its_unit_until_its_last_moment() -> None:
    assert why_refused(RECORD, UNIT, NOW) is None
    assert why_refused(RECORD, UNIT, NOW + TOKEN_LIFE - MOMENT) is None
    assert why_refused(RECORD, UNIT, NOW + TOKEN_LIFE) is EnrolmentRefusal.TOKEN_EXPIRED


def test_a_token_is_good_once() -> None:
    spent = used(RECORD, NOW)
    assert spent.used_at == NOW
    assert why_refused(spent, UNIT, NOW) is EnrolmentRefusal.TOKEN_USED


def test_no_record_means_an_unknown_token() -> None:
    assert why_refused(None, UNIT, NOW) is EnrolmentRefusal.UNKNOWN_TOKEN


def test_a_token_on_another_unit_is_named_so_even_when_worn_out() -> None:
    for record in (RECORD, used(RECORD, NOW)):
        assert why_refused(record, OTHER, NOW + 2 * TOKEN_LIFE) is EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT


def test_the_token_can_be_recognised_and_its_record_does_not_contain_it() -> None:
    assert TOKEN == "shet_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert RECORD.token_hash == hash_token(TOKEN)
    assert TOKEN not in repr(RECORD)
    assert opens(RECORD, TOKEN)
    assert not opens(RECORD, TOKEN.lower())


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_secrets_make_two_tokens(one: bytes, other: bytes) -> None:
    first, record = mint_token(one, distribution_id=UNIT, now=NOW)
    second, _ = mint_token(other, distribution_id=UNIT, now=NOW)
    assert (first == second) is (one == other)
    assert opens(record, second) is (one == other)


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_any_text_at_all_can_be_looked_up(text: str) -> None:
    assert len(hash_token(text)) == 64


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        mint_token(bytes(16), distribution_id=UNIT, now=NOW)


def test_a_refusal_carries_its_code() -> None:
    refused = EnrolmentRefused(EnrolmentRefusal.TOKEN_USED, "at noon")
    assert (refused.code, refused.text, str(refused)) == ("token_used", "at noon", "token_used: at noon")
