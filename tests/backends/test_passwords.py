import asyncio

import pytest
from argon2 import PasswordHasher

from servicehost.backends.passwords import Argon2Hasher
from servicehost.domain.errors import Busy

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_a_hash_is_of_its_password_and_salted() -> None:
    hasher = Argon2Hasher(argon2=CHEAP)
    first, second = await hasher.hash("a password"), await hasher.hash("a password")
    assert first != second
    assert first.startswith("$argon2id$")
    assert await hasher.verify(first, "a password")
    assert not await hasher.verify(first, "another one")


async def test_nobody_has_no_password_not_even_the_one_compared_with() -> None:
    hasher = Argon2Hasher(argon2=CHEAP)
    assert not await hasher.verify(None, "nobody has this password")
    assert not await hasher.verify(None, "")


async def test_too_many_at_once_are_told_to_come_back() -> None:
    hasher = Argon2Hasher(at_once=1, waiting=2, argon2=CHEAP)
    outcomes = await asyncio.gather(*(hasher.hash("a password") for _ in range(5)), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Busy)]
    assert [one.code for one in refused] == ["log_ins_busy"] * 2
    assert await hasher.hash("a password")


async def test_a_hash_that_cannot_be_read_is_an_error_of_ours_and_no_refusal() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        await Argon2Hasher(argon2=CHEAP).verify("not a hash", "a password")
