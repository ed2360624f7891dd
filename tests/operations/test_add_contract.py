import re

import pytest

from servicehost.domain.errors import Conflict, Forbidden, Invalid
from tests.builders.office import ANNA_S, Office


async def test_a_contract_without_a_code_is_given_a_free_one(office: Office) -> None:
    contract = await office.catalogue.add_contract(office.dispatcher, None, "Third")
    assert re.fullmatch(r"nxm\d{9}", contract.management_code)
    assert contract.management_code in office.shelf.contracts


async def test_a_contract_is_taken_up_once(office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        await office.catalogue.add_contract(office.dispatcher, ANNA_S, "Again")
    assert refused.value.code == "contract_exists"
    assert office.shelf.contracts[ANNA_S].label == "Contract of Anna"


async def test_a_code_of_another_form_is_refused(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        await office.catalogue.add_contract(office.dispatcher, "nxe000000001", "Wrong")
    assert refused.value.code == "bad_management_code"


async def test_a_customer_takes_up_no_contract(office: Office) -> None:
    with pytest.raises(Forbidden):
        await office.catalogue.add_contract(office.anna, None, "Mine")
