"""Two customers never meet: every route is walked with the other one's token."""

from typing import Any

import pytest

from servicehost.domain.people import Right
from servicehost.web.route import Route
from servicehost.web.table import route_table
from tests.builders.api import Api
from tests.builders.office import ANNA_S, unit_name

ANNAS = "nxe000000001"
SECRET = "annas secret line"
OURS = {
    "management_code": ANNA_S,
    "service_code": ANNAS,
    "distribution_id": unit_name(1),
    "push": "1",
    "revision": "1",
}
BODIES: dict[str, dict[str, Any]] = {
    "saveWorkingConfig": {"body": "b\n"},
    "orderPushes": {"service_codes": [ANNAS], "body": "b\n"},
    "bindUnit": {"distribution_id": unit_name(1)},
    "addAdapter": {"management_code": ANNA_S},
    "addContract": {"label": "x"},
    "addPerson": {"name": "x"},
    "registerUnit": {"distribution_id": unit_name(5), "model": "SA", "serial": "1"},
    "changePassword": {"password": "not the password", "new_password": "another good password"},
}
WALKED = [route for route in route_table() if route.token and route.name != "logOut"]


@pytest.mark.parametrize("route", WALKED, ids=lambda route: route.name)
async def test_a_route_shows_and_changes_nothing_of_another_tenant(api: Api, route: Route) -> None:
    office = api.office
    await office.bound(ANNAS)
    await office.push(ANNAS, SECRET)
    await api.token_of(office.ben)
    office.line.nudged.clear()
    before = office.shelf.copy()
    answer = await api.call(route.method, route.path.format(**OURS), office.ben, json=BODIES.get(route.name))
    named_by_the_caller = route.path_parameters or route.name == "orderPushes"
    codes = () if named_by_the_caller else (ANNAS, unit_name(1), ANNA_S)
    for trace in (SECRET, office.anna.master_id, "Anna", *codes):
        assert trace not in answer.text
    assert office.shelf == before
    assert (office.line.nudged, office.line.ended) == ([], [])
    if route.path_parameters:
        assert answer.status == (403 if route.right not in (Right.READ, Right.EDIT_CONFIG, Right.PUSH_CONFIG) else 404)


async def test_an_order_for_another_tenants_adapter_says_what_one_for_none_says(api: Api) -> None:
    await api.office.adapter(ANNAS)
    codes = [ANNAS, "nxe999999999"]
    ordered = await api.call("POST", "pushes", api.office.ben, json={"service_codes": codes, "body": "b\n"})
    foreign, none = ordered.json["results"]
    assert foreign == {**none, "service_code": ANNAS, "detail": none["detail"].replace("nxe999999999", ANNAS)}


async def test_every_route_with_a_body_is_walked_with_one() -> None:
    assert {route.name for route in WALKED if route.body is not None} == set(BODIES)


async def test_the_providers_people_read_everything_and_run_nothing(api: Api) -> None:
    await api.office.bound(ANNAS)
    await api.office.push(ANNAS, SECRET)
    for route in WALKED:
        if route.name == "changePassword":
            continue
        path = route.path.format(**OURS)
        answer = await api.call(route.method, path, api.office.support, json=BODIES.get(route.name))
        assert answer.status == (200 if route.right in (Right.READ, None) else 403), route.name
