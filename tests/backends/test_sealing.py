import pytest

from servicehost.backends.sealing import new_key, seal, unseal


def test_a_text_is_read_again_under_its_key_at_its_place_and_nowhere_else() -> None:
    key = new_key()
    sealed = seal(key, "佐藤 花子", "system/1/source")
    assert unseal(key, sealed, "system/1/source") == "佐藤 花子"
    assert unseal(new_key(), sealed, "system/1/source") is None
    assert unseal(key, sealed, "system/2/source") is None


def test_the_same_text_never_looks_the_same() -> None:
    key = new_key()
    assert len({seal(key, "x", "p") for _ in range(50)}) == 50


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64!", "é", "A" * 64])
def test_what_was_never_sealed_is_no_text(sealed: str) -> None:
    assert unseal(new_key(), sealed, "p") is None
