"""Consents, calls and proposals: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.config_proposal import ConfigProposal, DraftState
from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Person, Right, Role
from servicehost.domain.phone_call import CallerMatch, CallOutcome, PhoneCall
from servicehost.ports.calls import CallReads, Calls
from servicehost.ports.config_proposals import ConfigProposalReads, ConfigProposals
from servicehost.ports.consents import ConsentReads, Consents, ConsentTransaction
from servicehost.ports.store import Batch
from tests.builders.estate import DIGEST, Estate, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, verbs_of

replace = msgspec.structs.replace


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with a consent, a call and a proposal."""

    estate: Estate
    consent: Consent
    call: PhoneCall
    proposal: ConfigProposal


async def build(backend: Backend, number: int) -> Held:
    estate = await build_estate(backend.store, number)
    code, tenant = estate.service_code, estate.management_code

    def work(batch: Batch) -> tuple[PhoneCall, Consent]:
        call = batch.add_call(a_call(estate))
        return call, batch.add_consent(a_consent(estate, call.call))

    call, consent = await backend.store.batch(EVERYTHING, work)
    proposal = ConfigProposal(
        number=0, management_code=tenant, service_code=code, module=0, digest=DIGEST, size_bytes=1, base_revision=0,
        proposed_by="saki", proposed_at=1, reason="",
    )  # fmt: skip
    async with backend.store.transaction(EVERYTHING) as tx:
        added = await tx.add_config_proposal(proposal)
    return Held(estate=estate, consent=consent, call=call, proposal=added)


def a_call(estate: Estate) -> PhoneCall:
    return PhoneCall(
        call=0, management_code=estate.management_code, service_code=estate.service_code, at=1, recorded_at=1,
        recorded_by="saki", caller_name="Anna", calling_number="03", match=CallerMatch.REGISTERED, manager="anna",
        said="it is dead", answered="",
    )  # fmt: skip


def a_consent(estate: Estate, call: int | None = None) -> Consent:
    return Consent(
        number=0, management_code=estate.management_code, given_by="anna", recorded_by="saki",
        rights=(Right.EDIT_CONFIG,), given_at=1, begins_at=1, ends_at=99, to_role=Role.SUPPORT,
        service_codes=(estate.service_code,), call=call,
    )  # fmt: skip


BATCH: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "consents_of": lambda b, t, m: b.consents_of([t.estate.management_code], 5),
    "consent": lambda b, t, m: b.consent(t.consent.number),
    "add_consent": lambda b, t, m: b.add_consent(a_consent(t.estate)),
    "withdraw_consent": lambda b, t, m: b.withdraw_consent(t.consent.number, "ben", 6),
    "has_contract": lambda b, t, m: b.has_contract(t.estate.management_code),
    "operation_managers": lambda b, t, m: b.operation_managers(t.estate.management_code),
    "known_person": lambda b, t, m: b.known_person(t.estate.person.master_id),
    "add_call": lambda b, t, m: b.add_call(a_call(t.estate)),
    "call": lambda b, t, m: b.call(t.call.call),
    "save_call": lambda b, t, m: b.save_call(replace(t.call, outcome=CallOutcome.NOTHING)),
}
# Whom a consent can be given to is the provider's own: no customer's person is found by it, in any scope.
WITHOUT_SCOPE: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "providers_person": lambda b, t, m: b.providers_person(t.estate.person.master_id)
}
TRANSACTION: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "consents_of": lambda tx, t, m: tx.consents_of([t.estate.management_code], 5),
    "config_proposal": lambda tx, t, m: tx.config_proposal(t.proposal.number),
    "add_config_proposal": lambda tx, t, m: tx.add_config_proposal(t.proposal),
    "save_config_proposal": lambda tx, t, m: tx.save_config_proposal(replace(t.proposal, state=DraftState.DECLINED)),
}
READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "consents": lambda r, t, s: r.consents(s, 5, management_code=t.estate.management_code),
    "consent_numbered": lambda r, t, s: r.consent_numbered(s, t.consent.number),
    "calls": lambda r, t, s: r.calls(s, service_code=t.estate.service_code),
    "call": lambda r, t, s: r.call(s, t.call.call),
    "config_proposals": lambda r, t, s: r.config_proposals(s, service_code=t.estate.service_code),
    "proposed_config": lambda r, t, s: r.proposed_config(s, t.proposal.number),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(Consents) | verbs_of(Calls) == set(BATCH) | set(WITHOUT_SCOPE)
    assert verbs_of(ConsentTransaction) | verbs_of(ConfigProposals) == set(TRANSACTION)
    assert verbs_of(ConsentReads) | verbs_of(CallReads) | verbs_of(ConfigProposalReads) == set(READS)


@pytest.mark.parametrize("verb", [*BATCH, *WITHOUT_SCOPE])
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before, call = real.dump(), {**BATCH, **WITHOUT_SCOPE}[verb]
    with suppress(NotFound):
        assert await real.store.batch(mine.estate.scope, lambda batch: call(batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", TRANSACTION)
async def test_a_transaction_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        async with real.store.transaction(mine.estate.scope) as tx:
            assert await TRANSACTION[verb](tx, theirs, mine) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", [*BATCH, *TRANSACTION])
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    before = real.dump()
    if verb in TRANSACTION:
        async with real.store.transaction(mine.estate.scope) as tx:
            found = await TRANSACTION[verb](tx, mine, other)
    else:
        found = await real.store.batch(mine.estate.scope, lambda batch: BATCH[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_nothing_of_mine_hangs_on_an_adapter_of_theirs(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before, own = real.dump(), {"management_code": mine.estate.management_code}
    disguised: list[Callable[[Batch], object]] = [
        lambda batch: batch.add_consent(replace(a_consent(theirs.estate), **own)),
        lambda batch: batch.add_call(replace(a_call(theirs.estate), **own)),
    ]
    for work in disguised:
        with pytest.raises(NotFound):
            await real.store.batch(mine.estate.scope, work)
    with pytest.raises(NotFound):
        async with real.store.transaction(mine.estate.scope) as tx:
            await tx.add_config_proposal(replace(theirs.proposal, **own))
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS[verb](real.reads, theirs, mine.estate.scope) in NOTHING
    assert await READS[verb](real.reads, theirs, theirs.estate.scope) not in NOTHING


async def test_what_is_kept_comes_back_whole(real: Backend) -> None:
    held = await build(real, 1)
    scope = held.estate.scope
    assert await real.reads.consent_numbered(scope, held.consent.number) == held.consent
    assert await real.reads.call(scope, held.call.call) == held.call
    found = await real.reads.proposed_config(scope, held.proposal.number)
    assert found is not None
    assert found[0] == held.proposal


async def test_consents_are_listed_by_the_state_that_the_domain_gives_them(real: Backend) -> None:
    estate = (await build(real, 1)).estate
    spans = [(1, 99, None), (1, 4, None), (6, 9, None), (1, 99, 3), (6, 9, 5), (1, 99, 7)]

    def work(batch: Batch) -> list[Consent]:
        plain = a_consent(estate)
        made = [
            replace(plain, begins_at=begins, ends_at=ends, withdrawn_at=gone, service_codes=())
            for begins, ends, gone in spans
        ]
        return [batch.add_consent(one) for one in made]

    added = await real.store.batch(EVERYTHING, work)
    for now in range(1, 12):
        for state in ConsentState:
            listed = await real.reads.consents(EVERYTHING, now, state=state, service_code=estate.service_code)
            wanted = {one.number for one in added if one.state(now) is state}
            assert {one.number for one in listed if one.number != added[0].number - 1} == wanted


async def test_calls_are_read_either_way_and_only_those_that_wait(real: Backend) -> None:
    held = await build(real, 1)
    more = await real.store.batch(EVERYTHING, lambda batch: [batch.add_call(a_call(held.estate)) for _ in range(2)])
    numbers = [held.call.call, *(one.call for one in more)]
    await real.store.batch(EVERYTHING, lambda batch: batch.save_call(replace(more[0], outcome=CallOutcome.NOTHING)))
    read = real.reads.calls
    assert [one.call for one in await read(EVERYTHING)] == numbers
    assert [one.call for one in await read(EVERYTHING, newest_first=True, limit=2)] == numbers[:0:-1]
    assert [one.call for one in await read(EVERYTHING, newest_first=True, after=numbers[1])] == numbers[:1]
    assert [one.call for one in await read(EVERYTHING, open_only=True)] == [numbers[0], numbers[2]]
    assert await read(EVERYTHING, match=CallerMatch.UNREGISTERED) == []


async def test_who_was_erased_is_no_manager_and_no_grantee(real: Backend) -> None:
    estate = (await build(real, 1)).estate
    saki = Person(
        person_id=0, master_id="saki", name="Saki", role=Role.SUPPORT, management_code=None, password_hash="x",
        password_one_time=False,
    )  # fmt: skip
    async with real.store.transaction(EVERYTHING) as tx:
        await tx.add_person(saki)
    assert await real.store.batch(estate.scope, lambda batch: batch.providers_person("saki")) is not None
    async with real.store.transaction(EVERYTHING) as tx:
        await tx.erase_person("saki", "nobody's", 5)
        await tx.erase_person(estate.person.master_id, "nobody's", 5)
    assert await real.store.batch(estate.scope, lambda batch: batch.providers_person("saki")) is None
    assert await real.store.batch(EVERYTHING, lambda b: b.operation_managers(estate.management_code)) == []
    assert await real.store.batch(EVERYTHING, lambda b: b.known_person(estate.person.master_id)) is None
