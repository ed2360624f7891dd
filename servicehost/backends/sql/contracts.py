"""Management contracts and people."""

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import tables
from servicehost.backends.sql.customer_rows import to_customer
from servicehost.backends.sql.customer_tables import customer
from servicehost.backends.sql.rows import Scoped, to_contract, to_person
from servicehost.domain.contract import ManagementContract
from servicehost.domain.customer import Customer
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Person
from servicehost.ports.token_rows import TokenRow

__all__ = ["Contracts", "People"]

_contract = tables.management_contract.c
_person = tables.person.c
_token = tables.token.c


class Contracts(Scoped):
    """Tables `management_contract` and `customer`, as far as a contract names one."""

    def add_contract(self, contract: ManagementContract) -> None:
        self._own([contract.management_code])
        if self.contract(contract.management_code) is not None:
            raise Conflict("contract_exists", f"There is a contract {contract.management_code} already")
        if contract.customer_code is not None and self.customer(contract.customer_code) is None:
            raise NotFound("customer_not_found", f"There is no customer {contract.customer_code}")
        self._on.execute(insert(tables.management_contract).values(msgspec.structs.asdict(contract)))

    def customer(self, customer_code: str) -> Customer | None:
        chosen = select(customer).where(customer.c.customer_code == customer_code)
        if self._scope.management_code is not None:
            mine = select(_contract.customer_code).where(_contract.management_code == self._scope.management_code)
            chosen = chosen.where(customer.c.customer_code.in_(mine))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_customer(row)

    def contract(self, management_code: str) -> ManagementContract | None:
        chosen = select(tables.management_contract).where(
            _contract.management_code == management_code, *self._within(_contract.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_contract(row)


class People(Scoped):
    """Tables `person` and `token`."""

    def add_person(self, person: Person) -> Person:
        self._own([person.management_code])
        row = {
            "management_code": person.management_code,
            "master_id": person.master_id,
            "name": person.name,
            "role": person.role.value,
            "password_hash": person.password_hash,
            "password_one_time": person.password_one_time,
            **msgspec.structs.asdict(person.contact),
        }
        try:
            with self._on.begin_nested():
                added = self._on.execute(insert(tables.person).values(row).returning(_person.person_id))
                person_id = added.scalar_one()
        except IntegrityError as error:
            raise Conflict("master_id_taken", f"The Master ID {person.master_id} is taken") from error
        return Person(**{**{f: getattr(person, f) for f in person.__struct_fields__}, "person_id": person_id})

    def person_by_master_id(self, master_id: str) -> Person | None:
        chosen = select(tables.person).where(_person.master_id == master_id, *self._within(_person.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_person(row)

    def set_password(self, person_id: int, password_hash: str, *, one_time: bool) -> None:
        self._on.execute(
            update(tables.person)
            .where(_person.person_id == person_id, *self._within(_person.management_code))
            .values(password_hash=password_hash, password_one_time=one_time)
        )

    def add_token(self, token: TokenRow) -> None:
        owner = select(_person.management_code).where(
            _person.person_id == token.person_id, *self._within(_person.management_code)
        )
        found = self._on.execute(owner).first()
        if found is None:
            raise NotFound("no_person", "No such person")
        self._on.execute(
            insert(tables.token).values(
                token_hash=token.token_hash,
                person_id=token.person_id,
                management_code=found[0],
                created_at=token.created_at,
                expires_at=token.expires_at,
            )
        )

    def drop_token(self, token_hash: str) -> bool:
        gone = delete(tables.token).where(_token.token_hash == token_hash, *self._within(_token.management_code))
        return self._on.execute(gone).rowcount > 0

    def drop_tokens_of(self, person_id: int) -> int:
        gone = delete(tables.token).where(_token.person_id == person_id, *self._within(_token.management_code))
        return self._on.execute(gone).rowcount
