"""Depots, thresholds, reservations and overrides, on one connection; and the read models of stock."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Delete,
    RowMapping,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import case_tables, stock_tables, tables
from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.backends.sql.schedule_tables import startup_proof
from servicehost.domain.contract import Scope
from servicehost.domain.depot import Depot, StockCount, StockThreshold
from servicehost.domain.errors import NotFound
from servicehost.domain.override import Override
from servicehost.domain.rules import Verdict
from servicehost.domain.spare import Reservation, Spare, SpareState

__all__ = ["FIRMWARE", "SPARES", "Depots", "Overrides", "SqlStockReads", "to_override", "to_reservation", "to_spare"]

_spare = case_tables.spare.c
_session = tables.session.c
_depot = stock_tables.depot.c
_threshold = stock_tables.stock_threshold.c
_override = stock_tables.verdict_override.c
_row = case_tables.outbox.c
_heard_there = and_(_session.epoch > 0, _session.opened_at >= _spare.stocked_at, _session.firmware.is_not(None))
FIRMWARE: Final = case((_heard_there, _session.firmware), else_=_spare.firmware).label("firmware")
"""What the unit has said itself since it lies in stock goes before what was recorded."""
SPARES: Final = (
    select(*(column for column in _spare if column.name != "firmware"), FIRMWARE, tables.unit.c.distribution_id)
    .join(tables.unit, tables.unit.c.unit_id == _spare.unit_id)
    .outerjoin(tables.session, _session.unit_id == _spare.unit_id)
)
"""Every spare as it is read, joined with its unit."""
_reservation_why: Final = msgspec.json.Decoder(Reservation.__annotations__["why"])
_reservation_misfits: Final = msgspec.json.Decoder(Reservation.__annotations__["misfits"])


def to_spare(row: RowMapping) -> Spare:
    """A row of `SPARES`."""
    plain = {name: row[name] for name in Spare.__struct_fields__ if name != "state"}
    return Spare(state=SpareState(row["state"]), **plain)


def to_reservation(row: RowMapping) -> Reservation:
    """A row of `reservation`."""
    plain = {name: row[name] for name in Reservation.__struct_fields__ if name not in ("why", "misfits")}
    return Reservation(
        why=_reservation_why.decode(row["why"]), misfits=_reservation_misfits.decode(row["misfits"]), **plain
    )


def to_override(row: RowMapping) -> Override:
    """A row of `verdict_override`."""
    plain = {name: row[name] for name in Override.__struct_fields__ if name not in ("verdict", "ruled")}
    return Override(verdict=Verdict(row["verdict"]), ruled=Verdict(row["ruled"]), **plain)


def _fields(struct: msgspec.Struct, *but: str) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__ if name not in but}


class Depots(Scoped):
    """Tables `depot`, `stock_threshold` and `reservation`."""

    @property
    def _providers(self) -> bool:
        return self._scope.management_code is None

    def depots(self) -> list[Depot]:
        if not self._providers:
            return []
        rows = self._on.execute(select(stock_tables.depot).order_by(_depot.depot)).mappings()
        return [Depot(**row) for row in rows]

    def put_depot(self, depot: Depot) -> None:
        self._replace(stock_tables.depot, delete(stock_tables.depot).where(_depot.depot == depot.depot), depot)

    def threshold(self, depot: str, model: str) -> StockThreshold | None:
        chosen = select(stock_tables.stock_threshold).where(_threshold.depot == depot, _threshold.model == model)
        row = self._on.execute(chosen).mappings().first() if self._providers else None
        return None if row is None else StockThreshold(**row)

    def put_threshold(self, threshold: StockThreshold) -> None:
        standing = delete(stock_tables.stock_threshold).where(
            _threshold.depot == threshold.depot, _threshold.model == threshold.model
        )
        self._replace(stock_tables.stock_threshold, standing, threshold if threshold.least else None)

    def _replace(self, table: Table, standing: Delete, row: msgspec.Struct | None) -> None:
        if not self._providers:
            raise NotFound("no_contract", "Stock is the provider's")
        self._on.execute(standing)
        if row is not None:
            self._on.execute(insert(table).values(_fields(row)))

    def free_spares(self, model: str) -> list[Spare]:
        chosen = SPARES.where(_spare.model == model, _spare.state == "free", *self._within(_spare.management_code))
        rows = self._on.execute(chosen.order_by(_spare.stocked_at, _spare.unit_id)).mappings()
        return [to_spare(row) for row in rows]

    def add_reservation(self, reservation: Reservation) -> Reservation:
        self._of_case(reservation.exchange, reservation.management_code)
        row = _fields(reservation, "reservation", "why", "misfits")
        row |= {"why": as_text(reservation.why), "misfits": as_text(reservation.misfits)}
        table = stock_tables.reservation
        number = self._on.execute(insert(table).values(row).returning(table.c.reservation)).scalar_one()
        return msgspec.structs.replace(reservation, reservation=number)

    def _of_case(self, exchange: int, management_code: str) -> None:
        """Raises NotFound unless it is the exchange of that contract, and in scope."""
        self._own([management_code])
        found = case_tables.exchange.c
        chosen = select(found.management_code).where(found.exchange == exchange)
        if self._on.execute(chosen).scalar() != management_code:
            raise NotFound("no_exchange", "No such exchange")


class Overrides(Depots):
    """Table `verdict_override`, and what an exchange needs to be taken up again."""

    def override_of(self, exchange: int) -> Override | None:
        chosen = (
            select(stock_tables.verdict_override)
            .where(_override.exchange == exchange, _override.withdrawn_at.is_(None))
            .where(*self._within(_override.management_code))
            .order_by(_override.override.desc())
            .limit(1)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_override(row)

    def add_override(self, override: Override) -> Override:
        self._of_case(override.exchange, override.management_code)
        row = _fields(override, "override")
        statement = insert(stock_tables.verdict_override).values(row).returning(_override.override)
        return msgspec.structs.replace(override, override=self._on.execute(statement).scalar_one())

    def withdraw_override(self, override: Override) -> None:
        written = {name: getattr(override, f"withdrawn_{name}") for name in ("at", "by", "reason")}
        self._on.execute(
            update(stock_tables.verdict_override)
            .where(_override.override == override.override, *self._within(_override.management_code))
            .values({f"withdrawn_{name}": value for name, value in written.items()})
        )

    def unsettled(self, exchange: int, operations: Sequence[str]) -> bool:
        of_it = or_(*(_row.detail.contains(f'"exchange":{exchange}{end}') for end in (",", "}")))
        chosen = select(_row.number).where(
            of_it, _row.operation.in_(list(operations)), *self._within(_row.management_code)
        )
        return self._on.execute(chosen.limit(1)).first() is not None

    def clear_startup(self, service_code: str) -> None:
        adapter = tables.adapter.c
        self._on.execute(
            update(tables.adapter)
            .where(adapter.service_code == service_code, *self._within(adapter.management_code))
            .values(startup_revision=None, startup_digest=None)
        )
        proof = startup_proof.c
        self._on.execute(
            delete(startup_proof).where(proof.service_code == service_code, *self._within(proof.management_code))
        )


class SqlStockReads:
    """`ports.stock.StockReads`."""

    _engine: AsyncEngine

    async def depots(self, scope: Scope) -> list[Depot]:
        rows = await self._of_provider(scope, select(stock_tables.depot).order_by(_depot.depot))
        return [Depot(**row) for row in rows]

    async def stock_thresholds(self, scope: Scope) -> list[StockThreshold]:
        chosen = select(stock_tables.stock_threshold).order_by(_threshold.depot, _threshold.model)
        return [StockThreshold(**row) for row in await self._of_provider(scope, chosen)]

    async def stock_counts(self, scope: Scope) -> list[StockCount]:
        states = [func.sum(case((_spare.state == one.value, 1), else_=0)).label(one.value) for one in SpareState]
        key = (_spare.depot, _spare.model, FIRMWARE)
        chosen = (
            select(*key, *states)
            .select_from(case_tables.spare)
            .outerjoin(tables.session, _session.unit_id == _spare.unit_id)
            .group_by(*key)
        )
        counts = [StockCount(**row) for row in await self._of_provider(scope, chosen)]
        known = {(one.depot, one.model) for one in counts}
        counts += [
            StockCount(depot=one.depot, model=one.model, firmware="", free=0, reserved=0, out=0)
            for one in await self.stock_thresholds(scope)
            if (one.depot, one.model) not in known
        ]
        return sorted(counts, key=lambda one: (one.depot, one.model, one.firmware))

    async def _of_provider(self, scope: Scope, chosen: Select[Any]) -> Sequence[RowMapping]:
        if scope.management_code is not None:
            return []
        async with self._engine.connect() as on:
            rows: Sequence[RowMapping] = (await on.execute(chosen)).mappings().all()
        return rows
