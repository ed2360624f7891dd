"""Outside its scope a caller finds nothing and changes nothing: every public method of the store and the reads."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.backends.sql.tables import METADATA
from servicehost.domain.config import ModuleState
from servicehost.domain.contract import EVERYTHING, ManagementContract
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event
from servicehost.domain.push import Phase
from servicehost.domain.status import Status
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.events import EventsWanted
from servicehost.ports.reads import Reads
from servicehost.ports.renewals import Renewals
from servicehost.ports.session_rows import Arrival, Hearing, SessionChange, SessionEnd
from servicehost.ports.store import Batch
from servicehost.ports.store import Transaction as Tx
from servicehost.ports.token_rows import EnrolmentRow, TokenRow
from tests.builders.estate import BODY, DIGEST, Estate, a_push, a_revision, an_event, build_estate
from tests.ports.conftest import Backend

Call = Callable[[Any, Estate, Estate], Any]
NOTHING: tuple[Any, ...] = (None, [], {}, set(), False, 0)


def enrolment_of(e: Estate) -> EnrolmentRow:
    return EnrolmentRow(
        token_hash="new", unit_id=e.unit.unit_id, distribution_id=e.unit.distribution_id, created_at=1, expires_at=9
    )


def binding_of(e: Estate, **fields: Any) -> Binding:
    return msgspec.structs.replace(e.binding, **fields)


# Each is called within the scope of `mine` and speaks of what belongs to `theirs`.
TRANSACTION: Mapping[str, Call] = {
    "on_batch": lambda tx, theirs, mine: tx.on_batch(lambda batch: batch.pushes({theirs.push.push})),
    "add_contract": lambda tx, theirs, mine: tx.add_contract(
        ManagementContract(management_code="nxm000000009", label="", created_at=1)
    ),
    "contract": lambda tx, theirs, mine: tx.contract(theirs.management_code),
    "add_person": lambda tx, theirs, mine: tx.add_person(msgspec.structs.replace(theirs.person, master_id="new")),
    "person_by_master_id": lambda tx, theirs, mine: tx.person_by_master_id(theirs.person.master_id),
    "set_password": lambda tx, theirs, mine: tx.set_password(theirs.person.person_id, "mine now", one_time=True),
    "add_token": lambda tx, theirs, mine: tx.add_token(
        TokenRow(token_hash="new", person_id=theirs.person.person_id, created_at=1, expires_at=9)
    ),
    "drop_token": lambda tx, theirs, mine: tx.drop_token(theirs.token_hash),
    "drop_tokens_of": lambda tx, theirs, mine: tx.drop_tokens_of(theirs.person.person_id),
    "add_unit": lambda tx, theirs, mine: tx.add_unit(
        Unit(unit_id=0, distribution_id="D-9", model="M1", serial="S9", registered_at=1)
    ),
    "unit": lambda tx, theirs, mine: tx.unit(theirs.unit.distribution_id),
    "add_enrolment": lambda tx, theirs, mine: tx.add_enrolment(enrolment_of(theirs)),
    "enrolment": lambda tx, theirs, mine: tx.enrolment(theirs.enrolment_hash),
    "use_enrolment": lambda tx, theirs, mine: tx.use_enrolment(theirs.enrolment_hash, 2),
    "add_certificate": lambda tx, theirs, mine: tx.add_certificate(theirs.unit.unit_id, "new", "2", 9, 1),
    "add_adapter": lambda tx, theirs, mine: tx.add_adapter(
        Adapter(service_code="nxe000000009", management_code=theirs.management_code, memo="", created_at=1)
    ),
    "adapters": lambda tx, theirs, mine: tx.adapters([theirs.service_code]),
    "binding_of_adapter": lambda tx, theirs, mine: tx.binding_of_adapter(theirs.service_code),
    "binding_of_unit": lambda tx, theirs, mine: tx.binding_of_unit(theirs.unit.unit_id),
    "bind": lambda tx, theirs, mine: tx.bind(binding_of(theirs)),
    "unbind": lambda tx, theirs, mine: tx.unbind(theirs.binding.number, 2),
    "latest_revisions": lambda tx, theirs, mine: tx.latest_revisions([theirs.service_code], 0),
    "revision": lambda tx, theirs, mine: tx.revision(theirs.service_code, 0, 1),
    "add_content": lambda tx, theirs, mine: tx.add_content(theirs.management_code, "sha256:new", BODY),
    "add_revisions": lambda tx, theirs, mine: tx.add_revisions(
        [a_revision(theirs.service_code, theirs.management_code, revision=2)]
    ),
    "open_pushes": lambda tx, theirs, mine: tx.open_pushes([theirs.service_code], 0),
    "push": lambda tx, theirs, mine: tx.push(theirs.push.push),
    "add_pushes": lambda tx, theirs, mine: tx.add_pushes([a_push(theirs.service_code, theirs.management_code)]),
    "save_pushes": lambda tx, theirs, mine: tx.save_pushes(
        [
            msgspec.structs.replace(theirs.push, phase=Phase.CANCELLED),
            msgspec.structs.replace(theirs.push, phase=Phase.OFFERED),
        ]
    ),
    "expired_pushes": lambda tx, theirs, mine: _others_expired(tx, mine),
    "units_of": lambda tx, theirs, mine: tx.units_of([theirs.service_code]),
    "add_events": lambda tx, theirs, mine: tx.add_events([an_event(theirs.management_code)]),
}


async def _others_expired(tx: Tx, mine: Estate) -> list[Any]:
    return [push for push in await tx.expired_pushes(600, 100) if push.push != mine.push.push]


def arrival_of(e: Estate) -> Arrival:
    return Arrival(
        unit_id=e.unit.unit_id,
        epoch=7,
        host="h",
        run=1,
        at=9,
        certificate="c",
        remote_address="a",
        tls_version="t",
        firmware="f",
        boot_id="b",
        boot_cause="reboot",
        clock_skew_ms=1,
        modules=(),
    )


BATCH: Mapping[str, Call] = {
    "places_by_distribution_id": lambda b, theirs, mine: b.places_by_distribution_id({theirs.unit.distribution_id}),
    "fences": lambda b, theirs, mine: b.fences({theirs.unit.unit_id}),
    "modules_of": lambda b, theirs, mine: b.modules_of({theirs.unit.unit_id}),
    "open_pushes": lambda b, theirs, mine: b.open_pushes({theirs.service_code}),
    "pushes": lambda b, theirs, mine: b.pushes({theirs.push.push}),
    "bodies": lambda b, theirs, mine: b.bodies({(theirs.management_code, DIGEST)}),
    "add_pushes": lambda b, theirs, mine: b.add_pushes([a_push(theirs.service_code, theirs.management_code)]),
    "save_pushes": lambda b, theirs, mine: b.save_pushes(
        [
            msgspec.structs.replace(theirs.push, phase=Phase.CANCELLED),
            msgspec.structs.replace(theirs.push, phase=Phase.OFFERED),
        ]
    ),
    "set_startup": lambda b, theirs, mine: b.set_startup([(theirs.service_code, 1, DIGEST)]),
    "arrive": lambda b, theirs, mine: b.arrive([arrival_of(theirs)]),
    "change_modules": lambda b, theirs, mine: b.change_modules(
        [SessionChange(unit_id=theirs.unit.unit_id, epoch=0, modules=(ModuleState(),))]
    ),
    "end_sessions": lambda b, theirs, mine: b.end_sessions(
        [SessionEnd(unit_id=theirs.unit.unit_id, epoch=0, at=9, ending="done")]
    ),
    "hear": lambda b, theirs, mine: b.hear(
        [Hearing(unit_id=theirs.unit.unit_id, epoch=0, at=9, status=Status(reported_at=9, uptime_s=1))]
    ),
    "unit_events_taken": lambda b, theirs, mine: b.unit_events_taken({(theirs.unit.unit_id, "boot", 1)}),
    "add_unit_events": lambda b, theirs, mine: b.add_unit_events(
        [(theirs.unit.unit_id, "boot", 2)], [an_event(theirs.management_code)]
    ),
    "add_events": lambda b, theirs, mine: b.add_events([an_event(theirs.management_code)]),
    "note_anchors": lambda b, theirs, mine: b.note_anchors([(theirs.unit.unit_id, ("aa",))]),
    "anchors_noted": lambda b, theirs, mine: b.anchors_noted([theirs.unit.unit_id]),
    "renew_lease": lambda b, theirs, mine: b.renew_lease("h", 1, 1, 99),
}

RENEWALS: Mapping[str, Call] = {
    "ask_renewals": lambda b, theirs, mine: b.ask_renewals([theirs.unit.unit_id], "asked", 9),
}

READS: Mapping[str, Call] = {
    "adapters": lambda r, theirs, mine: _but(mine, r.adapters(mine.scope), lambda v: v.adapter.management_code),
    "adapter": lambda r, theirs, mine: r.adapter(mine.scope, theirs.service_code),
    "units": lambda r, theirs, mine: _but(
        mine, r.units(mine.scope), lambda v: mine.management_code if v.unit == mine.unit else None
    ),
    "unit": lambda r, theirs, mine: r.unit(mine.scope, theirs.unit.distribution_id),
    "contracts": lambda r, theirs, mine: _but(mine, r.contracts(mine.scope), lambda c: c.management_code),
    "revisions": lambda r, theirs, mine: r.revisions(mine.scope, theirs.service_code, 0),
    "body": lambda r, theirs, mine: r.body(mine.scope, theirs.service_code, 0, 1),
    "pushes": lambda r, theirs, mine: _but(mine, r.pushes(mine.scope), lambda p: p.management_code),
    "push": lambda r, theirs, mine: r.push(mine.scope, theirs.push.push),
    "push_counts": lambda r, theirs, mine: _one_queued_less(r, mine),
    "units_with_work": lambda r, theirs, mine: _but(
        mine, r.units_with_work(mine.scope), lambda unit: mine.management_code if unit == mine.unit.unit_id else None
    ),
    "events": lambda r, theirs, mine: _but(mine, r.events(mine.scope), lambda e: e.management_code),
    "find_events": lambda r, theirs, mine: _but(mine, _found_events(r, mine), lambda e: e.management_code),
}

WITHOUT_SCOPE = {
    "event_horizon": "how long events are kept is the host's policy, the same for all",
    "leases": "hosts are the provider's; a lease says nothing of a customer",
    "person_by_token": "its answer is what gives a caller a scope",
}


async def _but(mine: Estate, rows: Any, whose: Callable[[Any], str | None]) -> list[Any]:
    found = await rows
    assert found, "a scope shows at least its own"
    return [row for row in found if whose(row) != mine.management_code]


async def _found_events(reads: Reads, mine: Estate) -> list[Event]:
    return (await reads.find_events(mine.scope, EventsWanted())).items


async def _one_queued_less(reads: Reads, mine: Estate) -> dict[str, int]:
    counts = await reads.push_counts(mine.scope)
    return {phase: count for phase, count in counts.items() if (phase, count) != ("queued", 1)}


WALKED_ELSEWHERE = {
    "UploadBatch",
    "UploadReads",
    "AddressReads",
    "Addresses",
    "AreaReads",
    "Areas",
    "AsyncFenceWrites",
    "AttemptReads",
    "Attempts",
    "AuditBatch",
    "BoundUnits",
    "AuditReads",
    "AuditTransaction",
    "CallReads",
    "Calls",
    "CaseReads",
    "Cases",
    "CertificateReads",
    "ConcernReads",
    "ConfigBatch",
    "ConfigProposalReads",
    "ConfigProposals",
    "ConsentReads",
    "ConsentTransaction",
    "Consents",
    "Custody",
    "CustodyReads",
    "Destinations",
    "EnrolmentReads",
    "ErrandReads",
    "Errands",
    "EventWrites",
    "CustomerReads",
    "Customers",
    "Enrolments",
    "FenceReads",
    "FenceWrites",
    "GroupReads",
    "GroupTransaction",
    "Groups",
    "Holds",
    "LifeReads",
    "Lives",
    "ModuleBatch",
    "ModuleReads",
    "ModuleWrites",
    "OverviewReads",
    "PresetReads",
    "Presets",
    "Renewals",
    "StartupBatch",
    "ScheduledOrderBatch",
    "ScheduledOrderReads",
    "ScheduledOrderWrites",
    "SnapshotReads",
    "SnapshotWrites",
    "Revocations",
    "RightReads",
    "Rights",
    "RolloutReads",
    "PlaceWrites",
    "RolloutEnds",
    "Rollouts",
    "StockKeeping",
    "StockReads",
    "NamedBatchReads",
    "NamedBatches",
    "TaskBatch",
    "TaskReads",
    "TriageBatch",
    "TriageReads",
}


def verbs_of(protocol: type) -> set[str]:
    """Its own; what it takes from smaller ports has a walk of its own."""
    elsewhere = WALKED_ELSEWHERE | {"Protocol", "Generic", "object"}
    bases = [base for base in protocol.__mro__ if base is protocol or base.__name__ not in elsewhere]
    return {name for base in bases for name, value in vars(base).items() if name[0] != "_" and callable(value)}


@pytest.mark.parametrize(
    ("protocol", "table"),
    [(Tx, TRANSACTION), (Batch, BATCH), (Renewals, RENEWALS), (Reads, {**READS, **WITHOUT_SCOPE})],
)
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", TRANSACTION)
async def test_a_transaction_reaches_nothing_of_another_customer(backend: Backend, verb: str) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    before = backend.dump()
    with suppress(NotFound):
        async with backend.store.transaction(mine.scope) as tx:
            assert await TRANSACTION[verb](tx, theirs, mine) in NOTHING
    assert backend.dump() == before


@pytest.mark.parametrize("verb", [*BATCH, *RENEWALS])
async def test_a_batch_reaches_nothing_of_another_customer(backend: Backend, verb: str) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    await backend.store.begin_run("h", 1)
    before = backend.dump()
    with suppress(NotFound):
        assert (
            await backend.store.batch(mine.scope, lambda batch: {**BATCH, **RENEWALS}[verb](batch, theirs, mine))
            in NOTHING
        )
    assert backend.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(backend: Backend, verb: str) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    assert await READS[verb](backend.reads, theirs, mine) in NOTHING


@pytest.mark.parametrize("verb", sorted({*TRANSACTION, *BATCH}))
async def test_within_its_own_scope_the_same_call_reaches_something(backend: Backend, verb: str) -> None:
    """The walk would prove nothing if its calls reached nothing anywhere."""
    mine = await build_estate(backend.store, 1)
    other = await build_estate(backend.store, 2)
    await backend.store.begin_run("h", 1)
    before = backend.dump()
    provider_only = {"add_contract", "add_unit", "renew_lease"}
    scope = EVERYTHING if verb in provider_only else mine.scope
    if verb == "bind":
        async with backend.store.transaction(EVERYTHING) as tx:
            await tx.unbind(mine.binding.number, 2)
            await tx.bind(binding_of(mine, bound_at=3))
    elif verb in TRANSACTION:
        async with backend.store.transaction(scope) as tx:
            # `expired_pushes` leaves the caller's own out, so it is asked as the other customer.
            found = await TRANSACTION[verb](tx, mine, other)
    if verb in BATCH:
        found = await backend.store.batch(scope, lambda batch: BATCH[verb](batch, mine, other))
    assert backend.dump() != before or found not in NOTHING


def disguised(theirs: Estate, mine: Estate) -> dict[str, Callable[[Any], Any]]:
    """Things said to be mine that hang on what is theirs."""
    code = mine.management_code
    return {
        "add_revisions": lambda tx: tx.add_revisions([a_revision(theirs.service_code, code, revision=2)]),
        "add_pushes": lambda tx: tx.add_pushes([a_push(theirs.service_code, code)]),
        "bind their adapter": lambda tx: tx.bind(binding_of(theirs, management_code=code)),
        "bind their unit": lambda tx: tx.bind(binding_of(theirs, management_code=code, service_code=mine.service_code)),
    }


@pytest.mark.parametrize("verb", ["add_revisions", "add_pushes", "bind their adapter", "bind their unit"])
async def test_nothing_of_mine_hangs_on_an_adapter_or_unit_of_theirs(backend: Backend, verb: str) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    before = backend.dump()
    with pytest.raises(NotFound):
        async with backend.store.transaction(mine.scope) as tx:
            await disguised(theirs, mine)[verb](tx)
    assert backend.dump() == before


async def test_no_customer_can_use_up_the_event_numbers_of_anothers_unit(backend: Backend) -> None:
    theirs, mine = await build_estate(backend.store, 1), await build_estate(backend.store, 2)
    before = backend.dump()
    with pytest.raises(NotFound):
        await backend.store.batch(
            mine.scope,
            lambda batch: batch.add_unit_events([(theirs.unit.unit_id, "boot", 2)], [an_event(mine.management_code)]),
        )
    assert backend.dump() == before


OF_NO_CUSTOMER = {
    "lease": "a host is the provider's",
    "event_horizon": "how long events are kept is the host's policy",
    "customer": "it stands above its contracts",
    "depot": "stock is the provider's",
    "stock_threshold": "stock is the provider's",
    "closed_area": "a region is the provider's to close, and the same for all",
}


@pytest.mark.parametrize("table", METADATA.tables)
def test_every_table_of_a_customer_carries_the_management_code(table: str) -> None:
    assert ("management_code" in METADATA.tables[table].c) != (table in OF_NO_CUSTOMER)
