"""Each use case of people leaves exactly the record it promises, and no secret in it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
import pytest

from servicehost.domain.appointment import Agreement, Attendee, Window
from servicehost.domain.area_proposal import ProposalKind
from servicehost.domain.audit import SYSTEM, Action
from servicehost.domain.config import ModuleState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Part
from servicehost.domain.destination import DestinationKind
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.errand import Driver
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fact_kind import Cause, FactName, Inspection, Item, SiteState
from servicehost.domain.fault import FaultEnd
from servicehost.domain.life import LifeSaid
from servicehost.domain.miss import MissReason
from servicehost.domain.people import Actor, Right, Role
from servicehost.domain.phone_call import Caller, CallOutcome
from servicehost.domain.rollout import RolloutPlan
from servicehost.domain.rules import Verdict
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import TaskPlan
from servicehost.domain.selection import Selection
from servicehost.domain.task import Result
from servicehost.domain.task_work import Command
from servicehost.domain.triage_question import Question, TriageReply
from servicehost.domain.triage_question import Reply as TriageYes
from servicehost.domain.unit_return import Loss
from servicehost.operations.add_delegate import Naming
from servicehost.operations.area_catalogue import AreaCatalogue, AreaPolicy
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.operations.catalogue import Catalogue
from servicehost.operations.choose_destination import DestinationChoice
from servicehost.operations.choose_password import Choice
from servicehost.operations.close_area import Closing
from servicehost.operations.config_catalogue import ConfigCatalogue
from servicehost.operations.consent_catalogue import ConsentCatalogue
from servicehost.operations.contract_catalogue import ContractCatalogue
from servicehost.operations.create_rollout import RolloutOrder
from servicehost.operations.decide_area import AreaDecision
from servicehost.operations.declare_location import Declaration
from servicehost.operations.errand_catalogue import ErrandCatalogue
from servicehost.operations.errands import ErrandReport
from servicehost.operations.export_tenant import ExportOrder
from servicehost.operations.give_consent import ConsentDraft
from servicehost.operations.group_catalogue import GroupCatalogue
from servicehost.operations.importing import ImportOrder
from servicehost.operations.inspect_return import InspectionReport
from servicehost.operations.make_notice import Notice
from servicehost.operations.order_task import TaskOrder
from servicehost.operations.push_config import PushOrder
from servicehost.operations.record_call import CallReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.reserve_unit import Choice as SpareChoice
from servicehost.operations.restore_snapshot import Restoration
from servicehost.operations.returning import Receipt, Shipment
from servicehost.operations.revising import ModuleDraft
from servicehost.operations.rollouts_catalogue import RolloutsCatalogue
from servicehost.operations.rollover_catalogue import RolloverCatalogue
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.save_preset import PresetDraft
from servicehost.operations.schedule_catalogue import ScheduleCatalogue
from servicehost.operations.schedule_push import ScheduleDraft
from servicehost.operations.schedule_task import TaskDraft
from servicehost.operations.set_terms import Terms
from servicehost.operations.showing import Showing
from servicehost.operations.snapshot_catalogue import SnapshotCatalogue
from servicehost.operations.state_fact import Statement
from servicehost.operations.state_site import SiteWord
from servicehost.operations.swap_catalogue import SwapCatalogue
from servicehost.operations.take_snapshot import SnapshotOrder
from servicehost.operations.taking_over import Takeover
from servicehost.operations.task_catalogue import TaskCatalogue
from servicehost.operations.tenant_catalogue import TenantCatalogue
from servicehost.operations.triage_catalogue import TriageCatalogue
from servicehost.ports.session_rows import SessionChange
from servicehost.ports.store import Batch
from tests.builders.area_orders import CHIYODA, on_site_order
from tests.builders.audited import CALLED_FROM, DORA, MINE, SAKI, Audited, open_audited, record_in
from tests.builders.stories import ENTITLING, ON_SITE, SENDBACK, tell, until
from tests.builders.world import (
    CODE,
    DISPATCHER,
    MANAGER,
    MODEL,
    NEW,
    NEW_2,
    OLD,
    OTHER_MODEL,
    OTHER_TENANT,
    SUPPORT,
    TENANT,
    distribution_id,
)

S = ExchangeState
Step = Callable[[Audited], Awaitable[object]]
SECOND = msgspec.structs.replace(MINE, master_id="MID00000099")
_STEERED = ("members", "state", "waves")
MAIN_DRAFT = ModuleDraft(module=0, raw=b"a", kind="text")
PASSWORD = "a good long password"
BODY = "secret of the config\n"
SECRETIVE = Command(lines=(BODY.strip(),))
BOX = distribution_id(15)
TABLE = f"distribution_id,model,serial\n{BOX},SA-W2,000015\n".encode()
# The Master ID is drawn: whoever comes in by it is named by this word here.
DRAWN = "MID"


class Promise(NamedTuple):
    """What the use case leaves; `prepared` brings the world to where it can be called."""

    call: Step
    chain: str
    subject: str
    actor: str = DISPATCHER.master_id
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    prepared: tuple[Step, ...] = ()


def ask(attendee: str = "") -> ExchangeRequest:
    return ExchangeRequest(service_code=CODE, attendee=attendee, site=SiteState.STAFFED, reason="it is dead")


def story(state: ExchangeState) -> Step:
    return lambda a: until(a.world, SENDBACK, state)


_ERRAND = ("driver", "late_because", "times", "tracking", "visit")
ATTENDEE = Attendee(name="Sato", telephone="03-1234-5678")


async def _on_site(a: Audited) -> None:
    await until(a.world, ON_SITE, S.ORDERED)


def soon(a: Audited) -> Window:
    hour = a.world.clock.wall() + 3_600_000
    return Window(from_at=hour, until_at=hour + 3_600_000)


async def _no_spare(a: Audited) -> None:
    """Judged, and nothing to send: what should reserve is parked."""
    for unit_id in (NEW, NEW_2):
        await a.world.store.batch(EVERYTHING, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await until(a.world, SENDBACK, S.JUDGED)


async def _two_revisions(a: Audited) -> None:
    for body in (BODY, "another\n"):
        await a.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body=body))


ROLLOUT = RolloutOrder(
    name="x", note="for Sato", plan=RolloutPlan(targets=Selection(service_codes=(CODE,)), approval=True)
)


async def _rollout(a: Audited) -> None:
    await a.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body=BODY))
    await a.catalogue.rollouts.create_rollout(MANAGER, ROLLOUT)


async def _waits_for_approval(a: Audited) -> None:
    await _rollout(a)
    await a.catalogue.rollouts.start_rollout(MANAGER, 1, None, True)


async def _runs(a: Audited) -> None:
    await _waits_for_approval(a)
    await a.catalogue.rollouts.approve_rollout(SECOND, 1, None, "")


async def _paused(a: Audited) -> None:
    await _runs(a)
    await a.catalogue.rollouts.pause_rollout(MANAGER, 1, "")


AT = 2_000_000_000_000
AT_NIGHT = ScheduleDraft(order=PushOrder(service_codes=[CODE], reason="so Sato"), schedule=Schedule(at=AT), fixed=True)

TASK_AT_NIGHT = TaskDraft(
    plan=TaskPlan(adapters=Selection(service_codes=(CODE,)), work=SECRETIVE, name="Sato"),
    schedule=Schedule(at=AT),
    note="so Sato",
)


async def _scheduled(a: Audited) -> None:
    await _two_revisions(a)
    await a.catalogue.schedules.schedule_push(MANAGER, AT_NIGHT)


async def _snapshot(a: Audited) -> None:
    """One of what is not any more."""
    await a.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body=BODY))
    await a.catalogue.snapshots.take_snapshot(MANAGER, SnapshotOrder(name="before"))
    await a.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body="another\n"))


async def _exported(a: Audited) -> None:
    """The contract, to be taken into another one."""
    parts = (await a.catalogue.configs.tenants.export_tenant(MANAGER, ExportOrder(management_code=TENANT))).parts
    a.archive = ImportOrder(
        management_code=OTHER_TENANT,
        archive=b"".join([part async for part in parts]),
        mapping={CODE: "nxe000000009"},
        apply=True,
        reason="so Sato",
    )


async def _imported(a: Audited) -> object:
    assert a.archive is not None
    return await a.catalogue.configs.tenants.import_tenant(DORA, a.archive)


async def _two_modules(a: Audited) -> None:
    """The unit has a second module, and the adapter a config."""

    def said(batch: Batch) -> None:
        epoch, _ = batch.fences([OLD])[OLD]
        states = (ModuleState(), ModuleState(module=1))
        batch.change_modules([SessionChange(unit_id=OLD, epoch=epoch, modules=states)])

    await a.world.store.batch(EVERYTHING, said)
    await a.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body=BODY))


async def _tasked(a: Audited) -> None:
    """A task that waits, and has brought something all the same."""
    await a.catalogue.tasks.order_task(MANAGER, TaskOrder(service_codes=[CODE], work=SECRETIVE, name="Sato"))
    result = Result(
        task=1, module=0, management_code=TENANT, media_type="text/plain", size_bytes=1, digest="d", body=BODY.encode()
    )
    await a.world.store.batch(EVERYTHING, lambda batch: batch.add_task_results([result]))


async def _find_parked(a: Audited) -> None:
    (reaction,) = await a.reads.reactions(EVERYTHING, parked=True)
    a.parked = reaction.number


async def _declared(a: Audited) -> None:
    await a.cases.declare_location(MANAGER, Declaration(service_code=CODE, location="Osaka 1"))


async def _person(a: Audited) -> None:
    """Anna, who has her own password."""
    added = await a.catalogue.add_person(DISPATCHER, TENANT, "Anna")
    a.anna = added.person.master_id
    await a.catalogue.log_in(a.anna, added.one_time_password, PASSWORD, "127.0.0.1")


async def _newcomer(a: Audited) -> None:
    """Anna, who has not chosen a password yet."""
    a.anna = (await a.catalogue.add_person(DISPATCHER, TENANT, "Anna")).person.master_id


async def _make_notice(a: Audited) -> Notice:
    notice = await a.catalogue.contracts.make_notice(DORA, a.anna)
    a.token = notice.link
    return notice


async def _noticed(a: Audited) -> None:
    a.token = (await a.catalogue.contracts.make_notice(DISPATCHER, a.anna)).link


def as_anna(a: Audited) -> Actor:
    return Actor(
        person_id=1,
        master_id=a.anna,
        name="Anna",
        role=Role.OPERATION_MANAGER,
        management_code=TENANT,
        source=CALLED_FROM,
        token="a1",
    )


async def _ended_exchange_of_sato(a: Audited) -> None:
    await a.cases.request_exchange(MANAGER, ask("Sato"))
    await a.cases.cancel_exchange(MANAGER, 1, "it works again")


async def _logged_in(a: Audited) -> None:
    await _person(a)
    a.token = (await a.catalogue.log_in(a.anna, PASSWORD, None, "127.0.0.1")).token


async def _held(a: Audited) -> None:
    at = a.world.clock.wall()
    await a.world.store.batch(EVERYTHING, lambda batch: batch.hold_units([OLD], at))


async def _second_certificate(a: Audited) -> None:
    async with a.world.store.transaction(EVERYTHING) as tx:
        await tx.add_certificate(OLD, "second", "AB12", 2**42, 1)


async def _asks_to_enrol(a: Audited) -> None:
    asks = EnrolmentRequest(
        unit_id=NEW,
        distribution_id=distribution_id(NEW),
        model=MODEL,
        serial="S2",
        key_fingerprint="c" * 64,
        way=Way.BIRTH,
        state=RequestState.PENDING,
        asked_at=1,
        last_asked_at=1,
        remote_address="192.0.2.7",
    )
    async with a.world.store.transaction(EVERYTHING) as tx:
        await tx.put_enrolment_request(asks)


async def _begin_rollover(a: Audited) -> None:
    await a.catalogue.rollover.begin(DORA)


async def _owed(a: Audited) -> None:
    """The old unit is to come back."""
    await until(a.world, SENDBACK, S.ARRIVED)
    await a.world.workers()


async def _received(a: Audited) -> None:
    await a.cases.receive_return(DISPATCHER, 1, Receipt())
    await a.world.workers()


async def _lapsed(a: Audited) -> None:
    await tell(a.world, SENDBACK[8:])
    await a.world.passes(15 * 86_400)
    await a.cases.lapse_returns()
    await a.world.workers()


async def _depot(a: Audited) -> None:
    await a.cases.swaps.open_depot(DISPATCHER, "east", "Suzuki's", "Tokyo")


async def _judged(a: Audited) -> None:
    """A verdict, and nothing to send."""
    await _no_spare(a)


async def _overridden(a: Audited) -> None:
    await _judged(a)
    await a.cases.swaps.override_verdict(DISPATCHER, 1, Verdict.ONSITE_SWAP, "a driver is near")


async def _closed(a: Audited) -> None:
    await tell(a.world, SENDBACK)


async def _standby(a: Audited) -> None:
    """Another adapter of the contract, under the standby item, whose unit is in session."""
    await a.catalogue.add_adapter(DISPATCHER, TENANT, "nxe000000009", "")
    await a.cases.set_terms(DISPATCHER, "nxe000000009", Terms(item=Item.STANDBY))
    await a.world.store.batch(EVERYTHING, lambda batch: batch.drop_spare(NEW))
    await a.catalogue.bind_unit(DISPATCHER, "nxe000000009", distribution_id(NEW), "")
    await a.world.hello(NEW)


DRAFT = ConfigDraft(service_code=CODE, body=BODY, reason="for Sato")


async def _on_site_order(a: Audited) -> None:
    await on_site_order(a.world)


async def _area_closed(a: Audited) -> None:
    await a.cases.areas.close_area(DISPATCHER, CLOSING)


SHIP_TO = msgspec.structs.replace(CHIYODA, rest="1-1", addressee="Suzuki", telephone="0312345678")
CLOSING = Closing(code="13", reason="Sato saw the road", until=2**41)
KEPT = AreaDecision(accept=False, reason="Sato drives himself")


async def _consented(a: Audited) -> None:
    await a.catalogue.consents.give_consent(MANAGER, CONSENT)


async def _called(a: Audited) -> None:
    await _person(a)
    await a.catalogue.consents.record_call(SUPPORT, CALL)


async def _proposed(a: Audited) -> None:
    await a.catalogue.consents.propose_config(SUPPORT, DRAFT)


CONSENT = ConsentDraft(management_code=TENANT, rights=[Right.EDIT_CONFIG], reason="for Sato", to_role=Role.SUPPORT)
CALL = CallReport(
    caller=Caller(name="anna", number="03-0000-0000"), service_code=CODE, said="Sato is away", answered="ask Sato"
)


async def _grouped(a: Audited) -> None:
    """A group, a saved query, and a tag on the adapter."""
    await a.catalogue.groups.make_group(MANAGER, TENANT, "West", "")
    await a.catalogue.groups.save_query(MANAGER, TENANT, "All", "code:nxe")
    await a.catalogue.groups.tag_adapters(MANAGER, ONE, ["vip"], [])
    await a.catalogue.groups.save_preset(MANAGER, TENANT, PresetDraft(name="Show", text="show"))


SHOW = PresetDraft(name="Sato's", text="show sato", says="for Sato")
PRESET = ("kind", "name", "says", "text")
ONE = Selection(service_codes=(CODE,))
LATER = 2**42
SATO = Naming(name="Sato", telephone="06-1234-5678")
WET = TriageReply(question=Question.WATER, reply=TriageYes.YES, note="Sato spilt his tea")
EXPORT = ExportOrder(management_code=TENANT, reason="so Sato")
RESTORATION = Restoration(seen={CODE: 2}, reason="so Sato")
CHOICE = SpareChoice(distribution_id=distribution_id(OTHER_MODEL), override=True, reason="Suzuki says so")
FACT = Statement(name=FactName.ATTENDEE, value=True, attendee="Sato")
STAND_IN = DestinationChoice(kind=DestinationKind.STAND_IN, reason="Sato has moved", stand_in=SHIP_TO)
E1, F1 = "exchange 1", "fault 1"
STATE = ("state",)
R1 = "return 1"

PROMISED: Mapping[str, Promise] = {
    "log_in": Promise(
        lambda a: a.catalogue.log_in(a.anna, PASSWORD, None, CALLED_FROM),
        SYSTEM, DRAWN, DRAWN, after=("password", "token"), prepared=(_person,),
    ),
    "log_out": Promise(
        lambda a: a.catalogue.log_out(as_anna(a), a.token),
        SYSTEM, DRAWN, DRAWN, before=("token",), prepared=(_logged_in,),
    ),
    "change_password": Promise(
        lambda a: a.catalogue.change_password(as_anna(a), PASSWORD, "another good password"),
        SYSTEM, DRAWN, DRAWN, after=("password", "token"), prepared=(_person,),
    ),
    "add_person": Promise(
        lambda a: a.catalogue.add_person(DORA, TENANT, "Hanako"),
        TENANT, DRAWN, after=("name", "role"), personal=("after/name",),
    ),
    "add_provider_person": Promise(
        lambda a: a.catalogue.add_provider_person(Role.SUPPORT, "Saki"),
        SYSTEM, DRAWN, "host", after=("name", "role"), personal=("after/name",),
    ),
    "erase_person": Promise(
        lambda a: a.catalogue.erase_person(DORA, a.anna, "she left"),
        TENANT, DRAWN, before=("erased",), after=("erased",), personal=("reason",), prepared=(_person,),
    ),
    "erase_named": Promise(
        lambda a: a.catalogue.erase_named(DORA, TENANT, "Sato", "he asked"),
        TENANT, TENANT, before=("erased",), after=("erased",), personal=("reason",),
        prepared=(_ended_exchange_of_sato,),
    ),
    "add_customer": Promise(
        lambda a: a.catalogue.contracts.add_customer(DORA, None, "Suzuki Shoji"), SYSTEM, "nxc", after=("name",)
    ),
    "add_contract": Promise(
        lambda a: a.catalogue.add_contract(DORA, "nxm000000009", "x"),
        "nxm000000009", "nxm000000009", after=("customer_code", "label"),
    ),
    "write_memo": Promise(
        lambda a: a.catalogue.contracts.write_memo(MINE, CODE, "Osaka 1-1"),
        TENANT, CODE, MANAGER.master_id, before=("memo",), after=("memo",), personal=("after/memo",),
    ),
    "add_delegate": Promise(
        lambda a: a.catalogue.contracts.add_delegate(MINE, TENANT, SATO),
        TENANT, "delegate 1", MANAGER.master_id,
        after=("attends_from", "attends_until", "name", "service_codes", "telephone"),
        personal=("after/name", "after/telephone"),
    ),
    "end_delegate": Promise(
        lambda a: a.catalogue.contracts.end_delegate(MINE, 1, "Sato has left us"),
        TENANT, "delegate 1", MANAGER.master_id, before=("ended_at",), after=("ended_at",), personal=("reason",),
        prepared=(lambda a: a.catalogue.contracts.add_delegate(MANAGER, TENANT, SATO),),
    ),
    "end_contract": Promise(
        lambda a: a.catalogue.contracts.end_contract(DORA, TENANT, LATER, "Sato moves away"),
        TENANT, TENANT, before=("ends_at",), after=("ends_at",), personal=("reason",),
    ),
    "continue_contract": Promise(
        lambda a: a.catalogue.contracts.continue_contract(DORA, TENANT, "Sato stays"),
        TENANT, TENANT, before=("ends_at",), after=("ends_at",), personal=("reason",),
        prepared=(lambda a: a.catalogue.contracts.end_contract(DISPATCHER, TENANT, LATER, "x"),),
    ),
    "end_option": Promise(
        lambda a: a.catalogue.contracts.end_option(MINE, CODE, LATER, "Sato says so"),
        TENANT, CODE, MANAGER.master_id, before=("option_ends_at",), after=("option_ends_at",), personal=("reason",),
        prepared=(lambda a: a.cases.set_terms(DISPATCHER, CODE, ENTITLING),),
    ),
    "continue_option": Promise(
        lambda a: a.catalogue.contracts.continue_option(MINE, CODE, "Sato says no"),
        TENANT, CODE, MANAGER.master_id, before=("option_ends_at",), after=("option_ends_at",), personal=("reason",),
        prepared=(
            lambda a: a.cases.set_terms(DISPATCHER, CODE, ENTITLING),
            lambda a: a.catalogue.contracts.end_option(MANAGER, CODE, LATER, "x"),
        ),
    ),
    "make_notice": Promise(
        _make_notice, TENANT, DRAWN, after=("link_expires_at",), prepared=(_newcomer,),
    ),
    "choose_password": Promise(
        lambda a: a.catalogue.contracts.choose_password(
            Choice(link=a.token, master_id=a.anna, password=PASSWORD), CALLED_FROM
        ),
        SYSTEM, DRAWN, DRAWN, after=("password",), prepared=(_newcomer, _noticed),
    ),
    "register_unit": Promise(
        lambda a: a.catalogue.register_unit(DORA, BOX, "SA-W2", "000015"),
        SYSTEM, BOX, after=("model", "serial", "unit"),
    ),
    "import_units": Promise(
        lambda a: a.catalogue.import_units(DORA, TABLE, False), SYSTEM, "units", after=("count", "digest")
    ),
    "change_unit_life": Promise(
        lambda a: a.catalogue.change_unit_life(MINE, distribution_id(OLD), LifeSaid.STOLEN, "Sato saw the thief"),
        TENANT, distribution_id(OLD), MANAGER.master_id, before=("life",), after=("life", "revoked", "said", "unit"),
        personal=("reason",),
    ),
    "move_unit": Promise(
        lambda a: a.catalogue.move_unit(DORA, distribution_id(OLD), ["wss://b.example"]),
        TENANT, distribution_id(OLD), before=("hosts",), after=("hosts", "unit"),
    ),
    "take_unit_back": Promise(
        lambda a: a.catalogue.take_unit_back(DORA, distribution_id(OLD)),
        TENANT, distribution_id(OLD), before=("hosts",), after=("hosts", "unit"),
        prepared=(lambda a: a.catalogue.move_unit(DISPATCHER, distribution_id(OLD), ["wss://b.example"]),),
    ),
    "ask_renewals": Promise(
        lambda a: a.catalogue.ask_renewals(DORA, [distribution_id(OLD)], "Sato's key is short"),
        TENANT, distribution_id(OLD), before=("renewal",), after=("renewal", "unit"), personal=("reason",),
    ),
    "release_unit": Promise(
        lambda a: a.catalogue.release_unit(DORA, distribution_id(OLD), "Sato has put one away"),
        TENANT, distribution_id(OLD), before=("held_at",), after=("held_at", "unit"), personal=("reason",),
        prepared=(_held,),
    ),
    "revoke_unit": Promise(
        lambda a: a.catalogue.revoke_unit(DORA, distribution_id(OLD), "key_compromise", "Sato lost the key"),
        TENANT, distribution_id(OLD), before=("revoked",), after=("revoked", "revoked_as", "unit"),
        personal=("reason",),
    ),
    "revoke_certificate": Promise(
        lambda a: a.catalogue.revoke_certificate(DORA, "AB12", "superseded", "Sato has a newer one"),
        TENANT, distribution_id(OLD), before=("revoked",), after=("revoked", "revoked_as", "serial_number", "unit"),
        personal=("reason",), prepared=(_second_certificate,),
    ),
    "approve_enrolment": Promise(
        lambda a: a.catalogue.approve_enrolment(DORA, 1),
        SYSTEM, distribution_id(NEW), before=STATE, after=("key", "request", "state", "unit", "way"),
        prepared=(_asks_to_enrol,),
    ),
    "deny_enrolment": Promise(
        lambda a: a.catalogue.deny_enrolment(DORA, 1, "Sato knows of no such box"),
        SYSTEM, distribution_id(NEW), before=STATE, after=("key", "request", "state", "unit", "way"),
        personal=("reason",), prepared=(_asks_to_enrol,),
    ),
    "end_adapter": Promise(
        lambda a: a.catalogue.end_adapter(DORA, CODE, 1, "Sato has moved away"),
        TENANT, CODE, before=("out_of_service_at",), after=("out_of_service_at",), personal=("reason",),
    ),
    "issue_enrolment_token": Promise(
        lambda a: a.catalogue.issue_enrolment_token(DORA, distribution_id(NEW)),
        SYSTEM, distribution_id(NEW), after=("expires_at", "unit"),
    ),
    "add_adapter": Promise(
        lambda a: a.catalogue.add_adapter(DORA, TENANT, "nxe000000009", "Osaka 1-1"),
        TENANT, "nxe000000009", after=("brought_in", "memo", "site_name"),
        personal=("after/memo", "after/site_name"),
    ),
    "bind_unit": Promise(
        lambda a: a.catalogue.bind_unit(DORA, "nxe000000009", distribution_id(NEW), "Sato was there"),
        TENANT, "nxe000000009", before=("binding", "unit"), after=("binding", "distribution_id", "unit"),
        personal=("reason",), prepared=(lambda a: a.catalogue.add_adapter(DISPATCHER, TENANT, "nxe000000009", ""),),
    ),
    "unbind_unit": Promise(
        lambda a: a.catalogue.unbind_unit(DORA, CODE, "Sato is gone"),
        TENANT, CODE, before=("binding", "unit"), after=("binding", "unit"), personal=("reason",),
    ),
    "save_config": Promise(
        lambda a: a.catalogue.save_config(MINE, DRAFT),
        TENANT, CODE, MANAGER.master_id, before=("digest", "revision"), after=("digest", "module", "revision"),
        personal=("reason",),
    ),
    "push_config": Promise(
        lambda a: a.catalogue.push_config(MINE, PushOrder(service_codes=[CODE], body=BODY, reason="for Sato")),
        TENANT, CODE, MANAGER.master_id, before=("superseded", "superseded_pushes"),
        after=("adapters", "adapters_digest", "digests", "pushes", "revisions_saved", "target"), personal=("reason",),
    ),
    "cancel_push": Promise(
        lambda a: a.catalogue.cancel_push(MINE, 1),
        TENANT, CODE, MANAGER.master_id, before=("phase", "push"), after=("phase", "push"),
        prepared=(lambda a: a.catalogue.push_config(MANAGER, PushOrder(service_codes=[CODE], body=BODY)),),
    ),
    "order_task": Promise(
        lambda a: a.catalogue.tasks.order_task(MINE, TaskOrder(service_codes=[CODE], work=SECRETIVE, note="for Sato")),
        TENANT, CODE, MANAGER.master_id,
        after=("adapters", "adapters_digest", "kind", "tasks", "work_digest"), personal=("reason",),
    ),
    "cancel_task": Promise(
        lambda a: a.catalogue.tasks.cancel_task(MINE, 1),
        TENANT, CODE, MANAGER.master_id, before=("state", "task"), after=("state", "task"), prepared=(_tasked,),
    ),
    "cancel_batch": Promise(
        lambda a: a.catalogue.tasks.cancel_batch(MINE, 1),
        TENANT, "batch 1", MANAGER.master_id,
        before=("batch", "running", "waiting"), after=("batch", "cancelled", "running"), prepared=(_tasked,),
    ),
    "read_result": Promise(
        lambda a: a.catalogue.tasks.read_result(MINE, 1, 0),
        TENANT, CODE, MANAGER.master_id, after=("digest", "module", "size_bytes", "task"), prepared=(_tasked,),
    ),
    "set_terms": Promise(
        lambda a: a.cases.set_terms(DORA, CODE, ENTITLING),
        TENANT, CODE, before=("coverage", "declared_location", "option"),
        after=("coverage", "declared_location", "option"),
        personal=("after/declared_location",),
    ),
    "declare_location": Promise(
        lambda a: a.cases.declare_location(MINE, Declaration(service_code=CODE, location="Osaka 1", reason="by Sato")),
        TENANT, CODE, MANAGER.master_id, before=("declared_location",),
        after=("coverage", "declaration", "declared_location", "effective_at", "municipality"),
        personal=("after/declared_location", "reason"),
    ),
    "attach_option": Promise(
        lambda a: a.cases.attach_option(MINE, CODE, "Sato asks"),
        TENANT, CODE, MANAGER.master_id, before=STATE, after=("location", "rule", "state"), personal=("reason",),
        prepared=(_declared,),
    ),
    "detach_option": Promise(
        lambda a: a.cases.detach_option(MINE, CODE, "Sato says so"),
        TENANT, CODE, MANAGER.master_id, before=STATE, after=("location", "rule", "state"), personal=("reason",),
        prepared=(lambda a: a.cases.set_terms(DISPATCHER, CODE, ENTITLING),),
    ),
    "decide_option": Promise(
        lambda a: a.cases.decide_option(DORA, CODE, True, "Suzuki of sales agrees"),
        TENANT, CODE, before=STATE, after=("location", "rule", "state"), personal=("reason",),
        prepared=(_declared, lambda a: a.cases.attach_option(MANAGER, CODE, "")),
    ),
    "state_site": Promise(
        lambda a: a.cases.state_site(MINE, CODE, SiteWord(site=SiteState.UNMANNED, reason="Sato is away")),
        TENANT, CODE, MANAGER.master_id, before=("site",), after=("site",), personal=("reason",),
    ),
    "set_shipping_address": Promise(
        lambda a: a.cases.areas.set_shipping_address(MINE, CODE, SHIP_TO, "Sato asked the post office"),
        TENANT, CODE, MANAGER.master_id, before=("address",), after=("address", "number"),
        personal=("after/address", "before/address", "reason"),
    ),
    "choose_destination": Promise(
        lambda a: a.cases.areas.choose_destination(DORA, 1, STAND_IN),
        TENANT, E1, before=("address",), after=("address", "kind"),
        personal=("after/address", "reason"), prepared=(_no_spare,),
    ),
    "close_area": Promise(
        lambda a: a.cases.areas.close_area(DORA, CLOSING),
        SYSTEM, "area 1", before=("closed",), after=("code", "review_at", "state", "until"), personal=("reason",),
    ),
    "reopen_area": Promise(
        lambda a: a.cases.areas.reopen_area(DORA, 1, "Sato says the road is open"),
        SYSTEM, "area 1", before=("ended_at",), after=("ended_at",), personal=("reason",), prepared=(_area_closed,),
    ),
    "decide_area_proposal": Promise(
        lambda a: a.cases.areas.decide_area_proposal(DORA, 1, KEPT),
        TENANT, E1, before=STATE, after=("area", "kind", "proposal", "state"), personal=("reason",),
        prepared=(_on_site_order, _area_closed),
    ),
    "decide_area_proposals": Promise(
        lambda a: a.cases.areas.decide_area_proposals(DORA, 1, ProposalKind.DOWNGRADE, KEPT),
        TENANT, E1, before=STATE, after=("area", "kind", "proposal", "state"), personal=("reason",),
        prepared=(_on_site_order, _area_closed),
    ),
    "stock_unit": Promise(
        lambda a: a.cases.stock_unit(DORA, BOX),
        SYSTEM, BOX, before=STATE, after=("depot", "firmware", "state", "unit"),
        prepared=(lambda a: a.catalogue.register_unit(DISPATCHER, BOX, "SA-W2", "000015"),),
    ),
    "open_depot": Promise(
        lambda a: a.cases.swaps.open_depot(DORA, "east", "East", "Kanagawa"),
        SYSTEM, "east", before=("area", "label"), after=("area", "label"),
    ),
    "set_stock_threshold": Promise(
        lambda a: a.cases.swaps.set_stock_threshold(DORA, "east", MODEL, 3),
        SYSTEM, f"east {MODEL}", before=("least",), after=("least",), prepared=(_depot,),
    ),
    "move_spare": Promise(
        lambda a: a.cases.swaps.move_spare(DORA, distribution_id(NEW), "east", "Suzuki asks"),
        SYSTEM, distribution_id(NEW), before=("depot",), after=("depot", "unit"), personal=("reason",),
        prepared=(_depot,),
    ),
    "override_verdict": Promise(
        lambda a: a.cases.swaps.override_verdict(DORA, 1, Verdict.ONSITE_SWAP, "Sato's only line"),
        TENANT, E1, after=("ruled", "verdict"), personal=("reason",), prepared=(_judged,),
    ),
    "withdraw_override": Promise(
        lambda a: a.cases.swaps.withdraw_override(DORA, 1, "Sato can wait"),
        TENANT, E1, after=("ruled", "withdrawn"), personal=("reason",), prepared=(_overridden,),
    ),
    "reopen_exchange": Promise(
        lambda a: a.cases.swaps.reopen_exchange(MINE, 1, "Sato sees it restart"),
        TENANT, E1, MANAGER.master_id,
        before=("binding", "charge", "expected_firmware", "method", "new_unit_id", "old_unit_id", "state"),
        after=("binding", "charge", "expected_firmware", "method", "new_unit_id", "old_unit_id", "round", "state"),
        personal=("reason",), prepared=(_closed,),
    ),
    "promote_adapter": Promise(
        lambda a: a.cases.swaps.promote_adapter(DORA, "nxe000000009", "Sato asks for it"),
        TENANT, "nxe000000009", before=("item",), after=("item",), personal=("reason",), prepared=(_standby,),
    ),
    "swap_in_standby": Promise(
        lambda a: a.cases.swaps.swap_in_standby(MINE, "nxe000000009", CODE, Takeover(reason="Sato stands there")),
        TENANT, E1, MANAGER.master_id, before=("binding", "state"),
        after=("binding", "discarded", "distribution_id", "misfits", "overridden", "standby", "state"),
        personal=("reason",), prepared=(_standby,),
    ),
    "replace_unit": Promise(
        lambda a: a.cases.swaps.replace_unit(DORA, CODE, distribution_id(NEW), Takeover(reason="Sato has it at hand")),
        TENANT, E1, before=("binding", "state"),
        after=("binding", "discarded", "distribution_id", "misfits", "overridden", "standby", "state"),
        personal=("reason",),
    ),
    "make_group": Promise(
        lambda a: a.catalogue.groups.make_group(MINE, TENANT, "Sato's", "call Sato"),
        TENANT, "group 1", MANAGER.master_id, after=("name", "note"), personal=("after/name", "after/note"),
    ),
    "change_group": Promise(
        lambda a: a.catalogue.groups.change_group(MINE, 1, "Sato's", "", 1),
        TENANT, "group 1", MANAGER.master_id, before=("name", "note"), after=("name", "note"),
        personal=("after/name", "before/name"), prepared=(_grouped,),
    ),
    "drop_group": Promise(
        lambda a: a.catalogue.groups.drop_group(MINE, 1),
        TENANT, "group 1", MANAGER.master_id, before=("members", "name"), personal=("before/name",),
        prepared=(_grouped,),
    ),
    "change_members": Promise(
        lambda a: a.catalogue.groups.change_members(MINE, 1, ONE, ()),
        TENANT, "group 1", MANAGER.master_id, before=("members",), after=("added", "members", "removed"),
        prepared=(_grouped,),
    ),
    "tag_adapters": Promise(
        lambda a: a.catalogue.groups.tag_adapters(MINE, ONE, ["of=Sato"], ["vip"]),
        TENANT, TENANT, MANAGER.master_id, after=("put", "service_codes", "taken"),
        personal=("after/put/0", "after/taken/0"), prepared=(_grouped,),
    ),
    "save_query": Promise(
        lambda a: a.catalogue.groups.save_query(MINE, TENANT, "Sato's", "memo:Sato"),
        TENANT, "query 1", MANAGER.master_id, after=("name", "text"), personal=("after/name", "after/text"),
    ),
    "change_query": Promise(
        lambda a: a.catalogue.groups.change_query(MINE, 1, "Sato's", "memo:Sato", 1),
        TENANT, "query 1", MANAGER.master_id, before=("name", "text"), after=("name", "text"),
        personal=("after/name", "after/text", "before/name", "before/text"), prepared=(_grouped,),
    ),
    "drop_query": Promise(
        lambda a: a.catalogue.groups.drop_query(MINE, 1),
        TENANT, "query 1", MANAGER.master_id, before=("name", "text"), personal=("before/name", "before/text"),
        prepared=(_grouped,),
    ),
    "save_preset": Promise(
        lambda a: a.catalogue.groups.save_preset(MINE, TENANT, SHOW),
        TENANT, "preset 1", MANAGER.master_id, after=PRESET, personal=("after/name", "after/says", "after/text"),
    ),
    "change_preset": Promise(
        lambda a: a.catalogue.groups.change_preset(MINE, 1, SHOW, 1),
        TENANT, "preset 1", MANAGER.master_id, before=PRESET, after=PRESET,
        personal=("after/name", "after/says", "after/text", "before/name", "before/text"), prepared=(_grouped,),
    ),
    "drop_preset": Promise(
        lambda a: a.catalogue.groups.drop_preset(MINE, 1),
        TENANT, "preset 1", MANAGER.master_id, before=PRESET, personal=("before/name", "before/text"),
        prepared=(_grouped,),
    ),
    "save_module": Promise(
        lambda a: a.catalogue.configs.save_module(MINE, CODE, MAIN_DRAFT, "so Sato", None),
        TENANT, CODE, MANAGER.master_id, before=("digest", "revision"), after=("digest", "module", "revision"),
        personal=("reason",),
    ),
    "restore_revision": Promise(
        lambda a: a.catalogue.configs.restore_revision(MINE, CODE, 1, "so Sato", None),
        TENANT, CODE, MANAGER.master_id, before=("digest", "revision"),
        after=("digest", "module", "revision", "source"), personal=("reason",), prepared=(_two_revisions,),
    ),
    "save_blanks": Promise(
        lambda a: a.catalogue.configs.save_blanks(MINE, CODE, "so Sato", None),
        TENANT, CODE, MANAGER.master_id, before=("digest", "revision"),
        after=("digest", "module", "revision"), personal=("reason",), prepared=(_two_modules,),
    ),
    "import_tenant": Promise(
        _imported,
        OTHER_TENANT, "nxe000000009",
        after=("added", "declared_locations", "from", "revisions", "shipping_addresses"), personal=("reason",),
        prepared=(_exported,),
    ),
    "schedule_push": Promise(
        lambda a: a.catalogue.schedules.schedule_push(MINE, AT_NIGHT),
        TENANT, "schedule 1", MANAGER.master_id, after=("adapters", "due_at", "fixed", "schedule"),
        personal=("reason",), prepared=(_two_revisions,),
    ),
    "schedule_task": Promise(
        lambda a: a.catalogue.schedules.schedule_task(MINE, TASK_AT_NIGHT),
        TENANT, "schedule 1", MANAGER.master_id, after=("adapters", "due_at", "kind", "schedule", "work_digest"),
        personal=("reason",),
    ),
    "retime_schedule": Promise(
        lambda a: a.catalogue.schedules.retime_schedule(MINE, 1, Schedule(at=AT + 1), "so Sato"),
        TENANT, "schedule 1", MANAGER.master_id, before=("due_at", "schedule"), after=("due_at", "schedule"),
        personal=("reason",), prepared=(_scheduled,),
    ),
    "cancel_schedule": Promise(
        lambda a: a.catalogue.schedules.cancel_schedule(MINE, 1, "so Sato"),
        TENANT, "schedule 1", MANAGER.master_id, before=("due_at", "schedule"), personal=("reason",),
        prepared=(_scheduled,),
    ),
    "export_tenant": Promise(
        lambda a: a.catalogue.configs.tenants.export_tenant(MINE, EXPORT),
        TENANT, TENANT, MANAGER.master_id, after=("recipient", "secrets"), personal=("reason",),
    ),
    "take_snapshot": Promise(
        lambda a: a.catalogue.snapshots.take_snapshot(MINE, SnapshotOrder(name="before Sato", reason="so Sato")),
        TENANT, "snapshot 1", MANAGER.master_id, after=("adapters", "adapters_digest"), personal=("reason",),
    ),
    "delete_snapshot": Promise(
        lambda a: a.catalogue.snapshots.delete_snapshot(MINE, 1, "so Sato"),
        TENANT, "snapshot 1", MANAGER.master_id, before=("adapters", "adapters_digest"), personal=("reason",),
        prepared=(_snapshot,),
    ),
    "restore_snapshot": Promise(
        lambda a: a.catalogue.snapshots.restore_snapshot(MINE, 1, RESTORATION),
        TENANT, "snapshot 1", MANAGER.master_id, after=("adapters", "adapters_digest", "part"),
        personal=("reason",), prepared=(_snapshot,),
    ),
    "record_triage": Promise(
        lambda a: a.cases.record_triage(SAKI, 1, Cause.NATURAL, "Sato saw smoke"),
        TENANT, F1, SUPPORT.master_id, before=("cause", "phase"),
        after=("cause", "evidence", "phase", "proposed", "rule"),
        personal=("after/evidence",), prepared=(lambda a: a.cases.request_exchange(MANAGER, ask()),),
    ),
    "answer_triage": Promise(
        lambda a: a.cases.triage.answer(MINE, 1, WET),
        TENANT, F1, MANAGER.master_id, before=("reply",), after=("note", "question", "reply", "source"),
        personal=("after/note",), prepared=(lambda a: a.cases.request_exchange(MANAGER, ask()),),
    ),
    "close_fault": Promise(
        lambda a: a.cases.close_fault(MINE, 1, FaultEnd.WITHDRAWN),
        TENANT, F1, MANAGER.master_id, before=("phase",), after=("end", "phase"), prepared=(_ended_exchange_of_sato,),
    ),
    "request_exchange": Promise(
        lambda a: a.cases.request_exchange(MINE, ask("Sato")),
        TENANT, E1, MANAGER.master_id,
        after=("attended", "attendee", "fault", "location", "service_code", "site", "state"),
        personal=("after/attendee", "reason"),
    ),
    "state_fact": Promise(
        lambda a: a.cases.state_fact(MINE, 1, FACT),
        TENANT, E1, MANAGER.master_id, after=("attendee", "fact", "settles", "source", "value"),
        personal=("after/attendee",), prepared=(lambda a: a.cases.request_exchange(MANAGER, ask()),),
    ),
    "reserve_unit": Promise(
        lambda a: a.cases.reserve_unit(DORA, 1, CHOICE),
        TENANT, E1, before=("new_unit_id", "state"),
        after=("depot", "distribution_id", "misfits", "new_unit_id", "overridden", "state"),
        personal=("reason",), prepared=(_no_spare,),
    ),
    "swap_unit": Promise(
        lambda a: a.cases.swap_unit(MINE, 1, ""),
        TENANT, E1, MANAGER.master_id, before=("swap_now_at",), after=("attendee", "swap_now_at"),
        prepared=(story(S.ORDERED),),
    ),
    "confirm_recovery": Promise(
        lambda a: a.cases.confirm_recovery(MINE, 1),
        TENANT, E1, MANAGER.master_id, before=STATE, after=STATE, prepared=(story(S.ACCEPTED),),
    ),
    "cancel_exchange": Promise(
        lambda a: a.cases.cancel_exchange(MINE, 1, "Sato mended it"),
        TENANT, E1, MANAGER.master_id, before=STATE, after=STATE, personal=("reason",),
        prepared=(story(S.ORDERED),),
    ),
    "fail_exchange": Promise(
        lambda a: a.cases.fail_exchange(DORA, 1, Failure.LOST_IN_TRANSIT),
        TENANT, E1, before=STATE, after=STATE, prepared=(story(S.ORDERED),),
    ),
    "resend_reaction": Promise(
        lambda a: a.cases.resend_reaction(DORA, a.parked),
        TENANT, "reaction", before=("operation", "parked_at", "tries"), after=("parked_at", "tries"),
        prepared=(_no_spare, _find_parked),
    ),
    "note_shipped": Promise(
        lambda a: a.cases.note_shipped(DORA, 1, Shipment(note="Sato handed it over")),
        TENANT, R1, before=STATE, after=STATE, personal=("reason",), prepared=(_owed,),
    ),
    "receive_return": Promise(
        lambda a: a.cases.receive_return(DORA, 1, Receipt(place="depot", missing=(Part.AC_ADAPTER,), note="so Sato")),
        TENANT, R1, before=("missing", "place", "state"), after=("missing", "place", "state"),
        personal=("reason",), prepared=(_owed,),
    ),
    "inspect_return": Promise(
        lambda a: a.cases.inspect_return(DORA, 1, InspectionReport(result=Inspection.FAULT_FOUND, by="Suzuki")),
        TENANT, R1, before=("result", "state"), after=("result", "state"), prepared=(_owed, _received),
    ),
    "write_off_return": Promise(
        lambda a: a.cases.write_off_return(DORA, 1, Loss.NEVER_RETURNED, "Sato does not answer"),
        TENANT, R1, before=("loss", "state"), after=("loss", "state"), personal=("reason",),
        prepared=(_owed,),
    ),
    "approve_charge": Promise(
        lambda a: a.cases.approve_charge(DORA, 1, "Sato agrees"),
        TENANT, "charge 1", before=STATE, after=("rule", "state", "total"), personal=("reason",),
        prepared=(_owed, _lapsed),
    ),
    "waive_charge": Promise(
        lambda a: a.cases.waive_charge(DORA, 1, "for Sato"),
        TENANT, "charge 1", before=STATE, after=("rule", "state", "total"), personal=("reason",),
        prepared=(_owed, _lapsed),
    ),
    "give_consent": Promise(
        lambda a: a.catalogue.consents.give_consent(MINE, CONSENT),
        TENANT, "consent 1", MANAGER.master_id,
        after=("adapters", "begins_at", "call", "ends_at", "given_by", "rights", "service_codes", "to"),
        personal=("reason",),
    ),
    "withdraw_consent": Promise(
        lambda a: a.catalogue.consents.withdraw_consent(MINE, 1, "Sato says so"),
        TENANT, "consent 1", MANAGER.master_id, before=STATE, after=STATE, personal=("reason",),
        prepared=(_consented,),
    ),
    "record_call": Promise(
        lambda a: a.catalogue.consents.record_call(SAKI, CALL),
        TENANT, "call 1", SUPPORT.master_id,
        after=("answered", "at", "caller", "calling_number", "manager", "match", "outcome", "said", "service_code"),
        personal=("after/answered", "after/caller", "after/calling_number", "after/said"), prepared=(_person,),
    ),
    "conclude_call": Promise(
        lambda a: a.catalogue.consents.conclude_call(SAKI, 1, CallOutcome.NOTHING, None, "Sato will look"),
        TENANT, "call 1", SUPPORT.master_id, before=("outcome",), after=("answered", "outcome", "reference"),
        personal=("after/answered",), prepared=(_called,),
    ),
    "propose_config": Promise(
        lambda a: a.catalogue.consents.propose_config(SAKI, DRAFT),
        TENANT, CODE, SUPPORT.master_id, after=("base_revision", "digest", "module", "proposal"),
        personal=("reason",),
    ),
    "accept_proposal": Promise(
        lambda a: a.catalogue.consents.accept_proposal(MINE, 1, False),
        TENANT, CODE, MANAGER.master_id, before=("proposal", "state"),
        after=("digest", "proposal", "revision", "state"), prepared=(_proposed,),
    ),
    "decline_proposal": Promise(
        lambda a: a.catalogue.consents.decline_proposal(MINE, 1, "Sato does not like it"),
        TENANT, CODE, MANAGER.master_id, before=("proposal", "state"),
        after=("digest", "proposal", "revision", "state"), personal=("reason",), prepared=(_proposed,),
    ),
    "withdraw_proposal": Promise(
        lambda a: a.catalogue.consents.withdraw_proposal(SAKI, 1, "Sato was right"),
        TENANT, CODE, SUPPORT.master_id, before=("proposal", "state"),
        after=("digest", "proposal", "revision", "state"), personal=("reason",), prepared=(_proposed,),
    ),
    "propose_appointment": Promise(
        lambda a: a.cases.errands.propose_appointment(MINE, 1, [soon(a)], "Sato is away"),
        TENANT, "exchange 1", MINE.master_id, before=("window", "windows"), after=("window", "windows"),
        personal=("reason",), prepared=(_on_site,),
    ),
    "agree_appointment": Promise(
        lambda a: a.cases.errands.agree_appointment(MINE, 1, Agreement(window=soon(a), attendee=ATTENDEE)),
        TENANT, "exchange 1", MINE.master_id, before=("attendee", "telephone", "window"),
        after=("attendee", "telephone", "window"), personal=("after/attendee", "after/telephone"),
        prepared=(_on_site, lambda a: a.cases.errands.propose_appointment(DORA, 1, [soon(a)], "")),
    ),
    "report_errand": Promise(
        lambda a: a.cases.errands.report_errand(DORA, 1, ErrandReport(tracking="4123", driver=Driver(name="Tanaka"))),
        TENANT, "exchange 1", before=_ERRAND, after=_ERRAND, personal=("after/driver",), prepared=(_on_site,),
    ),
    "report_missed_visit": Promise(
        lambda a: a.cases.errands.report_missed_visit(DORA, 1, MissReason.NO_ENTRY, "Sato was not there"),
        TENANT, "exchange 1", before=("visit",), after=("because", "visit"), personal=("reason",),
        prepared=(_on_site,),
    ),
    "explain_lateness": Promise(
        lambda a: a.cases.errands.explain_lateness(DORA, 1, MissReason.TRAFFIC),
        TENANT, "exchange 1", before=("late_because",), after=("late_because",),
        prepared=(_on_site, lambda a: a.world.passes(5 * 3_600)),
    ),
    "create_rollout": Promise(
        lambda a: a.catalogue.rollouts.create_rollout(MINE, ROLLOUT),
        TENANT, "rollout 1", MANAGER.master_id, after=("adapters", "digest", "module"), personal=("reason",),
    ),
    "start_rollout": Promise(
        lambda a: a.catalogue.rollouts.start_rollout(MINE, 1, None, True),
        TENANT, "rollout 1", MANAGER.master_id, before=("state", "wave"), after=_STEERED, prepared=(_rollout,),
    ),
    "approve_rollout": Promise(
        lambda a: a.catalogue.rollouts.approve_rollout(SECOND, 1, None, "Sato has seen it"),
        TENANT, "rollout 1", SECOND.master_id, before=("state", "wave"), after=_STEERED, personal=("reason",),
        prepared=(_waits_for_approval,),
    ),
    "pause_rollout": Promise(
        lambda a: a.catalogue.rollouts.pause_rollout(MINE, 1, "Sato calls"),
        TENANT, "rollout 1", MANAGER.master_id, before=("state", "wave"), after=_STEERED, personal=("reason",),
        prepared=(_runs,),
    ),
    "resume_rollout": Promise(
        lambda a: a.catalogue.rollouts.resume_rollout(MINE, 1, "Sato agrees"),
        TENANT, "rollout 1", MANAGER.master_id, before=("state", "wave"), after=_STEERED, personal=("reason",),
        prepared=(_paused,),
    ),
    "halt_rollout": Promise(
        lambda a: a.catalogue.rollouts.halt_rollout(MINE, 1, "Sato says no"),
        TENANT, "rollout 1", MANAGER.master_id, before=("state", "wave"), after=_STEERED, personal=("reason",),
        prepared=(_runs,),
    ),
    "roll_back_rollout": Promise(
        lambda a: a.catalogue.rollouts.roll_back_rollout(MINE, 1, "Sato hears nothing"),
        TENANT, "rollout 1", MANAGER.master_id, before=("state", "wave"), after=_STEERED, personal=("reason",),
        prepared=(_runs,),
    ),
    "begin_rollover": Promise(
        lambda a: a.catalogue.rollover.begin(DORA),
        SYSTEM, "authority", before=("anchors",), after=("anchors", "towards"),
    ),
    "end_rollover": Promise(
        lambda a: a.catalogue.rollover.end(DORA, False, "Sato said so"),
        SYSTEM, "authority", before=("anchors",), after=("anchors", "stranded"), personal=("reason",),
        prepared=(_begin_rollover,),
    ),
    "abort_rollover": Promise(
        lambda a: a.catalogue.rollover.abort(DORA, "Sato said so"),
        SYSTEM, "authority", before=("anchors",), after=("anchors", "stranded"), personal=("reason",),
        prepared=(_begin_rollover,),
    ),
}  # fmt: skip


WITHOUT_AN_ACTOR_YET = {"log_in", "add_provider_person", "choose_password"}
BESIDE = (
    TaskCatalogue,
    GroupCatalogue,
    RolloverCatalogue,
    ErrandCatalogue,
    ContractCatalogue,
    TriageCatalogue,
    ConsentCatalogue,
    AreaCatalogue,
    AreaPolicy,
    SwapCatalogue,
    RolloutsCatalogue,
    SnapshotCatalogue,
    ScheduleCatalogue,
    Showing,
    TenantCatalogue,
)
"""What a catalogue holds that is no use case: catalogues within it, walked beside it, and what they go by."""
ONLY_READS = {"preview_rollout", "show_rollover", "compare_configs", "compare_unit", "preview_push"}
"""Use cases with an actor that write nothing."""


def of_people(catalogue: type) -> set[str]:
    """Those whose first argument is the actor, be they typed as a Callable or as a Protocol with named arguments."""
    return {name for name, hint in get_type_hints(catalogue).items() if _first_argument(hint) is Actor}


def _first_argument(hint: Any) -> object:
    if get_args(hint):
        given = get_args(hint)[0]
        return given[0] if isinstance(given, list) and given else None
    if hint in BESIDE or hint is ConfigCatalogue:
        return None
    named = get_type_hints(hint.__call__)
    return next(iter(named.values()), None)


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


def test_each_use_case_of_people_that_writes_has_a_promise() -> None:
    rollovers = {f"{name}_rollover" for name in of_people(RolloverCatalogue)}
    triages = {f"{name}_triage" for name in of_people(TriageCatalogue)}
    walked = of_people(Catalogue) | of_people(CaseCatalogue) | of_people(ErrandCatalogue) | rollovers
    walked |= of_people(ContractCatalogue) | of_people(SwapCatalogue) | triages | WITHOUT_AN_ACTOR_YET
    walked |= of_people(ConsentCatalogue) | of_people(SnapshotCatalogue) | of_people(TenantCatalogue)
    walked |= of_people(GroupCatalogue) | of_people(ScheduleCatalogue)
    walked |= of_people(ContractCatalogue) | of_people(ConsentCatalogue) | of_people(AreaCatalogue) | triages
    walked |= WITHOUT_AN_ACTOR_YET | of_people(TaskCatalogue) | of_people(RolloutsCatalogue)
    assert walked | of_people(ConfigCatalogue) == set(PROMISED) | ONLY_READS
    assert set(PROMISED) <= {action.value for action in Action}


@pytest.mark.parametrize("name", PROMISED)
async def test_a_use_case_of_people_leaves_exactly_its_record(audited: Audited, name: str) -> None:
    promise = PROMISED[name]
    for step in promise.prepared:
        await step(audited)
    standing = {(line.chain, line.number) for line in await audited.lines()}
    answer = await promise.call(audited)
    (line,) = [line for line in await audited.lines() if (line.chain, line.number) not in standing]
    record = record_in(line)
    assert (line.chain, record["action"]) == (promise.chain, name)
    assert record["subject"].startswith(promise.subject)
    assert record["actor"].startswith(promise.actor)
    assert (sorted(record["before"]), sorted(record["after"])) == (sorted(promise.before), sorted(promise.after))
    assert record["before"] != record["after"]
    called = () if promise.actor == "host" else ("source",)
    assert sorted(line.personal) == sorted({*promise.personal, *called})
    if called:
        assert line.personal["source"] == CALLED_FROM
        assert record["role"]
        assert record["token"] or name in WITHOUT_AN_ACTOR_YET
    raw = bytes(line.record).decode()
    secrets = [PASSWORD, "another good password", BODY.strip(), CALLED_FROM, audited.token or PASSWORD]
    secrets += [getattr(answer, field) for field in ("token", "one_time_password", "link") if hasattr(answer, field)]
    secrets += ["Sato", "Hanako", "Saki", "Osaka", "Tokyo", "06-1234-5678"]
    secrets += [] if name == "add_customer" else ["Suzuki"]  # a customer is no person
    assert [secret for secret in secrets if secret in raw] == []


CHANGES_EACH_TIME = {
    *("add_customer", "add_delegate", "make_notice", "choose_password"),
    *("log_in", "change_password", "add_person", "add_provider_person", "add_contract", "add_adapter", "register_unit"),
    *("issue_enrolment_token", "push_config", "set_terms", "record_triage", "state_fact", "request_exchange"),
    *(
        "unbind_unit",
        "erase_named",
        "import_units",
        "release_unit",
        "ask_renewals",
        "approve_enrolment",
        "deny_enrolment",
    ),
    *("decide_option", "give_consent", "record_call", "propose_config"),
    *("decide_option", "report_missed_visit"),
    *("order_task", "read_result"),
    *("create_rollout", "start_rollout", "approve_rollout", "resume_rollout"),
    *("decide_option", "answer_triage"),
    *("end_rollover", "abort_rollover"),
    *("make_group", "change_group", "drop_group", "save_query", "change_query", "drop_query"),
    *("save_preset", "change_preset", "drop_preset"),
    *("schedule_push", "schedule_task", "retime_schedule"),
    *("export_tenant", "take_snapshot", "delete_snapshot", "restore_snapshot"),
    *("withdraw_override", "reopen_exchange", "replace_unit", "swap_in_standby"),
}
"""Or is refused the second time."""


@pytest.mark.parametrize("name", sorted(set(PROMISED) - CHANGES_EACH_TIME))
async def test_what_changes_nothing_leaves_no_record(audited: Audited, name: str) -> None:
    promise = PROMISED[name]
    for step in promise.prepared:
        await step(audited)
    await promise.call(audited)
    standing = len(await audited.lines())
    await promise.call(audited)
    assert len(await audited.lines()) == standing
