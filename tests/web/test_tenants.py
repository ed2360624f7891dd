"""Two customers never meet: every route is walked with the other one's token."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import RIGHTS, Role
from servicehost.domain.task import Result
from servicehost.web.route import Route
from servicehost.web.table import route_table
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.databases import dump
from tests.builders.waiting_units import waits
from tests.builders.world import CODE, NEW, NEW_2, OLD, TENANT, distribution_id

SECRET = "annas secret line"
OURS = {
    "management_code": TENANT,
    "service_code": CODE,
    "distribution_id": distribution_id(OLD),
    "push": "1",
    "task": "1",
    "batch": "1",
    "group": "1",
    "query": "1",
    "preset": "1",
    "revision": "1",
    "fault": "1",
    "exchange": "1",
    "depot": "main",
    "reaction": "1",
    "return": "1",
    "charge": "1",
    "request": "1",
    "serial_number": "AB12",
    "master_id": "MID00000001",
    "customer_code": "nxc000000013",
    "module": "0",
    "delegate": "1",
    "consent": "1",
    "proposal": "1",
    "call": "1",
    "postal_code": "1000001",
    "area": "1",
    "area_proposal": "1",
    "snapshot": "1",
    "rollout": "1",
    "schedule": "1",
}
QUERIES = {
    "continueContract": "?reason=x",
    "continueOption": "?reason=x",
    "lookUpCode": f"?code={CODE}",
    "diffConfigs": "?left=1&right=1",
}
WINDOW = {"from_at": "2027-03-01T00:00:00Z", "until_at": "2027-03-01T02:00:00Z"}
ADDRESS = {
    "postal_code": "102-0071",
    "prefecture": "東京都",
    "municipality": "千代田区",
    "rest": "1-1",
    "addressee": "x",
    "telephone": "03-1234-5678",
}
BODIES: dict[str, dict[str, Any]] = {
    "saveWorkingConfig": {"body": "b\n"},
    "orderTasks": {"service_codes": [CODE], "work": {"kind": "ping", "address": "192.0.2.1"}},
    "orderPushes": {"service_codes": [CODE], "body": "b\n"},
    "bindUnit": {"distribution_id": distribution_id(OLD)},
    "addAdapter": {"management_code": TENANT},
    "addContract": {"label": "x"},
    "addPerson": {"name": "x"},
    "askRenewals": {"units": [distribution_id(OLD)], "note": "x"},
    "registerUnit": {"distribution_id": distribution_id(15), "model": "SA", "serial": "1"},
    "changePassword": {"password": "not the password", "new_password": "another good password"},
    "answerTriage": {"question": "water", "reply": "no", "note": SECRET},
    "recordTriage": {"cause": "natural", "evidence": "x"},
    "closeFault": {"end": "withdrawn"},
    "requestExchange": {"service_code": CODE},
    "stateFact": {"name": "site", "value": "staffed"},
    "reserveUnit": {"distribution_id": distribution_id(NEW)},
    "swapUnit": {"attendee": "Sato"},
    "cancelExchange": {"reason": "x"},
    "failExchange": {"failure": "dead_on_arrival"},
    "setTerms": {"option": False},
    "revokeUnit": {"reason": "key_compromise"},
    "revokeCertificate": {"reason": "superseded"},
    "moveUnit": {"hosts": ["wss://other.example"]},
    "erasePerson": {"reason": "x"},
    "eraseNamedPerson": {"name": "Sato", "reason": "x"},
    "endRollover": {"force": True, "reason": "x"},
    "abortRollover": {},
    "stockUnit": {"distribution_id": distribution_id(NEW)},
    "noteShipped": {"name": "x"},
    "receiveReturn": {"place": "x"},
    "inspectReturn": {"result": "fault_found"},
    "writeOffReturn": {"loss": "never_returned", "reason": "x"},
    "approveCharge": {},
    "waiveCharge": {"reason": "x"},
    "denyEnrolment": {"reason": "x"},
    "changeUnitLife": {"life": "lost", "reason": "x"},
    "endAdapter": {"reason": "x"},
    "declareLocation": {"location": "x"},
    "attachOption": {},
    "decideOption": {"accept": True, "reason": "x"},
    "stateSite": {"site": "unmanned"},
    "addCustomer": {"name": "x"},
    "endContract": {"reason": "x"},
    "endOption": {"reason": "x"},
    "addDelegate": {"name": "x", "telephone": "06-1"},
    "endDelegate": {"reason": "x"},
    "writeMemo": {"memo": "x"},
    "saveBlanks": {"reason": "x"},
    "proposeAppointment": {"windows": [WINDOW]},
    "agreeAppointment": {"window": WINDOW, "attendee": "Sato", "telephone": "06-1234-5678"},
    "reportErrand": {"tracking": "4123"},
    "reportMissedVisit": {"reason": "no_entry"},
    "explainLateness": {"reason": "traffic"},
    "openDepot": {"label": "x"},
    "setStockThreshold": {"model": "SA", "least": 1},
    "moveSpare": {},
    "chooseDestination": {"kind": "declared_location", "reason": "x"},
    "overrideVerdict": {"verdict": "sendback", "reason": "x"},
    "withdrawOverride": {"reason": "x"},
    "reopenExchange": {"saw": "x"},
    "replaceUnit": {"unit": distribution_id(NEW)},
    "promoteAdapter": {"takes_over": CODE},
    "giveConsent": {"rights": ["edit_config"], "to_role": "support", "reason": "x"},
    "withdrawConsent": {"reason": "x"},
    "proposeConfig": {"body": "b\n", "reason": "x"},
    "acceptProposal": {"overtake": True},
    "declineProposal": {"reason": "x"},
    "withdrawProposal": {"reason": "x"},
    "recordCall": {"caller_name": "Anna", "service_code": CODE},
    "concludeCall": {"outcome": "nothing"},
    "makeGroup": {"management_code": TENANT, "name": "x"},
    "changeGroup": {"name": "x"},
    "changeMembers": {"remove": [CODE]},
    "selectAdapters": {"service_codes": [CODE]},
    "tagAdapters": {"adapters": {"service_codes": [CODE]}, "put": ["x"]},
    "saveQuery": {"management_code": TENANT, "name": "x", "text": "x"},
    "changeQuery": {"name": "x", "text": "x"},
    "savePreset": {"management_code": TENANT, "name": "x", "text": "x"},
    "changePreset": {"name": "x", "text": "x"},
    "runPreset": {"adapters": {"service_codes": [CODE]}},
    "fillPreset": {"values": {}},
    "restoreRevision": {"reason": "x"},
    "schedulePush": {"service_codes": [CODE], "when": {"at": "2033-05-18T00:00:00Z"}, "fixed": False},
    "scheduleTask": {
        "adapters": {"service_codes": [CODE]},
        "when": {"at": "2033-05-18T00:00:00Z"},
        "work": {"kind": "read_status"},
    },
    "retimeSchedule": {"when": {"at": "2033-05-19T00:00:00Z"}},
    "cancelSchedule": {"reason": "x"},
    "exportContract": {"reason": "x"},
    "createRollout": {"name": SECRET, "targets": {"service_codes": [CODE]}},
    "startRollout": {},
    **{
        name: {"note": "x"}
        for name in ("approveRollout", "pauseRollout", "resumeRollout", "haltRollout", "rollBackRollout")
    },
    "takeSnapshot": {"name": SECRET, "adapters": {"service_codes": [CODE]}},
    "restoreSnapshot": {"members": [{"service_code": CODE, "seen_revision": 1}]},
    "checkAddress": ADDRESS,
    "setShippingAddress": ADDRESS,
    "closeArea": {"code": "13101", "reason": "x", "review_at": "2027-03-01T00:00:00Z"},
    "reopenArea": {"reason": "x"},
    "decideAreaProposal": {"accept": True, "reason": "x"},
    "decideAreaProposals": {"kind": "downgrade", "accept": True, "reason": "x"},
}
RAW = {
    "importUnits": f"distribution_id,model,serial\n{distribution_id(16)},SA-W2,0123AB\n".encode(),
    "saveModule": b"x",
    "importContract": b"PK",
}
# A log-out ends the caller's token; who follows events is answered for as long as they listen.
WALKED = [route for route in route_table() if route.token and route.name not in ("logOut", "followEvents")]
OF_CUSTOMERS = RIGHTS[Role.OPERATION_MANAGER]
NAMED_IN_THE_BODY = {
    "createRollout",
    "orderTasks",
    "schedulePush",
    "scheduleTask",
    "makeGroup",
    "orderPushes",
    "requestExchange",
    "savePreset",
    "saveQuery",
    "selectAdapters",
    "tagAdapters",
    "takeSnapshot",
}
NOBODYS = ("lookUpPostalCode",)
"""What is anybody's to read: the public list of places."""


async def anna_has_a_case(api: CaseApi) -> None:
    """A config, a fault with a reserved spare for its exchange, a reaction and a unit that wait, a call."""
    await waits(api, OLD, key=SECRET)
    await api.post(api.anna, "groups", management_code=TENANT, name=SECRET)
    await api.post(api.anna, "groups/1/members", add={"service_codes": [CODE]})
    await api.post(api.anna, "tags", adapters={"group": 1}, put=[SECRET])
    await api.post(api.anna, "presets", management_code=TENANT, name=SECRET, text=SECRET, kind="read_status")
    await api.post(api.anna, "queries", management_code=TENANT, name=SECRET, text=f'memo:"{SECRET}"')
    allowed = {"rights": ["exchange"], "to_role": "dispatcher", "reason": SECRET}
    await api.post(api.anna, f"contracts/{TENANT}/consents", **allowed)
    await api.post(api.dispatcher, f"adapters/{CODE}/config/proposals", body=SECRET, reason=SECRET)
    await api.post(api.dispatcher, "customers", name="x", customer_code=OURS["customer_code"])
    await api.post(api.support, "calls", caller_name="Anna", service_code=CODE, said=SECRET)
    await api.post(api.anna, "pushes", service_codes=[CODE], body=SECRET)
    await api.post(api.anna, "rollouts", name=SECRET, note=SECRET, targets={"service_codes": [CODE]})
    later = {"when": {"at": "2033-05-18T00:00:00Z"}, "reason": SECRET}
    looks = {"adapters": {"query": f'code:"{CODE}"'}, "work": {"kind": "read_status", "request": SECRET}}
    await api.post(api.anna, "schedules/tasks", **looks, name=SECRET, **later)
    await api.post(api.anna, "schedules/pushes", service_codes=[CODE], fixed=True, **later)
    await api.post(api.anna, "tasks", service_codes=[CODE], work={"kind": "read_status"}, reason=SECRET, name=SECRET)
    small: dict[str, Any] = {"media_type": "text/plain", "size_bytes": 1, "digest": "d", "body": SECRET.encode()}
    brought = Result(task=1, module=0, management_code=TENANT, **small)
    await api.world.store.batch(EVERYTHING, lambda batch: batch.add_task_results([brought]))
    await api.post(api.anna, "snapshots", name=SECRET, reason=SECRET)
    asked = {"service_code": CODE, "attendee": "Sato", "site": "staffed", "location": "declared", "reason": SECRET}
    await api.post(api.anna, "exchanges", **asked)
    await api.post(api.support, "faults/1/triage", cause="natural", evidence=SECRET)
    await api.post(api.dispatcher, "exchanges/1/facts", name="provider_downgrade", value=False)
    await api.world.workers()
    case = await api.get(api.anna, "exchanges/1")
    assert case["new_unit"]["distribution_id"] == distribution_id(NEW)
    # The replacement is there when the exchange is called off: it is due back, does not come, and is charged for.
    await api.world.hello(OLD)
    await api.world.passes(60)
    await api.world.hello(NEW)
    await api.world.workers()
    await api.post(api.anna, "exchanges/1/cancellation", reason=SECRET)
    await api.world.workers()
    await api.world.passes(15 * 86_400)
    api.tokens.clear()  # they have expired meanwhile
    await api.world.ops.lapse_returns()
    await api.world.workers()
    await api.post(api.anna, "exchanges", **asked)


def body_of(route: Route) -> dict[str, Any]:
    """What the route is sent, as the caller sends it; who changes something says that they have seen what stands."""
    headers = {"If-Match": '"1"'} if route.if_match else {}
    if route.raw is None:
        return {"json": BODIES.get(route.name), "headers": headers}
    return {"data": RAW[route.name], "headers": headers | {"Content-Type": route.raw}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def annas(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CaseApi]:
    """One world for the whole walk: nothing that Ben tries may change it, and each try says whether it did."""
    async with open_case_api(tmp_path_factory.mktemp("annas")) as opened:
        await anna_has_a_case(opened)
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", WALKED, ids=lambda route: route.name)
async def test_a_route_shows_and_changes_nothing_of_another_tenant(annas: CaseApi, route: Route) -> None:
    cases = annas
    await cases.token_of(cases.ben)
    cases.world.line.nudged.clear()
    before = dump(cases.world.database)
    path = route.path.format(**OURS) + QUERIES.get(route.name, "")
    answer = await cases.call(route.method, path, cases.ben, **body_of(route))
    named_by_the_caller = route.path_parameters or route.name in NAMED_IN_THE_BODY
    codes = () if named_by_the_caller else (CODE, TENANT, *map(distribution_id, (OLD, NEW, NEW_2)))
    for trace in (SECRET, "Sato", cases.anna.master_id, "Anna", *codes):
        assert trace not in answer.text
    assert dump(cases.world.database) == before
    assert (cases.world.line.nudged, cases.world.line.ended) == ([], [])
    if route.path_parameters and route.name not in NOBODYS:
        assert answer.status == (404 if route.right in OF_CUSTOMERS else 403)


async def test_an_order_for_another_tenants_adapter_says_what_one_for_none_says(cases: CaseApi) -> None:
    codes = [CODE, "nxe999999999"]
    ordered = await cases.post(cases.ben, "pushes", service_codes=codes, body="b\n")
    foreign, none = ordered["results"]
    assert foreign == {**none, "service_code": CODE, "detail": none["detail"].replace("nxe999999999", CODE)}


async def test_every_route_with_a_body_is_walked_with_one() -> None:
    assert {route.name for route in WALKED if route.body is not None} == set(BODIES)


async def test_the_providers_people_read_everything(cases: CaseApi) -> None:
    await anna_has_a_case(cases)
    for route in WALKED:
        if route.method == "GET":
            path = route.path.format(**OURS) + QUERIES.get(route.name, "")
            # Who goes to a site is the dispatchers' and the customer's; to this exchange nobody goes any more.
            reader, status = (cases.dispatcher, 409) if route.name == "readWorkSheet" else (cases.support, 200)
            answer = await cases.call(route.method, path, reader)
            assert answer.status == status, (route.name, answer.text)
