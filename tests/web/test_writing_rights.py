"""Running and mending the network is the customer's: every writing route, walked by the provider's people."""

import enum
from collections.abc import Iterator

import pytest

from servicehost.domain.people import Actor
from servicehost.web.route import Route
from servicehost.web.table import route_table
from tests.builders.case_api import CaseApi
from tests.builders.databases import dump
from tests.builders.world import CODE, TENANT
from tests.web.test_tenants import OURS, QUERIES, anna_has_a_case, body_of


class May(enum.Enum):
    """What a route of the table must answer to somebody of the provider."""

    OWN = "does it by their own right, though the thing may be in no state for it"
    NEVER = "is refused, whatever a customer allows"
    CONSENT = "is refused without a consent in force, and not with one"
    ACCOUNT = "is about the caller's own log-in"


OWN, NOT, LET, LOG = May.OWN, May.NEVER, May.CONSENT, May.ACCOUNT
# Every route that writes: what support may, what a dispatcher may.
TABLE: dict[str, tuple[May, May]] = {
    "logOut": (LOG, LOG),
    "changePassword": (LOG, LOG),
    "addContract": (NOT, OWN),
    "addPerson": (NOT, OWN),
    "addCustomer": (NOT, OWN),
    "endContract": (NOT, OWN),
    "continueContract": (NOT, OWN),
    "makeNotice": (NOT, OWN),
    "addDelegate": (NOT, NOT),
    "endDelegate": (NOT, OWN),
    "writeMemo": (NOT, NOT),
    "makeGroup": (NOT, NOT),
    "changeGroup": (NOT, NOT),
    "dropGroup": (NOT, NOT),
    "changeMembers": (NOT, NOT),
    "tagAdapters": (NOT, NOT),
    "saveQuery": (NOT, NOT),
    "changeQuery": (NOT, NOT),
    "dropQuery": (NOT, NOT),
    "savePreset": (NOT, NOT),
    "changePreset": (NOT, NOT),
    "dropPreset": (NOT, NOT),
    "runPreset": (OWN, OWN),  # this one only looks
    "fillPreset": (OWN, OWN),  # nothing is kept, and nothing is run
    "selectAdapters": (OWN, OWN),  # nothing is kept
    "erasePerson": (NOT, OWN),
    "eraseNamedPerson": (NOT, OWN),
    "registerUnit": (NOT, OWN),
    "importUnits": (NOT, OWN),
    "changeUnitLife": (NOT, OWN),
    "issueEnrolmentToken": (NOT, OWN),
    "approveEnrolment": (NOT, OWN),
    "denyEnrolment": (NOT, OWN),
    "revokeUnit": (NOT, OWN),
    "revokeCertificate": (NOT, OWN),
    "askRenewals": (NOT, OWN),
    "releaseUnit": (NOT, OWN),
    "moveUnit": (NOT, OWN),
    "takeUnitBack": (NOT, OWN),
    "addAdapter": (NOT, OWN),
    "bindUnit": (NOT, OWN),
    "unbindUnit": (NOT, OWN),
    "endAdapter": (NOT, OWN),
    "continueAdapter": (NOT, OWN),
    "setTerms": (NOT, OWN),
    "answerTriage": (OWN, OWN),  # as heard from the customer
    "proposeAppointment": (NOT, OWN),
    "agreeAppointment": (NOT, OWN),
    "reportErrand": (NOT, OWN),
    "reportMissedVisit": (NOT, OWN),
    "explainLateness": (NOT, OWN),
    "importContract": (NOT, OWN),
    "schedulePush": (LET, LET),
    "scheduleTask": (OWN, OWN),  # to read a status changes nothing
    "retimeSchedule": (OWN, OWN),
    "cancelSchedule": (OWN, OWN),
    "exportContract": (OWN, OWN),  # without a key, and so without secrets
    "createRollout": (LET, LET),
    "startRollout": (LET, LET),
    "approveRollout": (LET, LET),
    "pauseRollout": (LET, LET),
    "resumeRollout": (LET, LET),
    "haltRollout": (LET, LET),
    "rollBackRollout": (LET, LET),
    "takeSnapshot": (LET, LET),
    "restoreSnapshot": (LET, LET),
    "deleteSnapshot": (LET, LET),
    "saveModule": (LET, LET),
    "saveBlanks": (LET, LET),
    "restoreRevision": (LET, LET),
    "saveWorkingConfig": (LET, LET),
    "orderTasks": (OWN, OWN),  # a ping changes nothing
    "cancelTask": (OWN, OWN),
    "cancelTaskBatch": (OWN, OWN),
    "orderPushes": (LET, LET),
    "cancelPush": (LET, LET),
    "proposeConfig": (OWN, OWN),
    "acceptProposal": (NOT, NOT),
    "declineProposal": (NOT, NOT),
    "withdrawProposal": (NOT, OWN),  # the dispatcher has made it
    "giveConsent": (OWN, OWN),  # they record what a manager gave in a call
    "withdrawConsent": (OWN, OWN),
    "recordCall": (OWN, OWN),
    "concludeCall": (OWN, OWN),
    "recordTriage": (OWN, OWN),
    "closeFault": (LET, LET),
    "requestExchange": (OWN, OWN),  # the verdict says who asked
    "stateFact": (OWN, OWN),  # as heard from the site
    "reserveUnit": (NOT, OWN),
    "swapUnit": (LET, LET),
    "confirmRecovery": (LET, LET),
    "reopenExchange": (NOT, OWN),
    "overrideVerdict": (NOT, OWN),
    "chooseDestination": (NOT, OWN),
    "withdrawOverride": (NOT, OWN),
    "cancelExchange": (LET, OWN),
    "failExchange": (NOT, OWN),
    "noteShipped": (NOT, OWN),
    "receiveReturn": (NOT, OWN),
    "inspectReturn": (NOT, OWN),
    "writeOffReturn": (NOT, OWN),
    "approveCharge": (NOT, OWN),
    "waiveCharge": (NOT, OWN),
    "stockUnit": (NOT, OWN),
    "openDepot": (NOT, OWN),
    "setStockThreshold": (NOT, OWN),
    "moveSpare": (NOT, OWN),
    "replaceUnit": (NOT, OWN),
    "promoteAdapter": (NOT, OWN),
    "resendReaction": (NOT, OWN),
    "declareLocation": (NOT, OWN),
    "setShippingAddress": (NOT, OWN),
    "checkAddress": (OWN, OWN),  # nothing is kept
    "closeArea": (NOT, OWN),
    "reopenArea": (NOT, OWN),
    "decideAreaProposal": (NOT, OWN),
    "decideAreaProposals": (NOT, OWN),
    "attachOption": (NOT, OWN),
    "detachOption": (NOT, OWN),
    "endOption": (NOT, OWN),
    "continueOption": (NOT, OWN),
    "decideOption": (NOT, OWN),
    "stateSite": (NOT, OWN),
    "beginRollover": (NOT, OWN),
    "endRollover": (NOT, OWN),
    "abortRollover": (NOT, OWN),
}
WRITING = {route.name: route for route in route_table() if route.method != "GET" and route.token}
ROLES = ("support", "dispatcher")


def test_every_writing_route_is_in_the_table_and_nothing_else() -> None:
    assert set(TABLE) == set(WRITING)


def _routes(role: str, may: May) -> Iterator[Route]:
    return (WRITING[name] for name, row in TABLE.items() if row[ROLES.index(role)] is may)


async def _asked(api: CaseApi, route: Route, actor: Actor) -> tuple[int, str]:
    path = route.path.format(**OURS) + QUERIES.get(route.name, "")
    answer = await api.call(route.method, path, actor, **body_of(route))
    return answer.status, "" if answer.status < 300 else answer.code


@pytest.fixture
async def walked(cases: CaseApi) -> CaseApi:
    """Anna's case; the consent in it has ended long since, and its exchange is open."""
    await anna_has_a_case(cases)
    return cases


@pytest.mark.parametrize("role", ROLES)
async def test_without_a_consent_the_providers_people_change_nothing_that_is_the_customers(
    walked: CaseApi, role: str
) -> None:
    actor: Actor = getattr(walked, role)
    await walked.token_of(actor)
    before = dump(walked.world.database)
    for route in _routes(role, May.CONSENT):
        assert await _asked(walked, route, actor) == (403, "consent_needed"), route.name
    for route in _routes(role, May.NEVER):
        status, code = await _asked(walked, route, actor)
        assert (status, code != "consent_needed") == (403, True), (route.name, code)
    assert dump(walked.world.database) == before
    for route in _routes(role, May.OWN):
        status, code = await _asked(walked, route, actor)
        assert status not in (401, 403, 422, 500), (route.name, status, code)


@pytest.mark.parametrize("role", ROLES)
async def test_with_a_consent_they_do_what_it_allows_and_never_what_is_not_the_customers_to_give(
    walked: CaseApi, role: str
) -> None:
    actor: Actor = getattr(walked, role)
    allowed = {"rights": ["edit_config", "push_config", "exchange"], "to_role": role, "reason": "x"}
    await walked.post(walked.anna, f"contracts/{TENANT}/consents", **allowed)
    for route in _routes(role, May.NEVER):
        assert (await _asked(walked, route, actor))[0] == 403, route.name
    for route in _routes(role, May.CONSENT):
        status, code = await _asked(walked, route, actor)
        assert status not in (401, 403, 404, 422, 500), (route.name, status, code)


async def test_a_consent_of_another_contract_helps_nobody_here(walked: CaseApi) -> None:
    allowed = {"rights": ["edit_config", "push_config", "exchange"], "to_role": "support", "reason": "x"}
    await walked.post(walked.ben, "contracts/nxm000000002/consents", **allowed)
    for route in _routes("support", May.CONSENT):
        assert await _asked(walked, route, walked.support) == (403, "consent_needed"), route.name


# A stranger's manager names things of ours: they are as if they were not there, or not a customer's to touch.
STRANGERS_OWN = {"orderPushes", "orderTasks", "checkAddress", "logOut", "changePassword"}


async def test_another_contracts_manager_is_refused_by_every_writing_route(walked: CaseApi) -> None:
    await walked.token_of(walked.ben)
    before = dump(walked.world.database)
    for name, route in WRITING.items():
        if name not in STRANGERS_OWN:
            status, code = await _asked(walked, route, walked.ben)
            assert status in (403, 404), (name, status, code)
    assert dump(walked.world.database) == before


async def test_the_refusal_says_what_to_do_and_the_revision_who_allowed_it(cases: CaseApi) -> None:
    path, unseen = f"adapters/{CODE}/config/working", {"If-Match": '"0"'}
    refused = await cases.call("PUT", path, cases.support, headers=unseen, json={"body": "a\n"})
    assert (refused.status, refused.code) == (403, "consent_needed")
    assert all(word in refused.json["detail"] for word in (CODE, "/consents", "propose"))
    given = await cases.post(
        cases.anna, f"contracts/{TENANT}/consents", rights=["edit_config"], to_role="support", reason="please mend it"
    )
    saved = await cases.call("PUT", path, cases.support, headers=unseen, json={"body": "a\n"})
    number, anna = given["consent"], cases.anna.master_id
    assert saved.json["author"] == f"{cases.support.master_id} under consent {number} of {anna}"
    assert given["state"] == "in_force"
    await cases.post(cases.anna, f"consents/{number}/withdrawal")
    listed = (await cases.get(cases.anna, "consents?state=withdrawn"))["items"]
    assert [(one["consent"], one["withdrawn_by"]) for one in listed] == [(number, anna)]
    seen = {"If-Match": saved.headers["ETag"]}
    again = await cases.call("PUT", path, cases.support, headers=seen, json={"body": "b\n"})
    assert again.code == "consent_needed"
