"""Walks through the story in any order, on the real operations, and what must hold after every single step."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from servicehost.backends.sql import case_tables, tables
from servicehost.domain.acceptance import Point
from servicehost.domain.errors import Refused
from servicehost.domain.exchange import ENDED, EXCHANGE_TABLE, ExchangeState, Failure
from servicehost.domain.fact_kind import Cause
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.reserve_unit import Choice
from servicehost.operations.take_carrier_notice import take_carrier_notice
from servicehost.ports.carrier import CarrierNotice, NoticeKind
from servicehost.ports.desk import NotAdmitted
from tests.builders.memory_store import MemoryStore
from tests.builders.stories import SENDBACK, until
from tests.builders.world import (
    CODE,
    DISPATCHER,
    MANAGER,
    NEW,
    NEW_2,
    OLD,
    OTHER_MODEL,
    SUPPORT,
    Field,
    distribution_id,
)

S = ExchangeState
Event = Callable[[Field, int], Awaitable[object]]
"""What happens, given the number of the newest exchange (0: none)."""


async def _notice(case_world: Field, number: int, kind: NoticeKind) -> None:
    notice = CarrierNotice(message_id=f"{number}/{kind}", order_id=f"exchange-{number}", kind=kind)
    await take_carrier_notice(notice, store=case_world.store, clock=case_world.clock)


async def _reports(case_world: Field, unit_id: int) -> None:
    if unit_id in case_world.sessions:
        await case_world.reports(unit_id)


EVENTS: dict[str, Event] = {
    "asks": lambda w, n: w.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE)),
    "a stranger asks": lambda w, n: w.ops.request_exchange(SUPPORT, ExchangeRequest(service_code=CODE)),
    "triage: natural": lambda w, n: w.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "seen"),
    "triage: not hardware": lambda w, n: w.ops.record_triage(SUPPORT, 1, Cause.NOT_HARDWARE, "seen", "so it is"),
    "follow": lambda w, n: w.ops.run_reactions(),
    "clock": lambda w, n: w.workers(),
    "a minute": lambda w, n: w.passes(60),
    "a second": lambda w, n: w.passes(1),
    "old: hello": lambda w, n: w.hello(OLD),
    "new: hello": lambda w, n: w.hello(NEW),
    "second: hello": lambda w, n: w.hello(NEW_2),
    "old: silent": lambda w, n: w.falls_silent(OLD),
    "new: silent": lambda w, n: w.falls_silent(NEW),
    "new: reports": lambda w, n: _reports(w, NEW),
    "reserve second": lambda w, n: w.ops.reserve_unit(DISPATCHER, n, Choice(distribution_id=distribution_id(NEW_2))),
    "reserve other": lambda w, n: w.ops.reserve_unit(
        DISPATCHER, n, Choice(distribution_id=distribution_id(OTHER_MODEL))
    ),
    "carrier: arrived": lambda w, n: _notice(w, n, NoticeKind.ARRIVED),
    "carrier: refused": lambda w, n: _notice(w, n, NoticeKind.REFUSED),
    "swap now": lambda w, n: w.ops.swap_unit(MANAGER, n, ""),
    "confirm": lambda w, n: w.ops.confirm_recovery(MANAGER, n),
    "cancel": lambda w, n: w.ops.cancel_exchange(MANAGER, n, "changed my mind"),
    "dead on arrival": lambda w, n: w.ops.fail_exchange(MANAGER, n, Failure.DEAD_ON_ARRIVAL),
    "wrong model": lambda w, n: w.ops.fail_exchange(DISPATCHER, n, Failure.WRONG_MODEL),
    "restock": lambda w, n: w.ops.stock_unit(DISPATCHER, distribution_id(NEW)),
}


class Start:
    """A photograph to walk from."""

    def __init__(self, case_world: Field, store: MemoryStore) -> None:
        self.photograph = store.photograph()
        self.sessions = dict(case_world.sessions)
        self.now_ms = case_world.clock.now_ms


class Walk:
    """One case_world, walked again and again from the same starts."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.starts: dict[str, Start] = {}

    async def prepare(self) -> None:
        """The starts: nothing yet; the unit on its way; the units swapped; the new one accepted."""
        case_world = Field(self.store)
        await case_world.found()
        await case_world.hello(OLD)
        self.starts["founded"] = Start(case_world, self.store)
        for name, state in (("ordered", S.ORDERED), ("swapped", S.SWAPPED), ("accepted", S.ACCEPTED)):
            self.store.put_back(self.starts["founded"].photograph)
            case_world = Field(self.store)
            await until(case_world, SENDBACK, state)
            self.starts[name] = Start(case_world, self.store)

    async def walk(self, start: str, events: Sequence[str]) -> None:
        """Raises AssertionError at the first step after which something does not hold. Refusals are answers."""
        case_world = Field(self.store)
        begin = self.starts[start]
        self.store.put_back(begin.photograph)
        case_world.sessions, case_world.clock.now_ms = dict(begin.sessions), begin.now_ms
        law = Law(self.store, case_world)
        for event in events:
            in_session = set(case_world.sessions)
            try:
                await EVENTS[event](case_world, law.newest)
            except Refused as refused:
                law.refusals.append(refused.code)
            except NotAdmitted as turned_away:
                law.refusals.append(turned_away.reason)
            law.holds(in_session)


class Law:
    """What must hold after every step."""

    def __init__(self, store: MemoryStore, case_world: Field) -> None:
        self._store = store
        self._world = case_world
        self._ended: dict[int, Any] = {}
        self._states: dict[int, str] = {}
        self.newest = 0
        self.refusals: list[str] = []
        self.holds(set(case_world.sessions))

    def _rows(self, chosen: Any) -> list[Any]:
        rows = self._store.connection.execute(chosen).mappings().all()
        self._store.connection.rollback()
        return list(rows)

    def holds(self, were_in_session: set[int]) -> None:
        exchanges = self._rows(select(case_tables.exchange).order_by(case_tables.exchange.c.exchange))
        bindings = self._rows(select(tables.binding).order_by(tables.binding.c.number))
        self._history(bindings)
        self._one_serves(bindings)
        for row in exchanges:
            self._on_stand_by(row, bindings)
            self._moved(row, were_in_session)
            self._given_up(row, bindings)
            self._never_moves(row)
        self._spares(exchanges, bindings)
        self._steps()
        self._states = {row["exchange"]: row["state"] for row in exchanges}
        self.newest = max(self._states, default=0)

    def _history(self, bindings: list[Any]) -> None:
        for before, after in pairwise(bindings):
            assert before["unbound_at"] is not None, "two bindings in force"
            assert before["bound_at"] <= before["unbound_at"] <= after["bound_at"], "bindings overlap"

    def _one_serves(self, bindings: list[Any]) -> None:
        """Sessions whose fence stands and that serve: what such a session says is written."""
        in_force = {row["unit_id"]: row["number"] for row in bindings if row["unbound_at"] is None}
        sessions = {row["unit_id"]: row for row in self._rows(select(tables.session))}
        serving = [
            unit_id
            for unit_id, fence in self._world.sessions.items()
            if fence.binding is not None
            and (sessions[unit_id]["epoch"], sessions[unit_id]["binding"]) == (fence.epoch, fence.binding)
        ]
        assert len(serving) <= 1, f"{serving} serve at once"
        assert all(unit_id in in_force for unit_id in serving), "a session serves without a binding"

    def _on_stand_by(self, row: Any, bindings: list[Any]) -> None:
        if row["state"] in (S.RESERVED, S.ORDERED, S.ARRIVED):
            bound = {one["unit_id"] for one in bindings if one["unbound_at"] is None}
            assert row["new_unit_id"] not in bound, "the reserved unit serves before the swap"
        if row["state"] in (S.SWAPPED, S.ACCEPTED, S.CONFIRMED):
            assert bindings[-1]["number"] == row["binding"], "swapped, and bound to something else"

    def _moved(self, row: Any, were_in_session: set[int]) -> None:
        before = self._states.get(row["exchange"])
        if row["state"] == S.SWAPPED != before:
            heard = self._rows(select(tables.session).where(tables.session.c.unit_id == row["new_unit_id"]))[0]
            assert heard["opened_at"] >= (row["ordered_at"] or row["reserved_at"]), "swapped before a hello"
            assert row["swap_now_at"] is not None or OLD not in were_in_session, "swapped although the old one served"
        if row["state"] in (S.ACCEPTED, S.CONFIRMED, S.CLOSED) and before in (S.SWAPPED, S.ARRIVED, S.ORDERED):
            points = self._rows(
                select(case_tables.acceptance_point).where(
                    case_tables.acceptance_point.c.exchange == row["exchange"], case_tables.acceptance_point.c.holds
                )
            )
            assert {point["point"] for point in points} == {point.value for point in Point}, "accepted without a point"

    def _given_up(self, row: Any, bindings: list[Any]) -> None:
        before = self._states.get(row["exchange"])
        if row["state"] in (S.FAILED, S.CANCELLED) and row["state"] != before:
            bound = [one["unit_id"] for one in bindings if one["unbound_at"] is None]
            assert row["new_unit_id"] is None or row["new_unit_id"] not in bound, "given up, and still serving"
            assert bound == [row["old_unit_id"]], "given up, and the old unit does not serve"

    def _never_moves(self, row: Any) -> None:
        if row["exchange"] in self._ended:
            assert dict(row) == self._ended[row["exchange"]], "an ended exchange moved"
        elif row["state"] in ENDED:
            self._ended[row["exchange"]] = dict(row)

    def _spares(self, exchanges: list[Any], bindings: list[Any]) -> None:
        bound = {one["unit_id"] for one in bindings if one["unbound_at"] is None}
        held = {row["new_unit_id"] for row in exchanges if row["state"] in (S.RESERVED, S.ORDERED, S.ARRIVED)}
        spares = self._rows(select(case_tables.spare))
        assert not bound & {spare["unit_id"] for spare in spares}, "a unit that serves lies in stock"
        assert held == {spare["unit_id"] for spare in spares if spare["state"] == "reserved"}, "reserved for nobody"

    def _steps(self) -> None:
        step = case_tables.exchange_step.c
        last: dict[int, str] = {}
        for row in self._rows(select(case_tables.exchange_step).order_by(step.step)):
            before, after = last.get(row["exchange"]), row["state"]
            if before is not None:
                assert after in EXCHANGE_TABLE[S(before)].values(), f"{before} became {after}"
            last[row["exchange"]] = after
