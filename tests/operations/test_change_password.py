import pytest

from servicehost.domain.errors import Busy, Forbidden, Invalid
from servicehost.domain.token import hash_token
from tests.builders.office import PASSWORD, Office

NEW = "another good password"


async def test_every_token_ends_and_a_new_one_is_given(office: Office) -> None:
    for _ in range(2):
        await office.catalogue.log_in(office.anna.master_id, PASSWORD, None, "192.0.2.7")
    changed = await office.catalogue.change_password(office.anna, PASSWORD, NEW)
    assert list(office.shelf.tokens) == [hash_token(changed.token)]
    await office.catalogue.log_in(office.anna.master_id, NEW, None, "192.0.2.7")


async def test_the_present_password_must_be_right(office: Office) -> None:
    with pytest.raises(Forbidden) as refused:
        await office.catalogue.change_password(office.anna, "not the password", NEW)
    assert refused.value.code == "password_wrong"


async def test_a_stolen_token_does_not_help_to_guess_the_password(office: Office) -> None:
    for _ in range(10):
        with pytest.raises(Forbidden):
            await office.catalogue.change_password(office.anna, "not the password", NEW)
    with pytest.raises(Busy) as refused:
        await office.catalogue.change_password(office.anna, PASSWORD, NEW)
    assert refused.value.code == "too_many_tries"


@pytest.mark.parametrize(("new", "code"), [("short", "password_too_short"), (PASSWORD, "password_unchanged")])
async def test_a_new_password_that_will_not_do_is_refused(office: Office, new: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await office.catalogue.change_password(office.anna, PASSWORD, new)
    assert refused.value.code == code
