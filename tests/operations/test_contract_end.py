"""From the order to the erasure: what the end of an option, an adapter and a contract brings about."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from protocol.codes import CloseCode
from servicehost.domain.address import WrittenAddress
from servicehost.domain.audit import ERASED, SYSTEM
from servicehost.domain.audit_check import ChainHolds, verify
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Refused, Unauthenticated
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Ownership
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.people import Right, Role
from servicehost.domain.phone_call import Caller
from servicehost.domain.push import Phase
from servicehost.domain.rules import Verdict
from servicehost.domain.token import hash_token
from servicehost.domain.unit import Life
from servicehost.domain.unit_return import Loss, ReturnState
from servicehost.operations.add_delegate import Naming
from servicehost.operations.carry_out_ends import carry_out_ends
from servicehost.operations.declare_location import Declaration
from servicehost.operations.erasing import ERASERS
from servicehost.operations.give_consent import ConsentDraft
from servicehost.operations.push_config import PushOrder
from servicehost.operations.record_call import CallReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.returning import Receipt
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.save_preset import PresetDraft
from servicehost.operations.set_terms import Terms
from servicehost.ports.desk import NotAdmitted
from tests.builders.audited import DORA, MINE, SAKI, Audited, open_audited, record_in
from tests.builders.chain_rows import chain_rows
from tests.builders.stories import ENTITLING, SENDBACK, tell, until
from tests.builders.world import CODE, MANAGER, NEW, OLD, OTHER_TENANT, STRANGER, TENANT

DAY = 86_400
PASSWORD = "a good long password"
RING = "ring up Hanako"
ROUND = "the round of Hanako"
NAME, SITE, CALLED = "Hanako Yamada", "Osaka Kita 1-2-3", "090-1234-5678"
WISH, ASKED, MENDED = "as Sato wishes", "Sato hears it rattle", "Sato has mended it"
DESK, CALLER, TOLD, LENT = "06-7777-8888", "Goro Kato", "Kato has no light", "Sato lets us in"
LAID, ANSWERED, OVERRULED, PARCEL = "Sato asked for b", "Sato wants c", "Sato insists", "Sato at the gate"
ADDRESS = WrittenAddress(
    postal_code="102-0071",
    prefecture="東京都",
    municipality="千代田区",
    rest="2-10-2 Fujimi",
    addressee="Shiro Ito",
    telephone="03-1234-5678",
)
S = ExchangeState


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


def ahead(audited: Audited, days: float = 10) -> int:
    return audited.world.clock.wall() + round(days * DAY * 1000)


async def ends(audited: Audited) -> None:
    """A round of the clock's door, and what follows from it."""
    while await audited.catalogue.contracts.carry_out_ends(1):
        pass
    await audited.world.workers()


async def the_return(audited: Audited, number: int = 1) -> object:
    return await audited.world.store.batch(EVERYTHING, lambda batch: batch.unit_return(number))


# the end that is set


async def test_an_end_is_set_ahead_changed_and_taken_back(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    at = ahead(audited)
    assert (await contracts.end_contract(DORA, TENANT, at, "moves away")).ends_at == at
    assert (await contracts.end_contract(DORA, TENANT, at + 1, "a day later")).end_reason == "a day later"
    assert (await contracts.continue_contract(DORA, TENANT, "stays")).ends_at is None
    await audited.world.passes(20 * DAY)
    await ends(audited)
    assert (await audited.catalogue.log_in(*await a_manager(audited))).actor.management_code == TENANT


async def a_manager(audited: Audited) -> tuple[str, str, None, str]:
    added = await audited.catalogue.add_person(DORA, TENANT, NAME)
    await audited.catalogue.log_in(added.person.master_id, added.one_time_password, PASSWORD, "192.0.2.1")
    return added.person.master_id, PASSWORD, None, "192.0.2.1"


async def test_an_end_that_has_come_stands(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    await contracts.end_contract(DORA, TENANT, None, "now")
    for refused in (
        contracts.end_contract(DORA, TENANT, ahead(audited), "later"),
        contracts.continue_contract(DORA, TENANT, "stays"),
        audited.catalogue.add_adapter(DORA, TENANT, None, "x"),
        audited.catalogue.add_person(DORA, TENANT, "x"),
    ):
        with pytest.raises(Conflict) as told:
            await refused
        assert told.value.code == "contract_ended"


@pytest.mark.parametrize("actor", [MINE, SAKI])
async def test_who_ends_a_contract_is_a_dispatcher(audited: Audited, actor: object) -> None:
    with pytest.raises(Forbidden):
        await audited.catalogue.contracts.end_contract(actor, TENANT, None, "x")  # type: ignore[arg-type]  # one of two actors


async def test_no_end_lies_in_the_past_and_each_has_a_reason(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    await audited.cases.set_terms(DORA, CODE, ENTITLING)
    past = audited.world.clock.wall() - 1
    for refused, code in (
        (contracts.end_contract(DORA, TENANT, past, "x"), "end_in_the_past"),
        (contracts.end_contract(DORA, TENANT, None, " "), "no_reason"),
        (contracts.end_option(MINE, CODE, past, "x"), "end_in_the_past"),
        (contracts.end_option(MINE, CODE, None, ""), "no_reason"),
        (contracts.end_option(SAKI, CODE, None, "x"), "no_right"),
        (contracts.end_option(STRANGER, CODE, None, "x"), "adapter_not_found"),
        (contracts.end_contract(DORA, "nxm999999999", None, "x"), "contract_not_found"),
    ):
        with pytest.raises(Refused) as told:
            await refused
        assert told.value.code == code


# people


async def test_at_the_instant_itself_people_have_no_right_left(audited: Audited) -> None:
    credentials = await a_manager(audited)
    token = (await audited.catalogue.log_in(*credentials)).token
    await audited.catalogue.contracts.end_contract(DORA, TENANT, ahead(audited, 1 / DAY), "x")
    at = audited.world.clock.wall
    assert await audited.reads.person_by_token(hash_token(token), at()) is not None
    await audited.world.passes(1)
    assert await audited.reads.person_by_token(hash_token(token), at()) is None
    with pytest.raises(Unauthenticated):
        await audited.catalogue.log_in(*credentials)
    await ends(audited)
    with closing(sqlite3.connect(audited.world.database)) as connection:
        assert connection.execute("SELECT count(*) FROM token").fetchone() == (0,)


# the adapter


async def test_at_the_end_units_are_told_out_of_service_and_their_return_falls_due(audited: Audited) -> None:
    await audited.world.hello(OLD)
    await audited.catalogue.contracts.end_contract(DORA, TENANT, ahead(audited), "moves away")
    await ends(audited)
    await audited.world.hello(OLD)  # nothing has happened yet
    await audited.world.passes(10 * DAY)
    await ends(audited)
    assert await audited.catalogue.end_due_adapters(9) == 1
    assert audited.world.line.codes[-1] is CloseCode.OUT_OF_SERVICE
    with pytest.raises(NotAdmitted) as told:
        await audited.world.hello(OLD)
    assert (told.value.code, told.value.reason) == (CloseCode.OUT_OF_SERVICE, "contract_ended")
    owed = await the_return(audited)
    assert owed is not None
    assert (owed.unit_id, owed.exchange, owed.state, owed.why) == (OLD, None, ReturnState.DUE, "contract_ended")  # type: ignore[attr-defined]  # a return


async def test_a_unit_that_comes_back_serves_nobody_and_costs_nothing(audited: Audited) -> None:
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    received = await audited.cases.receive_return(DORA, 1, Receipt())
    await audited.world.workers()
    assert received.state is ReturnState.RECEIVED
    assert await audited.world.bound() is None
    units = await audited.world.store.batch(EVERYTHING, lambda batch: batch.units_by_id([OLD]))
    assert units[OLD].life is Life.RETURNED
    assert await audited.reads.charges(EVERYTHING) == []


async def test_a_unit_that_does_not_come_back_is_charged_once(audited: Audited) -> None:
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    await audited.world.passes(15 * DAY)
    for _ in range(2):
        await audited.cases.lapse_returns()
        await audited.world.workers()
        await audited.cases.price_charges()
    (charge,) = await audited.reads.charges(EVERYTHING)
    assert (charge.exchange, charge.rule, charge.total) == (None, "rental_never_returned", 33_500)
    await audited.cases.write_off_return(DORA, 1, Loss.NEVER_RETURNED, "no answer")
    await audited.world.workers()
    assert [one.proposal for one in await audited.reads.charges(EVERYTHING)] == [charge.proposal]


async def test_a_unit_that_the_customer_has_brought_is_not_owed(audited: Audited) -> None:
    await audited.cases.set_terms(DORA, CODE, Terms(ownership=Ownership.BROUGHT_IN))
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    assert await the_return(audited) is None


async def test_pushes_that_wait_are_cancelled_by_name(audited: Audited) -> None:
    await audited.catalogue.push_config(MANAGER, PushOrder(service_codes=[CODE], body="a\n"))
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    (push,) = await audited.reads.pushes(EVERYTHING)
    assert (push.phase, push.reason) == (Phase.CANCELLED, "contract_ended")


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (S.REQUESTED, S.CANCELLED),
        (S.ORDERED, S.CANCELLED),
        (S.ARRIVED, S.CANCELLED),
        (S.SWAPPED, S.FAILED),
        (S.ACCEPTED, S.FAILED),
        (S.CONFIRMED, S.CLOSED),
    ],
)
async def test_an_open_exchange_gets_its_named_end(audited: Audited, state: S, end: S) -> None:
    await until(audited.world, SENDBACK, state)
    serving = await audited.world.bound()
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    exchange = await audited.world.exchange()
    assert exchange.state is end
    assert exchange.reason == (None if end is S.CLOSED else "contract_ended")
    assert await audited.world.bound() == serving  # nothing is bound about for a contract that is over
    fault = await audited.world.store.batch(EVERYTHING, lambda batch: batch.fault(1))
    assert fault is not None
    assert fault.phase is FaultPhase.CLOSED
    assert fault.reason in (FaultEnd.CONTRACT_ENDED, FaultEnd.EXCHANGED)
    returns = await audited.world.store.batch(EVERYTHING, lambda batch: batch.returns_of_units([OLD, NEW]))
    assert [one.unit_id for one in returns if one.exchange is None] == [serving]


async def test_an_adapter_that_goes_on_after_all_owes_nothing(audited: Audited) -> None:
    await audited.catalogue.end_adapter(DORA, CODE, audited.world.clock.wall(), "closed")
    await ends(audited)
    await audited.catalogue.end_adapter(DORA, CODE, None, "it was the other one")
    await audited.world.workers()
    owed = await the_return(audited)
    assert owed is not None
    assert owed.state is ReturnState.CALLED_OFF  # type: ignore[attr-defined]  # a return
    await audited.world.hello(OLD)
    await audited.catalogue.end_adapter(DORA, CODE, ahead(audited), "now really")
    await audited.world.passes(10 * DAY)
    await ends(audited)
    again = await the_return(audited, 2)
    assert again is not None
    assert again.state is ReturnState.DUE  # type: ignore[attr-defined]  # a return


async def test_carried_out_again_nothing_changes(audited: Audited) -> None:
    await until(audited.world, SENDBACK, S.ORDERED)
    await audited.catalogue.contracts.end_contract(DORA, TENANT, None, "x")
    await ends(audited)
    standing = [(line.chain, line.number) for line in await audited.lines()]
    world = audited.world
    await world.killed()
    assert await carry_out_ends(9, store=world.store, clock=world.clock, policy=world.policy) == 0
    assert [(line.chain, line.number) for line in await audited.lines()] == standing


# the option


async def test_an_option_ends_on_its_day_and_can_be_asked_for_again(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    await audited.cases.set_terms(DORA, CODE, ENTITLING)
    assert (await contracts.end_option(MINE, CODE, ahead(audited), "costs")).option_ends_at == ahead(audited)
    assert (await contracts.continue_option(MINE, CODE, "no")).option_ends_at is None
    await contracts.end_option(MINE, CODE, ahead(audited), "costs")
    await audited.world.passes(10 * DAY)
    with pytest.raises(Conflict, match="no ultra-sendback option"):
        await contracts.continue_option(MINE, CODE, "too late")
    await ends(audited)
    view = await audited.reads.adapter(EVERYTHING, CODE)
    assert view is not None
    assert (view.adapter.option, view.adapter.option_ends_at) == (False, None)
    await audited.cases.attach_option(MINE, CODE, "again")
    await ends(audited)
    view = await audited.reads.adapter(EVERYTHING, CODE)
    assert view is not None
    assert view.adapter.option


# erasure


async def _lived_in(audited: Audited) -> str:
    """A contract with everything that says something of people."""
    master_id, *_ = await a_manager(audited)
    await audited.catalogue.contracts.add_delegate(MINE, TENANT, Naming(name="Taro Sato", telephone=CALLED))
    where = Declaration(service_code=CODE, location=SITE, reason="so Sato", written=ADDRESS)
    await audited.cases.declare_location(MINE, where)
    await audited.cases.areas.set_shipping_address(MINE, CODE, ADDRESS, PARCEL)
    await _spoke_with_the_desk(audited)
    await audited.catalogue.contracts.write_memo(MINE, CODE, SITE)
    await audited.catalogue.groups.make_group(MINE, TENANT, ROUND, "")
    await audited.catalogue.groups.save_preset(MINE, TENANT, PresetDraft(name="Ring", text=RING))
    await tell(audited.world, SENDBACK)
    await audited.catalogue.save_config(MINE, ConfigDraft(service_code=CODE, body="x\n", reason=WISH))
    await audited.cases.request_exchange(MINE, ExchangeRequest(service_code=CODE, reason=ASKED))
    await audited.world.workers()
    await audited.cases.swaps.override_verdict(DORA, 2, Verdict.DECLINED, OVERRULED)
    await audited.cases.cancel_exchange(MINE, 2, MENDED)
    return master_id


async def _spoke_with_the_desk(audited: Audited) -> None:
    """A caller who is not registered, a consent, and a config that was laid before the customer."""
    consents = audited.catalogue.consents
    call = CallReport(caller=Caller(name=CALLER, number=DESK), service_code=CODE, said=TOLD)
    await consents.record_call(SAKI, call)
    lent = ConsentDraft(management_code=TENANT, rights=[Right.EXCHANGE], reason=LENT, to_role=Role.SUPPORT)
    await consents.give_consent(MINE, lent)
    laid = await consents.propose_config(SAKI, ConfigDraft(service_code=CODE, body="b\n", reason=LAID))
    await consents.decline_proposal(MINE, laid.number, ANSWERED)


async def test_some_time_after_its_end_nothing_readable_of_its_people_is_left_and_every_chain_holds(
    audited: Audited,
) -> None:
    master_id = await _lived_in(audited)
    before = {(line.chain, line.number, line.hash) for line in await audited.lines()}
    await audited.catalogue.contracts.end_contract(DORA, TENANT, ahead(audited), "moves away")
    await audited.world.passes(10 * DAY)
    await ends(audited)
    await audited.world.passes(89 * DAY)
    assert await audited.catalogue.contracts.erase_contracts(9) == 0
    await audited.world.passes(1 * DAY)
    assert await audited.catalogue.contracts.erase_contracts(9) == 1
    assert await audited.catalogue.contracts.erase_contracts(9) == 0
    files = raw(audited)
    texts = [NAME, "Taro Sato", SITE, CALLED, "so Sato", "failed twice", WISH, ASKED, MENDED, LENT, LAID, ANSWERED]
    texts += [
        RING,
        ROUND,
        DESK,
        CALLER,
        TOLD,
        OVERRULED,
        PARCEL,
        ADDRESS.rest,
        ADDRESS.addressee,
        "0312345678",
        "1020071",
    ]
    assert [text for text in texts if text.encode() in files] == []
    assert all(isinstance(one, ChainHolds) for one in verify(chain_rows(audited.world.database), []))
    lines = await audited.lines()
    assert before < {(line.chain, line.number, line.hash) for line in lines}
    mine = [line for line in lines if line.chain in (TENANT, SYSTEM)]
    told = {record_in(line)["actor"]: set(line.personal.values()) for line in mine}
    assert told[master_id] <= {ERASED}
    erased = [record_in(line) for line in mine if record_in(line)["action"] == "erase_contract"]
    assert [set(ERASERS) < set(one["after"]) for one in erased] == [True]


def raw(audited: Audited) -> bytes:
    database = audited.world.database
    log = database.with_name(f"{database.name}-wal")
    return database.read_bytes() + (log.read_bytes() if log.exists() else b"")


async def test_another_contracts_people_stay(audited: Audited) -> None:
    added = await audited.catalogue.add_person(DORA, OTHER_TENANT, "Ben Other")
    await _lived_in(audited)
    await audited.catalogue.contracts.end_contract(DORA, TENANT, None, "x")
    await ends(audited)
    await audited.world.passes(91 * DAY)
    await audited.catalogue.contracts.erase_contracts(9)
    assert [one.name for one in await audited.reads.people_of(EVERYTHING, OTHER_TENANT)] == ["Ben Other"]
    logged_in = await audited.catalogue.log_in(added.person.master_id, added.one_time_password, PASSWORD, "192.0.2.2")
    assert logged_in.actor.name == "Ben Other"


@pytest.mark.parametrize("kind", ERASERS)
async def test_no_eraser_is_there_in_vain(audited: Audited, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of them something readable is left."""
    without = {name: erase for name, erase in ERASERS.items() if name != kind}
    monkeypatch.setattr("servicehost.operations.erase_contracts.ERASERS", without)
    await _lived_in(audited)
    await audited.catalogue.contracts.end_contract(DORA, TENANT, None, "x")
    await ends(audited)
    await audited.world.passes(91 * DAY)
    assert await audited.catalogue.contracts.erase_contracts(9) == 1
    left = {"people": [NAME], "named": [CALLED], "places": [SITE, "1020071"], "calls": [CALLER, DESK, TOLD]}
    left |= {
        "groups": [ROUND],
        "presets": [RING],
        "addresses": [ADDRESS.addressee, ADDRESS.rest],
        "words": ["so Sato", LENT, LAID, ANSWERED, OVERRULED],
    }
    # Labels say nothing here, and nothing is scheduled or tasked: these are tried beside their tables.
    left |= {"destinations": [ADDRESS.addressee, ADDRESS.rest], "labels": []}
    left |= {"schedules": [], "task_results": []}
    files = raw(audited)
    assert [text for text in left[kind] if text.encode() not in files] == []
