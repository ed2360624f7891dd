"""Digests of config bodies."""

import msgspec
import pytest

from protocol.digest import digest_of
from protocol.messages import Mark


def test_a_digest_is_that_of_the_exact_bytes() -> None:
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_of(b"abc\n") != digest_of(b"abc")


def test_a_digest_is_what_the_messages_take() -> None:
    assert msgspec.convert({"revision": 1, "digest": digest_of(b"x")}, Mark).digest == digest_of(b"x")


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:" + "A" * 64, "sha256:" + "0" * 63, "md5:" + "0" * 64])
def test_nothing_else_is_a_digest(digest: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"revision": 1, "digest": digest}, Mark)


def test_a_digest_with_a_line_break_behind_it_is_none() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"revision": 1, "digest": digest_of(b"") + "\n"}, Mark)
