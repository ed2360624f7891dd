"""Faults, exchanges, stock and reactions: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from servicehost.domain.acceptance import AcceptancePoint, Point
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import Exchange, ExchangeState, Step
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, Source
from servicehost.domain.fault import Fault, FaultPhase
from servicehost.domain.reaction import Operation, Reaction
from servicehost.domain.spare import Spare, SpareState
from servicehost.domain.symptom import Boot, Symptom, SymptomKind
from servicehost.domain.unit import Adapter, Unit
from servicehost.ports.case_reads import CaseReads
from servicehost.ports.cases import Cases, FactRow, NoticeRow
from servicehost.ports.store import Batch
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend

NOTHING: tuple[Any, ...] = (None, [], {}, set(), False, 0)
FACT = Fact(name=FactName.OPTION, value=True, source=Source.FILE, time=datetime(2026, 4, 1, tzinfo=UTC), author="x")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with a fault, an exchange that has been ordered for it, and everything that hangs on them."""

    estate: Estate
    adapter: Adapter
    spare: Spare
    fault: Fault
    exchange: Exchange
    reaction: Reaction

    @property
    def code(self) -> str:
        return self.estate.service_code

    @property
    def tenant(self) -> str:
        return self.estate.management_code

    @property
    def unit(self) -> Unit:
        return self.estate.unit

    @property
    def scope(self) -> Scope:
        return self.estate.scope


def a_fault(case: Estate, **fields: Any) -> Fault:
    plain: dict[str, Any] = {"fault": 0, "unit_id": case.unit.unit_id, "phase": FaultPhase.OPEN, "opened_at": 1}
    owner = {"service_code": case.service_code, "management_code": case.management_code, "changed_at": 1}
    return Fault(**(plain | owner | fields))


def an_exchange(case: Estate, **fields: Any) -> Exchange:
    plain: dict[str, Any] = {"exchange": 0, "fault": None, "state": ExchangeState.ORDERED, "requested_by": "x"}
    owner = {"service_code": case.service_code, "management_code": case.management_code}
    return Exchange(**(plain | owner | {"requested_at": 1, "changed_at": 1} | fields))


def a_reaction(case: Estate, **fields: Any) -> Reaction:
    plain: dict[str, Any] = {"number": 0, "cause": "x", "operation": Operation.JUDGE_EXCHANGE, "caused_at": 1}
    owner = {"service_code": case.service_code, "management_code": case.management_code, "next_try_at": 1}
    return Reaction(**(plain | owner | fields))


def a_symptom(code: str, tenant: str, unit: Unit, kind: SymptomKind = SymptomKind.BOOT_LOOP) -> Symptom:
    return Symptom(kind=kind, service_code=code, management_code=tenant, unit_id=unit.unit_id, seen_at=5)


def a_step(exchange: int, tenant: str) -> Step:
    return Step(exchange=exchange, management_code=tenant, state=ExchangeState.ORDERED, at=1, by="x")


def a_notice(exchange: int, tenant: str, message_id: str) -> NoticeRow:
    return NoticeRow(message_id=message_id, management_code=tenant, exchange=exchange, kind="accepted", at=1)


def a_fact(tenant: str, fault: int | None, exchange: int | None) -> FactRow:
    return FactRow(management_code=tenant, fault=fault, exchange=exchange, fact=FACT)


POINT = AcceptancePoint(point=next(iter(Point)), holds=True, at=1, expected="", found="")


async def build_case(backend: Backend, number: int) -> Case:
    estate = await build_estate(backend.store, number)

    def work(batch: Batch) -> Case:
        fresh = Unit(unit_id=0, distribution_id=f"N-{number}", model="M1", serial=f"N{number}", registered_at=1)
        unit = batch.add_unit(fresh)  # type: ignore[attr-defined]  # the SQL batch has it; the port does not promise it
        fault = batch.add_fault(a_fault(estate))
        ordered = an_exchange(estate, fault=fault.fault, old_unit_id=estate.unit.unit_id, new_unit_id=unit.unit_id)
        exchange = batch.add_exchange(ordered)
        spare = Spare(
            unit_id=unit.unit_id,
            distribution_id=unit.distribution_id,
            model="M1",
            state=SpareState.RESERVED,
            stocked_at=1,
            exchange=exchange.exchange,
            management_code=estate.management_code,
        )
        batch.put_spare(spare)
        batch.add_symptom(fault.fault, a_symptom(estate.service_code, estate.management_code, estate.unit))
        batch.add_facts([a_fact(estate.management_code, fault.fault, exchange.exchange)])
        batch.save_acceptance(exchange, [POINT])
        batch.add_notice(a_notice(exchange.exchange, estate.management_code, f"m{number}"))
        batch.add_boots([Boot(unit_id=estate.unit.unit_id, boot_id="b", cause="reboot", at=1)], 0)
        batch.add_reactions([a_reaction(estate)])
        (adapter,) = batch.adapters([estate.service_code])
        due = [one for one in batch.due_reactions(9, 9) if one.service_code == estate.service_code]
        return Case(estate=estate, adapter=adapter, spare=spare, fault=fault, exchange=exchange, reaction=due[0])

    return await backend.store.batch(EVERYTHING, work)


replace = msgspec.structs.replace

# Each is called within the scope of `m` (mine) and speaks of what belongs to `t` (theirs).
CASES: Mapping[str, Callable[[Any, Case, Case], Any]] = {
    "adapters": lambda b, t, m: b.adapters([t.code]),
    "unit": lambda b, t, m: b.unit(t.unit.distribution_id),
    "units_by_id": lambda b, t, m: b.units_by_id({t.unit.unit_id}),
    "set_adapter_terms": lambda b, t, m: b.set_adapter_terms(replace(t.adapter, declared_location="here")),
    "set_unit_terms": lambda b, t, m: b.set_unit_terms(replace(t.unit, channel=list(type(t.unit.channel))[-1])),
    "binding_of_adapter": lambda b, t, m: b.binding_of_adapter(t.code),
    "binding_of_unit": lambda b, t, m: b.binding_of_unit(t.unit.unit_id),
    "bind": lambda b, t, m: b.bind(t.estate.binding),
    "unbind": lambda b, t, m: b.unbind(t.estate.binding.number, 2),
    "last_heard": lambda b, t, m: b.last_heard({t.unit.unit_id}),
    "add_boots": lambda b, t, m: b.add_boots([Boot(unit_id=t.unit.unit_id, boot_id="n", cause="reboot", at=9)], 5),
    "boots": lambda b, t, m: b.boots({t.unit.unit_id}),
    "unheard_since": lambda b, t, m: [w for w in b.unheard_since(9, 9) if w.service_code == t.code],
    "waiting_to_come_back": lambda b, t, m: [w for w in b.waiting_to_come_back(9) if w.service_code == t.code],
    "open_faults": lambda b, t, m: b.open_faults({t.code}),
    "fault": lambda b, t, m: b.fault(t.fault.fault),
    "add_fault": lambda b, t, m: b.add_fault(replace(t.fault, phase=FaultPhase.CLOSED)),
    "save_fault": lambda b, t, m: b.save_fault(replace(t.fault, changed_at=9)),
    "add_symptom": lambda b, t, m: b.add_symptom(t.fault.fault, a_symptom(t.code, t.tenant, t.unit)),
    "symptom_kinds": lambda b, t, m: b.symptom_kinds(t.fault.fault),
    "add_facts": lambda b, t, m: b.add_facts([a_fact(t.tenant, t.fault.fault, None)]),
    "facts_of": lambda b, t, m: b.facts_of(t.exchange),
    "exchange": lambda b, t, m: b.exchange(t.exchange.exchange),
    "open_exchange_of": lambda b, t, m: b.open_exchange_of(t.code),
    "open_exchanges_of_units": lambda b, t, m: b.open_exchanges_of_units({t.unit.unit_id}),
    "exchanges_in": lambda b, t, m: [e for e in b.exchanges_in({"ordered"}, 9) if e.service_code == t.code],
    "add_exchange": lambda b, t, m: b.add_exchange(replace(t.exchange, state=ExchangeState.CLOSED)),
    "save_exchange": lambda b, t, m: b.save_exchange(
        replace(t.exchange, changed_at=9), a_step(t.exchange.exchange, t.tenant)
    ),
    "acceptance": lambda b, t, m: b.acceptance(t.exchange.exchange),
    "save_acceptance": lambda b, t, m: b.save_acceptance(t.exchange, [replace(POINT, at=9)]),
    "spare": lambda b, t, m: b.spare(t.spare.unit_id),
    "put_spare": lambda b, t, m: b.put_spare(replace(t.spare, stocked_at=9)),
    "drop_spare": lambda b, t, m: b.drop_spare(t.spare.unit_id),
    "add_notice": lambda b, t, m: b.add_notice(a_notice(t.exchange.exchange, t.tenant, "new")),
    "notice": lambda b, t, m: b.notice(f"m{t.exchange.exchange}"),
    "add_reactions": lambda b, t, m: b.add_reactions([replace(t.reaction, number=0)]),
    "due_reactions": lambda b, t, m: [r for r in b.due_reactions(9, 9) if r.service_code == t.code],
    "reaction": lambda b, t, m: b.reaction(t.reaction.number),
    "save_reaction": lambda b, t, m: b.save_reaction(replace(t.reaction, tries=9)),
    "drop_reaction": lambda b, t, m: b.drop_reaction(t.reaction.number),
}
HOSTS_OWN = {"leases": "hosts are the provider's; a lease says nothing of a customer"}

READS: Mapping[str, Callable[[Any, Case, Scope], Any]] = {
    "faults": lambda r, t, s: r.faults(s, service_code=t.code),
    "fault": lambda r, t, s: r.fault(s, t.fault.fault),
    "fault_counts": lambda r, t, s: _none_but_one(r.fault_counts(s)),
    "exchanges": lambda r, t, s: r.exchanges(s, service_code=t.code),
    "exchange": lambda r, t, s: r.exchange(s, t.exchange.exchange),
    "exchange_counts": lambda r, t, s: _none_but_one(r.exchange_counts(s)),
    "spares": lambda r, t, s: _of(t, r.spares(s)),
    "reactions": lambda r, t, s: _of(t, r.reactions(s)),
}


async def _of(theirs: Case, rows: Any) -> list[Any]:
    return [row for row in await rows if row.management_code == theirs.tenant]


async def _none_but_one(counts: Any) -> dict[str, int]:
    """A scope counts its own one."""
    return {word: count for word, count in (await counts).items() if count != 1}


def verbs_of(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}


@pytest.mark.parametrize(("protocol", "table"), [(Cases, {**CASES, **HOSTS_OWN}), (CaseReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", CASES)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build_case(real, 1), await build_case(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.scope, lambda batch: CASES[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build_case(real, 1), await build_case(real, 2)
    assert await READS[verb](real.reads, theirs, mine.scope) in NOTHING
    if "counts" not in verb:
        assert await READS[verb](real.reads, theirs, theirs.scope) not in NOTHING


# These need a state that the case is not in: nobody is waited for.
OTHERWISE = {"bind", "unheard_since", "waiting_to_come_back"}


@pytest.mark.parametrize("verb", sorted(set(CASES) - OTHERWISE))
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    """The walk would prove nothing if its calls reached nothing anywhere."""
    mine, other = await build_case(real, 1), await build_case(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.scope, lambda batch: CASES[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


DISGUISED: Mapping[str, Callable[[Any, Case, Case], Any]] = {
    "add_fault": lambda b, t, m: b.add_fault(a_fault(t.estate, management_code=m.tenant, phase=FaultPhase.CLOSED)),
    "add_exchange": lambda b, t, m: b.add_exchange(
        an_exchange(t.estate, management_code=m.tenant, state=ExchangeState.CLOSED)
    ),
    "add_reactions": lambda b, t, m: b.add_reactions([a_reaction(t.estate, management_code=m.tenant)]),
    "add_symptom": lambda b, t, m: b.add_symptom(
        t.fault.fault, a_symptom(m.code, m.tenant, m.unit, SymptomKind.HARDWARE_ALARM)
    ),
    "add_facts to a fault": lambda b, t, m: b.add_facts([a_fact(m.tenant, t.fault.fault, None)]),
    "add_facts to an exchange": lambda b, t, m: b.add_facts([a_fact(m.tenant, None, t.exchange.exchange)]),
    "save_acceptance": lambda b, t, m: b.save_acceptance(replace(t.exchange, management_code=m.tenant), []),
    "save_exchange": lambda b, t, m: b.save_exchange(
        replace(t.exchange, management_code=m.tenant), a_step(t.exchange.exchange, m.tenant)
    ),
    "add_notice": lambda b, t, m: b.add_notice(a_notice(t.exchange.exchange, m.tenant, "new")),
    "give a fault away": lambda b, t, m: b.save_fault(replace(m.fault, management_code=t.tenant)),
    "give a reaction away": lambda b, t, m: b.save_reaction(replace(m.reaction, management_code=t.tenant)),
}


@pytest.mark.parametrize("verb", DISGUISED)
async def test_nothing_of_mine_hangs_on_a_case_of_theirs(real: Backend, verb: str) -> None:
    theirs, mine = await build_case(real, 1), await build_case(real, 2)
    before = real.dump()
    with suppress(NotFound):
        await real.store.batch(mine.scope, lambda batch: DISGUISED[verb](batch, theirs, mine))
    assert real.dump() == before
