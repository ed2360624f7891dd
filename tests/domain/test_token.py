import pytest

from servicehost.domain.token import SECRET_BYTES, hash_token, token_of


def test_a_token_is_known_by_its_prefix_and_kept_as_a_hash() -> None:
    token = token_of(bytes(SECRET_BYTES))
    assert token == "shat_" + "A" * 43
    assert len(hash_token(token)) == 64
    assert hash_token(token) != hash_token(token + "A")


def test_a_short_secret_makes_no_token() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        token_of(b"short")


def test_any_text_can_be_looked_up() -> None:
    assert len(hash_token("\ud800")) == 64
