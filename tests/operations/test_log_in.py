import asyncio

import msgspec
import pytest

from servicehost.domain.errors import Busy, Forbidden, Invalid, Unauthenticated
from servicehost.domain.people import Actor
from servicehost.domain.token import TOKEN_PREFIX, hash_token
from servicehost.operations.log_in import LoggedIn
from servicehost.settings.people import People
from tests.builders.office import PASSWORD, Office, open_office
from tests.fakes.hasher import PlainHasher

NEW = "another good password"
HERE = "192.0.2.7"


async def log_in(
    office: Office, password: str = PASSWORD, new: str | None = None, who: Actor | None = None
) -> LoggedIn:
    return await office.catalogue.log_in((who or office.anna).master_id, password, new, HERE)


def make_one_time(office: Office, who: Actor) -> None:
    person = office.shelf.people[who.person_id]
    office.shelf.people[who.person_id] = msgspec.structs.replace(person, password_one_time=True)


async def test_the_token_is_kept_only_as_its_hash(office: Office) -> None:
    logged_in = await log_in(office)
    assert logged_in.token.startswith(TOKEN_PREFIX)
    assert list(office.shelf.tokens) == [hash_token(logged_in.token)]
    assert logged_in.token not in repr(office.shelf)
    assert office.sub_types()[-1] == "logged_in"


async def test_a_token_opens_until_its_time_is_over(office: Office) -> None:
    logged_in = await log_in(office)
    key = hash_token(logged_in.token)
    assert await office.reads.person_by_token(key, logged_in.expires_at - 1) is not None
    assert await office.reads.person_by_token(key, logged_in.expires_at) is None
    assert logged_in.expires_at - office.clock.wall() == 12 * 3_600_000


async def test_a_wrong_password_and_an_unknown_name_are_refused_alike(office: Office) -> None:
    with pytest.raises(Unauthenticated) as wrong:
        await log_in(office, "wrong password")
    with pytest.raises(Unauthenticated) as unknown:
        await office.catalogue.log_in("MID99999999", PASSWORD, None, HERE)
    assert (wrong.value.code, wrong.value.text) == (unknown.value.code, unknown.value.text)
    assert wrong.value.code == "log_in_failed"


async def test_an_unknown_name_costs_a_hash_too(office: Office) -> None:
    with pytest.raises(Unauthenticated):
        await office.catalogue.log_in("MID99999999", PASSWORD, None, HERE)
    assert isinstance(office.hasher, PlainHasher)
    assert office.hasher.verified == [None]


async def test_a_one_time_password_wants_a_new_one(office: Office) -> None:
    make_one_time(office, office.anna)
    with pytest.raises(Forbidden) as refused:
        await log_in(office)
    assert refused.value.code == "password_change_required"
    assert office.shelf.tokens == {}
    await log_in(office, new=NEW)
    with pytest.raises(Unauthenticated):
        await log_in(office)
    await log_in(office, NEW)


async def test_a_new_password_ends_older_tokens(office: Office) -> None:
    await log_in(office)
    last = await log_in(office, new=NEW)
    assert list(office.shelf.tokens) == [hash_token(last.token)]
    assert office.sub_types()[-2:] == ["password_changed", "logged_in"]


@pytest.mark.parametrize(
    ("new", "code"),
    [("short", "password_too_short"), (PASSWORD, "password_unchanged"), ("x" * 300, "password_too_long")],
)
async def test_a_new_password_that_will_not_do_is_refused(office: Office, new: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await log_in(office, new=new)
    assert refused.value.code == code
    assert office.shelf.tokens == {}


async def test_failed_tries_run_out_for_the_name_and_come_back_with_time(office: Office) -> None:
    for _ in range(People().tries_per_person):
        with pytest.raises(Unauthenticated):
            await log_in(office, "wrong password")
    with pytest.raises(Busy) as refused:
        await log_in(office)
    assert (refused.value.code, refused.value.retry_after_s) == ("too_many_tries", 30)
    office.clock.go_on(30)
    await log_in(office)


async def test_failed_tries_run_out_for_the_address_whatever_the_names() -> None:
    office = await open_office(people=People(tries_per_address=3))
    for number in range(3):
        with pytest.raises(Unauthenticated):
            await office.catalogue.log_in(f"MID0000000{number}", PASSWORD, None, "2001:db8::1")
    with pytest.raises(Busy):
        await office.catalogue.log_in(office.anna.master_id, PASSWORD, None, "2001:db8::2")
    await office.catalogue.log_in(office.anna.master_id, PASSWORD, None, "2001:db8:0:1::1")


async def test_successful_log_ins_are_not_counted(office: Office) -> None:
    for _ in range(50):
        await log_in(office)
    assert len(office.shelf.tokens) == 50


async def test_tries_in_flight_are_counted_before_they_fail(office: Office) -> None:
    tries = [log_in(office, "wrong password") for _ in range(20)]
    refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in refusals].count(Unauthenticated) == People().tries_per_person
    assert [type(one) for one in refusals].count(Busy) == 10


async def test_a_password_changed_meanwhile_refuses_the_older_one(office: Office) -> None:
    outcomes = await asyncio.gather(log_in(office, new=NEW), log_in(office), return_exceptions=True)
    assert [type(one) for one in outcomes] == [LoggedIn, Unauthenticated]
    assert len(office.shelf.tokens) == 1
