"""Exchanges with their history and checks, the stock, and carriers' messages."""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.case_rows import exchange_row, to_exchange, to_point
from servicehost.backends.sql.depots import SPARES, to_spare
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.acceptance import AcceptancePoint
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.exchange import ENDED, Exchange, Step
from servicehost.domain.spare import Spare
from servicehost.ports.cases import NoticeRow

__all__ = ["Exchanges", "Stock"]

_exchange = case_tables.exchange.c
_point = case_tables.acceptance_point.c
_spare = case_tables.spare.c
_notice = case_tables.carrier_notice.c
_OPEN = _exchange.state.not_in([state.value for state in sorted(ENDED)])


class _OfExchanges(Scoped):
    def _known(self, exchange: int, management_code: str) -> None:
        """Raises NotFound unless it is the exchange of that contract, and in scope."""
        self._own([management_code])
        chosen = select(_exchange.exchange).where(
            _exchange.exchange == exchange, _exchange.management_code == management_code
        )
        if self._on.execute(chosen).first() is None:
            raise NotFound("no_exchange", "No such exchange")


class Exchanges(_OfExchanges):
    """Tables `exchange`, `exchange_step` and `acceptance_point`."""

    def exchange(self, exchange: int) -> Exchange | None:
        chosen = select(case_tables.exchange).where(
            _exchange.exchange == exchange, *self._within(_exchange.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_exchange(row)

    def open_exchange_of(self, service_code: str) -> Exchange | None:
        chosen = select(case_tables.exchange).where(
            _exchange.service_code == service_code, _OPEN, *self._within(_exchange.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_exchange(row)

    def open_exchanges_of_units(self, unit_ids: Collection[int]) -> list[Exchange]:
        if not unit_ids:
            return []
        listed = list(unit_ids)
        chosen = select(case_tables.exchange).where(
            or_(_exchange.new_unit_id.in_(listed), _exchange.old_unit_id.in_(listed)),
            _OPEN,
            *self._within(_exchange.management_code),
        )
        return [to_exchange(row) for row in self._on.execute(chosen.order_by(_exchange.exchange)).mappings()]

    def exchanges_in(self, states: Collection[str], limit: int) -> list[Exchange]:
        chosen = (
            select(case_tables.exchange)
            .where(_exchange.state.in_(list(states)), *self._within(_exchange.management_code))
            .order_by(_exchange.changed_at, _exchange.exchange)
            .limit(limit)
        )
        return [to_exchange(row) for row in self._on.execute(chosen).mappings()]

    def add_exchange(self, exchange: Exchange) -> Exchange:
        self._own([exchange.management_code])
        statement = insert(case_tables.exchange).values(exchange_row(exchange)).returning(_exchange.exchange)
        try:
            with self._on.begin_nested():
                number = self._on.execute(statement).scalar_one()
        except IntegrityError as error:
            if self.open_exchange_of(exchange.service_code) is None:
                raise  # it names an adapter, fault or unit that does not exist in this contract
            text = f"There is an open exchange for {exchange.service_code} already"
            raise Conflict("exchange_open", text) from error
        return msgspec.structs.replace(exchange, exchange=number)

    def save_exchange(self, exchange: Exchange, step: Step | None) -> None:
        self._known(exchange.exchange, exchange.management_code)
        self._on.execute(
            update(case_tables.exchange)
            .where(_exchange.exchange == exchange.exchange, *self._within(_exchange.management_code))
            .values(exchange_row(exchange))
        )
        if step is not None:
            self._own([step.management_code])
            row = {name: getattr(step, name) for name in Step.__struct_fields__}
            self._on.execute(insert(case_tables.exchange_step).values(row))

    def acceptance(self, exchange: int) -> list[AcceptancePoint]:
        chosen = select(case_tables.acceptance_point).where(
            _point.exchange == exchange, *self._within(_point.management_code)
        )
        return [to_point(row) for row in self._on.execute(chosen).mappings()]

    def save_acceptance(self, exchange: Exchange, points: Sequence[AcceptancePoint]) -> None:
        self._known(exchange.exchange, exchange.management_code)
        self._on.execute(delete(case_tables.acceptance_point).where(_point.exchange == exchange.exchange))
        whose = {"exchange": exchange.exchange, "management_code": exchange.management_code}
        fields = AcceptancePoint.__struct_fields__
        rows = [whose | {name: getattr(point, name) for name in fields} for point in points]
        if rows:
            self._on.execute(insert(case_tables.acceptance_point), rows)


class Stock(_OfExchanges):
    """Tables `spare` and `carrier_notice`."""

    def spare(self, unit_id: int) -> Spare | None:
        chosen = SPARES.where(_spare.unit_id == unit_id, *self._within(_spare.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_spare(row)

    def put_spare(self, spare: Spare) -> None:
        self._own([spare.management_code])
        self.drop_spare(spare.unit_id)
        row = {name: getattr(spare, name) for name in Spare.__struct_fields__ if name != "distribution_id"}
        self._on.execute(insert(case_tables.spare).values(row))

    def drop_spare(self, unit_id: int) -> None:
        self._on.execute(
            delete(case_tables.spare).where(_spare.unit_id == unit_id, *self._within(_spare.management_code))
        )

    def add_notice(self, notice: NoticeRow) -> bool:
        self._known(notice.exchange, notice.management_code)
        known = select(_notice.message_id).where(_notice.message_id == notice.message_id)
        if self._on.execute(known).first() is not None:
            return False
        row = {name: getattr(notice, name) for name in NoticeRow.__struct_fields__}
        self._on.execute(insert(case_tables.carrier_notice).values(row))
        return True

    def notice(self, message_id: str) -> NoticeRow | None:
        chosen = select(case_tables.carrier_notice).where(
            _notice.message_id == message_id, *self._within(_notice.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else NoticeRow(**row)
