"""What the store keeps of customers, delegates, links to a first password and the ends of contracts."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.first_password import FirstPasswordLink
from servicehost.domain.people import Person
from servicehost.domain.unit import Adapter

__all__ = ["ContractView", "CustomerReads", "CustomerView", "Customers"]


class Customers(Protocol):
    """A part of the batch verb: plain calls within its scope. Lists are in the order of their keys."""

    # customers and contracts
    def add_customer(self, customer: Customer) -> None:
        """Raises Conflict `customer_exists`; NotFound within the scope of one contract."""
        ...

    def customer(self, customer_code: str) -> Customer | None:
        """Also seen within the scope of one of its contracts."""
        ...

    def contract(self, management_code: str) -> ManagementContract | None: ...

    def add_contract(self, contract: ManagementContract) -> None:
        """Raises Conflict `contract_exists`; NotFound `customer_not_found`."""
        ...

    def adapters_of(self, management_code: str) -> list[Adapter]: ...

    def set_memo(self, service_code: str, memo: str) -> None: ...

    # people
    def person(self, master_id: str) -> Person | None: ...

    def people_of(self, management_code: str) -> list[Person]:
        """Operation managers that were not erased."""
        ...

    def choose_password(self, person_id: int, password_hash: str) -> None:
        """It is no one-time password; every token of the person ends."""
        ...

    # delegates
    def add_delegate(self, delegate: Delegate) -> Delegate:
        """With its number; numbers grow."""
        ...

    def delegate(self, number: int) -> Delegate | None: ...

    def delegates_of(self, management_code: str) -> list[Delegate]:
        """Those whose naming was not ended."""
        ...

    def end_delegate(self, delegate: Delegate) -> None:
        """Writes ended_at, ended_by and end_reason, and nothing else of it."""
        ...

    # first passwords
    def add_link(self, link: FirstPasswordLink) -> None:
        """The person's earlier links are void from its `made_at` on."""
        ...

    def link(self, link_hash: str) -> FirstPasswordLink | None: ...

    def use_link(self, link_hash: str, at: int) -> bool:
        """True for exactly one caller."""
        ...

    # ends
    def set_contract_end(self, management_code: str, ends_at: int | None, reason: str) -> None: ...

    def ended_contracts(self, now: int, limit: int) -> list[ManagementContract]:
        """Whose end has come and was not carried out, the earliest end first."""
        ...

    def mark_contract_ended(self, management_code: str, at: int) -> None:
        """Marks it, ends every token of its people and voids their links."""
        ...

    def set_option_end(self, service_code: str, ends_at: int | None) -> None: ...

    def ended_options(self, now: int, limit: int) -> list[Adapter]:
        """Whose option's end has come, the earliest end first."""
        ...

    def ended_adapters(self, now: int, limit: int) -> list[Adapter]:
        """Whose contract's end has come and was not carried out, the earliest end first."""
        ...

    def mark_adapter_ended(self, service_code: str, at: int | None) -> None:
        """None: it goes on."""
        ...

    # erasure
    def contracts_to_erase(self, ended_before: int, limit: int) -> list[ManagementContract]:
        """Whose end was carried out before that instant, and of which nothing was erased yet."""
        ...

    def mark_contract_erased(self, management_code: str, at: int) -> None: ...

    def erase_people_of(self, management_code: str, password_hash: str, at: int) -> int:
        """Its people's keys are destroyed, names and contacts emptied, tokens and links gone; how many people."""
        ...

    def erase_named_of(self, management_code: str, at: int) -> int:
        """Everybody known by name alone: keys destroyed, delegates and attendees emptied; how many names."""
        ...

    def erase_labels_of(self, management_code: str) -> int:
        """Empty the contract's label, and its customer's name if none of its other contracts is left unerased; how many
        of the two. Codes stay."""
        ...

    def erase_places_of(self, management_code: str, at: int) -> int:
        """Site names, memos, declared locations and where those lie are emptied, and the contract's own key is
        destroyed; how many adapters."""
        ...

    def erase_calls_of(self, management_code: str, at: int) -> int:
        """Who called, from which number, what was said and answered, registered or not; how many calls."""
        ...

    def erase_words_of(self, management_code: str) -> int:
        """What people wrote beside what they did: events, statements, consents, proposals, overrides and the like; how
        many texts."""
        ...


class CustomerView(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with those of their contracts that the scope sees."""

    customer: Customer
    contracts: tuple[ManagementContract, ...]


class ContractView(msgspec.Struct, frozen=True, kw_only=True):
    """A contract, whose it is (None: not on record), its operation managers, its delegates and how many adapters."""

    contract: ManagementContract
    customer: Customer | None
    managers: tuple[Person, ...]
    delegates: tuple[Delegate, ...]
    adapters: int


class CustomerReads(Protocol):
    """Snapshots, within the caller's scope. Lists hold at most `limit` after the key `after` (exclusive)."""

    async def customers(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[Customer]:
        """Within the scope of one contract: its own."""
        ...

    async def customer(self, scope: Scope, customer_code: str) -> CustomerView | None: ...

    async def contract(self, scope: Scope, management_code: str) -> ContractView | None:
        """People who were erased and delegates whose naming was ended are left out."""
        ...

    async def people_of(self, scope: Scope, management_code: str) -> Sequence[Person]:
        """Operation managers that were not erased, in the order of their Master IDs."""
        ...

    async def delegates(
        self, scope: Scope, management_code: str, *, after: int = 0, limit: int = 100
    ) -> list[Delegate]:
        """With those whose naming was ended."""
        ...
