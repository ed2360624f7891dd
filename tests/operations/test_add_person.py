import re

import pytest

from servicehost.domain.codes import MASTER_ID_PATTERN
from servicehost.domain.errors import Forbidden, Invalid, NotFound
from servicehost.domain.people import Role
from tests.builders.office import ANNA_S, Office


async def test_the_one_time_password_is_shown_once_and_kept_hashed(office: Office) -> None:
    added = await office.catalogue.add_person(office.dispatcher, ANNA_S, "Aki")
    assert added.person.password_one_time
    assert added.person.password_hash == f"plain:{added.one_time_password}"
    assert re.fullmatch(MASTER_ID_PATTERN, added.person.master_id)
    assert added.one_time_password not in repr(office.shelf.events)


async def test_an_operation_manager_belongs_to_the_contract(office: Office) -> None:
    added = await office.catalogue.add_person(office.dispatcher, ANNA_S, "Aki")
    assert (added.person.role, added.person.management_code) == (Role.OPERATION_MANAGER, ANNA_S)
    event = office.shelf.events[max(office.shelf.events)]
    assert (event.sub_type, event.management_code, event.actor) == ("person_added", ANNA_S, office.dispatcher.master_id)


async def test_only_a_dispatcher_adds_people(office: Office) -> None:
    for actor in (office.anna, office.support):
        with pytest.raises(Forbidden) as refused:
            await office.catalogue.add_person(actor, ANNA_S, "Aki")
        assert refused.value.code == "no_right"


async def test_the_contract_must_exist(office: Office) -> None:
    with pytest.raises(NotFound) as refused:
        await office.catalogue.add_person(office.dispatcher, "nxm999999999", "Aki")
    assert refused.value.code == "contract_not_found"
    with pytest.raises(Invalid):
        await office.catalogue.add_person(office.dispatcher, "contract", "Aki")


async def test_the_provider_has_no_operation_managers(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        await office.catalogue.add_provider_person(Role.OPERATION_MANAGER, "Olga")
    assert refused.value.code == "bad_role"
