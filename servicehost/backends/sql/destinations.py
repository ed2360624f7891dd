"""Where errands go: `ports.destinations` on one connection, and in a reader's snapshot."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, Select, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicehost.backends.sql import case_tables, tables
from servicehost.backends.sql.addresses import to_address
from servicehost.backends.sql.area_tables import shipping_address
from servicehost.backends.sql.case_rows import to_exchange
from servicehost.backends.sql.custody_tables import unit_return
from servicehost.backends.sql.destination_tables import destination_word
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.address import Address
from servicehost.domain.destination import DestinationKind, DestinationWord, Whereabouts
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.unit_return import ReturnState

__all__ = ["DestinationRows", "read_destinations"]

_word, _exchange, _return = destination_word.c, case_tables.exchange.c, unit_return.c
_shipping, _adapter = shipping_address.c, tables.adapter.c
_PARTS: Final = Address.__struct_fields__
_PLAIN: Final = tuple(name for name in DestinationWord.__struct_fields__ if name not in ("address", "kind"))
_TO_GO: Final = (ExchangeState.REQUESTED, ExchangeState.JUDGED, ExchangeState.RESERVED)


class DestinationRows(Scoped):
    """Table `destination_word`, and where exchanges and returns stand towards it."""

    def add_destination_word(self, word: DestinationWord) -> DestinationWord:
        self._own([word.management_code])
        chosen = select(_exchange.management_code).where(_exchange.exchange == word.exchange)
        if self._on.execute(chosen).scalar() != word.management_code:
            raise NotFound("exchange_not_found", f"There is no exchange {word.exchange}")
        statement = insert(destination_word).values(_row(word)).returning(_word.number)
        return msgspec.structs.replace(word, number=self._on.execute(statement).scalar_one())

    def whereabouts(self, exchange: Exchange) -> Whereabouts:
        within = self._within(_adapter.management_code)
        declared = select(_adapter.declared_location).where(_adapter.service_code == exchange.service_code, *within)
        place = self._on.execute(declared).scalar()
        if place is None:
            return Whereabouts(method=exchange.method, declared_location="")
        said = self._on.execute(_newest_address(exchange.service_code)).mappings().first()
        words = self._on.execute(_words(exchange.exchange)).mappings().all()
        return _whereabouts(exchange, place, said, [_to_word(row) for row in words])

    def exchanges_to_send(self, service_code: str) -> list[Exchange]:
        due = select(_return.exchange).where(
            _return.service_code == service_code, _return.state == ReturnState.DUE, _return.exchange.is_not(None)
        )
        chosen = select(case_tables.exchange).where(
            _exchange.service_code == service_code,
            or_(_exchange.state.in_(_TO_GO), _exchange.exchange.in_(due)),
            *self._within(_exchange.management_code),
        )
        return [to_exchange(row) for row in self._on.execute(chosen.order_by(_exchange.exchange)).mappings()]


def _newest_address(service_code: str) -> Select[Any]:
    chosen = select(shipping_address).where(_shipping.service_code == service_code)
    return chosen.order_by(_shipping.number.desc()).limit(1)


def _words(exchange: int) -> Select[Any]:
    return select(destination_word).where(_word.exchange == exchange).order_by(_word.number)


async def read_destinations(on: AsyncConnection, exchange: Exchange) -> tuple[Whereabouts, tuple[DestinationWord, ...]]:
    """The same of an exchange that was read in this snapshot, and every word of dispatchers, the oldest first."""
    declared = select(_adapter.declared_location).where(_adapter.service_code == exchange.service_code)
    place = (await on.execute(declared)).scalar_one()
    said = (await on.execute(_newest_address(exchange.service_code))).mappings().first()
    words = [_to_word(row) for row in (await on.execute(_words(exchange.exchange))).mappings().all()]
    return _whereabouts(exchange, place, said, words), tuple(words)


def _whereabouts(
    exchange: Exchange, place: str, said: RowMapping | None, words: Sequence[DestinationWord]
) -> Whereabouts:
    return Whereabouts(
        method=exchange.method,
        declared_location=place,
        shipping=None if said is None else to_address(said),
        word=words[-1] if words else None,
    )


def _row(one: DestinationWord) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in (*_PLAIN, "kind") if name != "number"}
    return plain | {name: None if one.address is None else getattr(one.address, name) for name in _PARTS}


def _to_word(row: RowMapping) -> DestinationWord:
    address = None if row["postal_code"] is None else Address(**{name: row[name] for name in _PARTS})
    return DestinationWord(kind=DestinationKind(row["kind"]), address=address, **{name: row[name] for name in _PLAIN})
