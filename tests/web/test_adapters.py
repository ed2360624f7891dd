from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Phase
from tests.builders.api import Api
from tests.builders.office import ANNA_S, unit_name
from tests.web.test_units import arrival

ONE, TWO = "nxe000000001", "nxe000000002"


async def test_an_adapter_is_taken_up_bound_and_unbound(api: Api) -> None:
    office = api.office
    order = {"management_code": ANNA_S, "service_code": ONE, "memo": "Osaka"}
    added = await api.call("POST", "adapters", office.dispatcher, json=order)
    assert (added.status, added.headers["Location"]) == (201, f"/api/v1/adapters/{ONE}")
    unit = await office.unit()
    bound = await api.call(
        "PUT", f"adapters/{ONE}/unit", office.dispatcher, json={"distribution_id": unit.distribution_id.lower()}
    )
    assert (bound.status, bound.json["distribution_id"], bound.json["binding"]) == (200, unit.distribution_id, 1)
    found = await api.call("GET", f"adapters/{ONE}", office.anna)
    assert found.json["unit"]["distribution_id"] == unit_name(1)
    gone = await api.call("DELETE", f"adapters/{ONE}/unit?reason=moved", office.dispatcher)
    assert gone.status == 204
    assert (await api.call("GET", f"adapters/{ONE}", office.anna)).json["unit"] is None
    assert (await api.call("DELETE", f"adapters/{ONE}/unit", office.dispatcher)).code == "no_unit_bound"


async def test_the_fleet_is_counted_within_the_callers_sight(api: Api) -> None:
    office = api.office
    unit = await office.bound(ONE)
    await office.adapter(TWO)
    await office.adapter("nxe000000009", "nxm000000002")
    office.stands(await office.push(ONE, "a\n"), Phase.CONFIRMED)
    await office.push(TWO, "a\n")
    run = await office.store.begin_run("alpha", office.clock.wall())
    await office.store.batch(EVERYTHING, lambda batch: batch.arrive([arrival(office, unit.unit_id, run)]))
    fleet = (await api.call("GET", "fleet", office.anna)).json
    assert fleet["adapters"] == 2
    assert {name: count for name, count in fleet["presence"].items() if count} == {"connected": 1, "no_unit": 1}
    assert {name: count for name, count in fleet["pushes"].items() if count} == {"confirmed": 1, "queued": 1}
    assert (await api.call("GET", "fleet", office.support)).json["adapters"] == 3


async def test_adapters_are_listed_in_parts(api: Api) -> None:
    for code in (TWO, ONE):
        await api.office.adapter(code)
    first = await api.call("GET", "adapters?limit=1", api.office.anna)
    last = await api.call("GET", f"adapters?limit=1&after={first.json['next']}", api.office.anna)
    assert [part.json["items"][0]["service_code"] for part in (first, last)] == [ONE, TWO]
    assert (first.json["next"], last.json["next"]) == (ONE, None)
