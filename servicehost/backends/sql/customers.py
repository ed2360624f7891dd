"""Customers, their contracts and people, delegates and links to a first password, on one connection."""

from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.contracts import Contracts, People
from servicehost.backends.sql.customer_rows import delegate_row, link_row, to_delegate, to_link
from servicehost.backends.sql.customer_tables import customer, delegate, first_password_link
from servicehost.backends.sql.rows import Scoped, to_adapter, to_person
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.errors import Conflict
from servicehost.domain.first_password import FirstPasswordLink
from servicehost.domain.people import Person, Role
from servicehost.domain.unit import Adapter

__all__ = ["CustomerRows", "DelegateRows", "LinkRows"]

_contract = tables.management_contract.c
_person = tables.person.c
_adapter = tables.adapter.c
_delegate = delegate.c
_link = first_password_link.c


class CustomerRows(Contracts, Scoped):
    """Tables `customer` and `management_contract`, and the adapters of a contract."""

    def add_customer(self, customer: Customer) -> None:
        self._own([None])
        if self.customer(customer.customer_code) is not None:
            raise Conflict("customer_exists", f"There is a customer {customer.customer_code} already")
        self._on.execute(insert(_CUSTOMER).values(msgspec.structs.asdict(customer)))

    def adapters_of(self, management_code: str) -> list[Adapter]:
        chosen = select(tables.adapter).where(
            _adapter.management_code == management_code, *self._within(_adapter.management_code)
        )
        return [to_adapter(row) for row in self._on.execute(chosen.order_by(_adapter.service_code)).mappings()]

    def set_memo(self, service_code: str, memo: str) -> None:
        mine = (_adapter.service_code == service_code, *self._within(_adapter.management_code))
        self._on.execute(update(tables.adapter).where(*mine).values(memo=memo))


_CUSTOMER = customer


class DelegateRows(Scoped):
    """Table `delegate`."""

    def add_delegate(self, delegate: Delegate) -> Delegate:
        self._own([delegate.management_code])
        added = insert(_DELEGATE).values(delegate_row(delegate)).returning(_delegate.number)
        return msgspec.structs.replace(delegate, number=self._on.execute(added).scalar_one())

    def delegate(self, number: int) -> Delegate | None:
        found = self._delegates(_delegate.number == number)
        return found[0] if found else None

    def delegates_of(self, management_code: str) -> list[Delegate]:
        return self._delegates(_delegate.management_code == management_code, _delegate.ended_at.is_(None))

    def end_delegate(self, delegate: Delegate) -> None:
        ended = {name: getattr(delegate, name) for name in ("ended_at", "ended_by", "end_reason")}
        mine = (_delegate.number == delegate.number, *self._within(_delegate.management_code))
        self._on.execute(update(_DELEGATE).where(*mine).values(ended))

    def _delegates(self, *which: Any) -> list[Delegate]:
        chosen = select(_DELEGATE).where(*which, *self._within(_delegate.management_code))
        return [to_delegate(row) for row in self._on.execute(chosen.order_by(_delegate.number)).mappings()]


_DELEGATE = delegate


class LinkRows(People):
    """Table `first_password_link`, and the people to whom its rows belong."""

    def person(self, master_id: str) -> Person | None:
        return self.person_by_master_id(master_id)

    def people_of(self, management_code: str) -> list[Person]:
        chosen = select(tables.person).where(
            _person.management_code == management_code,
            _person.role == Role.OPERATION_MANAGER.value,
            _person.name != "",
            *self._within(_person.management_code),
        )
        return [to_person(row) for row in self._on.execute(chosen.order_by(_person.master_id)).mappings()]

    def choose_password(self, person_id: int, password_hash: str) -> None:
        self.set_password(person_id, password_hash, one_time=False)
        self.drop_tokens_of(person_id)

    def add_link(self, link: FirstPasswordLink) -> None:
        self._own([link.management_code])
        earlier = (_link.person_id == link.person_id, _link.used_at.is_(None), _link.voided_at.is_(None))
        mine = self._within(_link.management_code)
        self._on.execute(update(first_password_link).where(*earlier, *mine).values(voided_at=link.made_at))
        self._on.execute(insert(first_password_link).values(link_row(link)))

    def link(self, link_hash: str) -> FirstPasswordLink | None:
        chosen = select(first_password_link).where(_link.link_hash == link_hash, *self._within(_link.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_link(row)

    def use_link(self, link_hash: str, at: int) -> bool:
        good = (_link.link_hash == link_hash, _link.used_at.is_(None), _link.voided_at.is_(None))
        used = update(first_password_link).where(*good, *self._within(_link.management_code)).values(used_at=at)
        return self._on.execute(used).rowcount == 1
