"""What the provider's people may do because a customer has said so, as long as it holds, and what it leaves behind."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import FactName, Requester, SiteState, Source
from servicehost.domain.fault import FaultEnd
from servicehost.domain.people import Actor, Right, Role
from servicehost.domain.phone_call import REFUSAL_JA, Caller, CallerMatch, CallOutcome
from servicehost.operations.give_consent import ConsentDraft
from servicehost.operations.push_config import PushOrder
from servicehost.operations.record_call import CallReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.state_fact import Statement
from tests.builders.audited import DORA, SAKI, Audited, open_audited, record_in
from tests.builders.stories import SENDBACK, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_CODE, OTHER_TENANT, STRANGER, SUPPORT, TENANT

HOUR = 3_600_000
EVERY = tuple(Right(right) for right in ("edit_config", "push_config", "exchange"))
DRAFT = ConfigDraft(service_code=CODE, body="a\n")
ORDER = PushOrder(service_codes=[CODE], body="b\n")


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        opened.anna = (await opened.catalogue.add_person(DISPATCHER, TENANT, "山田 花子")).person.master_id
        yield opened


def draft(**fields: Any) -> ConsentDraft:
    plain: dict[str, Any] = {"management_code": TENANT, "rights": EVERY, "reason": "x", "to_role": Role.SUPPORT}
    return ConsentDraft(**plain | fields)


async def give(a: Audited, by: Actor = MANAGER, **fields: Any) -> int:
    return (await a.catalogue.consents.give_consent(by, draft(**fields))).number


async def call_of(a: Audited, name: str = "山田花子", **fields: Any) -> int:
    report = CallReport(caller=Caller(name=name, number="03"), service_code=CODE, **fields)
    return (await a.catalogue.consents.record_call(SAKI, report)).call


async def refused(call: Any) -> str:
    with pytest.raises(Refused) as found:
        await call
    return found.value.code


async def test_under_a_consent_support_saves_and_pushes_and_each_trace_names_it(audited: Audited) -> None:
    number = await give(audited)
    under = f"{SUPPORT.master_id} under consent {number} of {MANAGER.master_id}"
    revision = await audited.catalogue.save_config(SAKI, DRAFT)
    (ordered,) = await audited.catalogue.push_config(SAKI, ORDER)
    assert ordered.push is not None
    assert (revision.author, ordered.push.ordered_by) == (under, under)
    cancelled = await audited.catalogue.cancel_push(SAKI, ordered.push.push)
    assert cancelled.phase.ended
    lines = [record_in(line) for line in await audited.lines(TENANT)]
    deeds = [(one["action"], one["actor"], one["consent"]) for one in lines if "consent" in one]
    names = ("save_config", "push_config", "cancel_push")
    assert deeds == [(name, SUPPORT.master_id, number) for name in names]
    events = await audited.reads.events(EVERYTHING, limit=1_000)
    told = {one.sub_type: one.actor for one in events}
    assert {told[name] for name in ("config_saved", "push_ordered", "push_cancelled")} == {under}


async def test_it_ends_by_itself_to_the_millisecond(audited: Audited) -> None:
    await give(audited, ends_at=audited.world.clock.now_ms + HOUR)
    audited.world.clock.now_ms += HOUR - 1
    await audited.catalogue.save_config(SAKI, DRAFT)
    audited.world.clock.now_ms += 1
    assert await refused(audited.catalogue.save_config(SAKI, msgspec.structs.replace(DRAFT, body="c\n"))) == (
        "consent_needed"
    )


async def test_a_planned_one_holds_from_its_beginning_on(audited: Audited) -> None:
    await give(audited, begins_at=audited.world.clock.now_ms + HOUR)
    assert await refused(audited.catalogue.save_config(SAKI, DRAFT)) == "consent_needed"
    audited.world.clock.now_ms += HOUR
    await audited.catalogue.save_config(SAKI, DRAFT)


async def test_withdrawn_by_any_manager_it_holds_no_more_and_what_was_done_stays_done(audited: Audited) -> None:
    number = await give(audited)
    (ordered,) = await audited.catalogue.push_config(SAKI, ORDER)
    other = msgspec.structs.replace(MANAGER, master_id=audited.anna)
    withdrawn = await audited.catalogue.consents.withdraw_consent(other, number, "enough")
    assert (withdrawn.withdrawn_by, withdrawn.given_by) == (audited.anna, MANAGER.master_id)
    assert await refused(audited.catalogue.push_config(SAKI, ORDER)) == "consent_needed"
    assert ordered.push is not None
    standing = await audited.reads.push(EVERYTHING, ordered.push.push)
    assert standing == ordered.push


async def test_it_reaches_no_further_than_it_says(audited: Audited) -> None:
    await give(audited, rights=[Right.PUSH_CONFIG], service_codes=[CODE])
    codes = [
        await refused(audited.catalogue.save_config(SAKI, DRAFT)),
        await refused(audited.catalogue.push_config(SAKI, ORDER)),  # it has a text: that is editing too
        await refused(audited.catalogue.push_config(DORA, PushOrder(service_codes=[CODE]))),
        await refused(audited.catalogue.push_config(SAKI, PushOrder(service_codes=[CODE, OTHER_CODE]))),
    ]
    assert codes == ["consent_needed"] * 4
    assert await audited.reads.pushes(EVERYTHING) == []
    await audited.catalogue.push_config(SAKI, PushOrder(service_codes=[CODE]))


async def test_one_order_over_two_contracts_names_each_ones_consent_in_its_own_chain(audited: Audited) -> None:
    first = await give(audited)
    second = await give(audited, by=STRANGER, management_code=OTHER_TENANT)
    await audited.catalogue.push_config(SAKI, PushOrder(service_codes=[CODE, OTHER_CODE], body="b\n"))
    for tenant, code, number in ((TENANT, CODE, first), (OTHER_TENANT, OTHER_CODE, second)):
        records = [record_in(line) for line in await audited.lines(tenant)]
        (pushed,) = [one for one in records if one["action"] == "push_config"]
        assert (pushed["consent"], pushed["subject"], pushed["after"]["revisions_saved"]) == (number, code, 1)


async def test_support_speaks_for_the_customer_in_an_exchange_under_a_consent_and_is_heard_as_them(
    audited: Audited,
) -> None:
    number = await give(audited)
    asked = await audited.cases.request_exchange(SAKI, ExchangeRequest(service_code=CODE, reason="they called"))
    assert asked.fault is not None
    facts = await audited.world.store.batch(EVERYTHING, lambda batch: batch.facts_of(asked))
    (requester,) = [fact for fact in facts if fact.name is FactName.REQUESTER]
    assert requester.value == Requester.OPERATION_MANAGER
    assert requester.author.endswith(f"under consent {number} of {MANAGER.master_id}")
    said = Statement(name=FactName.SITE, value=SiteState.STAFFED, source=Source.REQUESTER)
    await audited.cases.state_fact(SAKI, 1, said)
    await audited.cases.cancel_exchange(SAKI, 1, "mended")
    closed = await audited.cases.close_fault(SAKI, 1, FaultEnd.WITHDRAWN)
    assert closed.reason is FaultEnd.WITHDRAWN
    records = [record_in(line) for line in await audited.lines(TENANT)]
    spoken = [one["action"] for one in records if one.get("consent") == number]
    assert spoken == ["request_exchange", "state_fact", "cancel_exchange", "close_fault"]


async def test_without_one_a_request_of_support_is_a_strangers(audited: Audited) -> None:
    asked = await audited.cases.request_exchange(SAKI, ExchangeRequest(service_code=CODE))
    assert asked.fault is None
    facts = await audited.world.store.batch(EVERYTHING, lambda batch: batch.facts_of(asked))
    assert [fact.value for fact in facts] == [Requester.OTHER]
    said = Statement(name=FactName.SITE, value=SiteState.STAFFED, source=Source.REQUESTER)
    codes = [
        await refused(audited.cases.state_fact(SAKI, 1, said)),
        await refused(audited.cases.cancel_exchange(SAKI, 1, "x")),
        await refused(audited.cases.swap_unit(SAKI, 1, "")),
        await refused(audited.cases.confirm_recovery(SAKI, 1)),
    ]
    assert codes == ["consent_needed"] * 4


async def test_recovery_is_confirmed_in_the_managers_name_by_who_heard_them_say_so(audited: Audited) -> None:
    await until(audited.world, SENDBACK, ExchangeState.ACCEPTED)
    await give(audited, rights=[Right.EXCHANGE])
    confirmed = await audited.cases.confirm_recovery(SAKI, 1)
    assert confirmed.state is ExchangeState.CONFIRMED


async def test_a_consent_given_in_a_call_is_recorded_in_the_callers_name_and_concludes_the_call(
    audited: Audited,
) -> None:
    call = await call_of(audited)
    consent = await audited.catalogue.consents.give_consent(SAKI, draft(call=call))
    assert (consent.given_by, consent.recorded_by) == (audited.anna, SUPPORT.master_id)
    kept = await audited.reads.call(EVERYTHING, call)
    assert kept is not None
    assert (kept.outcome, kept.reference) == (CallOutcome.CONSENT, consent.number)
    own = msgspec.structs.replace(MANAGER, master_id=audited.anna)
    assert await audited.reads.consents(own.scope, audited.world.clock.wall()) == [consent]
    events = await audited.reads.events(own.scope, limit=1_000)
    assert [one.detail["given_by"] for one in events if one.sub_type == "consent_given"] == [audited.anna]
    await audited.catalogue.save_config(SAKI, DRAFT)
    await audited.catalogue.consents.withdraw_consent(own, consent.number, "I never said that")
    assert await refused(audited.catalogue.push_config(SAKI, ORDER)) == "consent_needed"


async def test_a_consent_that_nobody_gave_is_not_recorded(audited: Audited) -> None:
    stranger = await call_of(audited, "鈴木 一郎")
    elsewhere = await call_of(audited)
    consents, now = audited.catalogue.consents, audited.world.clock.now_ms
    refusals: list[tuple[type[Refused], str, Any]] = [
        (Conflict, "call_missing", consents.give_consent(SAKI, draft())),
        (Conflict, "caller_not_registered", consents.give_consent(SAKI, draft(call=stranger))),
        (NotFound, "call_not_found", consents.give_consent(SAKI, draft(call=99))),
        (
            NotFound,
            "call_not_found",
            consents.give_consent(SAKI, draft(call=elsewhere, management_code=OTHER_TENANT)),
        ),
        (Conflict, "call_not_yours", consents.give_consent(MANAGER, draft(call=elsewhere))),
        (NotFound, "contract_not_found", consents.give_consent(STRANGER, draft())),
        (NotFound, "adapter_not_found", consents.give_consent(MANAGER, draft(service_codes=[OTHER_CODE]))),
        (NotFound, "person_not_found", consents.give_consent(MANAGER, draft(to_role=None, to_person=audited.anna))),
        (Conflict, "not_of_the_provider", consents.give_consent(MANAGER, draft(to_role=Role.OPERATION_MANAGER))),
        (Conflict, "consent_too_long", consents.give_consent(MANAGER, draft(ends_at=now + 24 * HOUR + 1))),
        (Invalid, "one_grantee", consents.give_consent(MANAGER, draft(to_person="x"))),
        (Invalid, "right_not_consentable", consents.give_consent(MANAGER, draft(rights=[Right.DISPATCH]))),
        (Invalid, "no_reason", consents.give_consent(MANAGER, draft(reason=" "))),
        (NotFound, "consent_not_found", consents.withdraw_consent(STRANGER, 1, "")),
    ]
    for kind, code, call in refusals:
        with pytest.raises(kind) as found:
            await call
        assert found.value.code == code
    assert await audited.reads.consents(EVERYTHING, now) == []


async def test_who_left_the_contract_between_the_call_and_its_record_gave_none(audited: Audited) -> None:
    call = await call_of(audited)
    await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    assert await refused(audited.catalogue.consents.give_consent(SAKI, draft(call=call))) == "caller_not_registered"


async def test_a_caller_who_is_not_registered_is_refused_in_words_and_on_record(audited: Audited) -> None:
    taken = await audited.reads.call(EVERYTHING, await call_of(audited, "鈴木 一郎", said="let me in"))
    assert taken is not None
    assert (taken.match, taken.outcome, taken.answered) == (CallerMatch.UNREGISTERED, CallOutcome.REFUSED, REFUSAL_JA)
    assert (taken.caller_name, taken.said) == ("鈴木 一郎", "let me in")
    led = audited.catalogue.consents.conclude_call(SAKI, taken.call, CallOutcome.FAULT, 1, "")
    assert await refused(led) == "call_concluded"


async def test_of_a_caller_whom_nothing_leads_to_a_contract_nothing_personal_is_kept(audited: Audited) -> None:
    report = CallReport(caller=Caller(name="鈴木 一郎", number="090"), said="who are you")
    taken = await audited.catalogue.consents.record_call(SAKI, report)
    assert (taken.match, taken.caller_name, taken.calling_number, taken.said) == (CallerMatch.NO_CONTRACT, "", "", "")
    named = CallReport(caller=Caller(name="", master_id=audited.anna))
    assert (await audited.catalogue.consents.record_call(SAKI, named)).management_code == TENANT


async def test_what_a_call_led_to_is_there_and_of_the_same_contract(audited: Audited) -> None:
    await audited.cases.request_exchange(STRANGER, ExchangeRequest(service_code=OTHER_CODE))
    call = await call_of(audited)
    conclude_call = audited.catalogue.consents.conclude_call
    assert await refused(conclude_call(SAKI, call, CallOutcome.EXCHANGE, 1, "")) == "exchange_not_found"
    assert await refused(conclude_call(SAKI, call, CallOutcome.FAULT, 1, "")) == "fault_not_found"
    assert await refused(conclude_call(SAKI, 99, CallOutcome.NOTHING, None, "")) == "call_not_found"
    await audited.cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    concluded = await conclude_call(SAKI, call, CallOutcome.EXCHANGE, 2, "a unit is on its way")
    assert (concluded.reference, concluded.answered) == (2, "a unit is on its way")


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (CallReport(caller=Caller(name=" ")), "caller_unnamed"),
        (CallReport(caller=Caller(name="x"), service_code="nxe999999999"), "adapter_not_found"),
        (CallReport(caller=Caller(name="x"), service_code="x"), "bad_service_code"),
        (CallReport(caller=Caller(name="x"), said="x" * 2_001), "words_too_long"),
        (CallReport(caller=Caller(name="x"), at=2**50), "call_in_the_future"),
    ],
)
async def test_a_call_that_cannot_be_is_refused_by_name(audited: Audited, report: CallReport, code: str) -> None:
    assert await refused(audited.catalogue.consents.record_call(SAKI, report)) == code


async def test_customers_neither_take_calls_nor_propose(audited: Audited) -> None:
    consents = audited.catalogue.consents
    for call in (
        consents.record_call(MANAGER, CallReport(caller=Caller(name="x"))),
        consents.conclude_call(MANAGER, 1, CallOutcome.NOTHING, None, ""),
        consents.propose_config(MANAGER, DRAFT),
        consents.withdraw_proposal(MANAGER, 1, ""),
    ):
        with pytest.raises(Forbidden):
            await call


async def test_an_accepted_proposal_is_the_working_config_and_names_both(audited: Audited) -> None:
    consents = audited.catalogue.consents
    made = await consents.propose_config(SAKI, DRAFT)
    assert await audited.reads.revisions(EVERYTHING, CODE, 0) == []
    accepted = await consents.accept_proposal(MANAGER, made.number, False)
    (revision,) = await audited.reads.revisions(EVERYTHING, CODE, 0)
    assert (accepted.revision, revision.digest) == (1, made.digest)
    assert revision.author == f"{MANAGER.master_id} as proposed by {SUPPORT.master_id}"
    assert await audited.reads.body(EVERYTHING, CODE, 0, 1) == DRAFT.body
    assert await consents.accept_proposal(MANAGER, made.number, False) == accepted
    assert await refused(consents.decline_proposal(MANAGER, made.number, "x")) == "proposal_decided"


async def test_who_proposes_does_not_accept_not_even_under_a_consent(audited: Audited) -> None:
    await give(audited)
    made = await audited.catalogue.consents.propose_config(SAKI, DRAFT)
    assert await refused(audited.catalogue.consents.accept_proposal(SAKI, made.number, False)) == "no_right"
    assert await refused(audited.catalogue.consents.accept_proposal(STRANGER, made.number, False)) == (
        "proposal_not_found"
    )


async def test_a_proposal_goes_over_newer_work_only_with_a_word(audited: Audited) -> None:
    consents = audited.catalogue.consents
    made = await consents.propose_config(SAKI, DRAFT)
    await audited.catalogue.save_config(MANAGER, msgspec.structs.replace(DRAFT, body="newer\n"))
    assert await refused(consents.accept_proposal(MANAGER, made.number, False)) == "proposal_overtaken"
    assert (await consents.accept_proposal(MANAGER, made.number, True)).revision == 2


async def test_only_who_made_a_proposal_takes_it_back(audited: Audited) -> None:
    consents = audited.catalogue.consents
    made = await consents.propose_config(SAKI, DRAFT)
    assert await refused(consents.withdraw_proposal(DORA, made.number, "")) == "not_your_proposal"
    await consents.withdraw_proposal(SAKI, made.number, "wrong adapter")
    assert await refused(consents.accept_proposal(MANAGER, made.number, False)) == "proposal_decided"
