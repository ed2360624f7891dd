from tests.builders.office import PASSWORD, Office


async def test_a_token_given_up_opens_nothing_and_others_stand(office: Office) -> None:
    first = await office.catalogue.log_in(office.anna.master_id, PASSWORD, None, "192.0.2.7")
    await office.catalogue.log_in(office.anna.master_id, PASSWORD, None, "192.0.2.7")
    await office.catalogue.log_out(office.anna, first.token)
    assert len(office.shelf.tokens) == 1
    assert office.sub_types()[-1] == "logged_out"


async def test_giving_up_a_token_twice_does_nothing(office: Office) -> None:
    events = len(office.shelf.events)
    await office.catalogue.log_out(office.anna, "shat_unknown")
    assert len(office.shelf.events) == events
