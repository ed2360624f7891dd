import pytest

from servicehost.domain.enrolment import hash_token
from servicehost.domain.errors import Forbidden, Invalid, NotFound
from tests.builders.office import Office, unit_name


async def test_the_token_is_kept_hashed_and_bound_to_its_unit(office: Office) -> None:
    unit = await office.unit()
    issued = await office.catalogue.issue_enrolment_token(office.dispatcher, unit.distribution_id)
    row = office.shelf.enrolments[hash_token(issued.token)]
    assert (row.unit_id, row.expires_at) == (unit.unit_id, office.clock.wall() + 600_000)
    assert issued.token not in repr(office.shelf)


async def test_there_is_no_token_for_an_unknown_unit(office: Office) -> None:
    with pytest.raises(NotFound) as refused:
        await office.catalogue.issue_enrolment_token(office.dispatcher, unit_name(77))
    assert refused.value.code == "unit_not_found"
    with pytest.raises(Invalid):
        await office.catalogue.issue_enrolment_token(office.dispatcher, "77")


async def test_a_customer_enrols_nothing(office: Office) -> None:
    unit = await office.bound("nxe000000001")
    with pytest.raises(Forbidden):
        await office.catalogue.issue_enrolment_token(office.anna, unit.distribution_id)
