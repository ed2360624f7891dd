from servicehost.domain.contract import EVERYTHING
from servicehost.ports.session_rows import Arrival, SessionEnd
from tests.builders.api import Api
from tests.builders.office import Office, unit_name

ONE = "nxe000000001"


def arrival(office: Office, unit_id: int, run: int, epoch: int = 1) -> Arrival:
    return Arrival(
        unit_id=unit_id,
        epoch=epoch,
        host="alpha",
        run=run,
        at=office.clock.wall(),
        certificate="ab" * 32,
        remote_address="192.0.2.7",
        tls_version="TLSv1.3",
        firmware="1.2.3",
        boot_id="b1",
        boot_cause="power_on",
        clock_skew_ms=12,
        modules=(),
    )


async def test_a_unit_is_registered_and_enrolled_by_a_token_shown_once(api: Api) -> None:
    order = {"distribution_id": unit_name(1), "model": "SA-W2", "serial": "0123AB"}
    added = await api.call("POST", "units", api.office.dispatcher, json=order)
    assert (added.status, added.json["presence"]) == (201, "never")
    found = await api.call("GET", added.headers["Location"], api.office.support)
    assert found.json == added.json
    issued = await api.call("POST", f"units/{unit_name(1).lower()}/enrolment-tokens", api.office.dispatcher)
    assert issued.status == 201
    assert issued.json["distribution_id"] == unit_name(1)
    assert issued.json["token"].startswith("shet_")


async def test_presence_is_judged_when_it_is_asked(api: Api) -> None:
    office = api.office
    unit = await office.bound(ONE)
    run = await office.store.begin_run("alpha", office.clock.wall())
    await office.store.batch(EVERYTHING, lambda batch: batch.arrive([arrival(office, unit.unit_id, run)]))

    async def presence() -> str:
        answer = await api.call("GET", f"adapters/{ONE}", office.anna)
        return str(answer.json["unit"]["presence"])

    assert await presence() == "connected"
    office.clock.go_on(16)
    assert await presence() == "unknown"
    end = SessionEnd(unit_id=unit.unit_id, epoch=1, at=office.clock.wall(), ending="silent")
    await office.store.batch(EVERYTHING, lambda batch: batch.end_sessions([end]))
    assert await presence() == "disconnected"


async def test_units_in_stock_are_the_providers_and_bound_ones_their_customers(api: Api) -> None:
    office = api.office
    await office.bound(ONE, 1)
    await office.unit(2)
    seen = {
        actor.name: [unit["distribution_id"] for unit in (await api.call("GET", "units", actor)).json["items"]]
        for actor in (office.support, office.anna, office.ben)
    }
    assert seen == {"Saki": [unit_name(1), unit_name(2)], "Anna": [unit_name(1)], "Ben": []}
    assert (await api.call("GET", f"units/{unit_name(2)}", office.anna)).code == "unit_not_found"


async def test_units_are_listed_in_parts(api: Api) -> None:
    for number in (1, 2, 3):
        await api.office.unit(number)
    first = await api.call("GET", "units?limit=2", api.office.support)
    last = await api.call("GET", f"units?limit=2&after={first.json['next']}", api.office.support)
    assert (len(first.json["items"]), len(last.json["items"]), last.json["next"]) == (2, 1, None)
