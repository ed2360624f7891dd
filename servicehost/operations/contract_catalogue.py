"""The use cases of customers and their contracts, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.people import Actor
from servicehost.domain.throttle import Throttle
from servicehost.domain.unit import Adapter
from servicehost.operations.add_customer import add_customer
from servicehost.operations.add_delegate import Naming, add_delegate, end_delegate
from servicehost.operations.choose_password import Choice, choose_password
from servicehost.operations.make_notice import Notice, make_notice
from servicehost.operations.write_memo import write_memo
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store
from servicehost.settings.contracts import ContractsSettings

__all__ = ["ContractCatalogue", "open_contract_catalogue"]

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCatalogue:
    """Each field is the use case of that name; arguments go by position, as written there."""

    add_customer: Callable[[Actor, str | None, str], Awaitable[Customer]]
    write_memo: Callable[[Actor, str, str], Awaitable[Adapter]]
    add_delegate: Callable[[Actor, str, Naming], Awaitable[Delegate]]
    end_delegate: Callable[[Actor, int, str], Awaitable[Delegate]]
    make_notice: Callable[[Actor, str], Awaitable[Notice]]
    choose_password: Callable[[Choice, str], Awaitable[None]]


def open_contract_catalogue(
    *, store: Store, clock: Clock, hasher: Hasher, of_address: Throttle, settings: ContractsSettings
) -> ContractCatalogue:
    """`of_address` counts what is refused to strangers; log-in counts in the same."""
    return ContractCatalogue(
        add_customer=partial(add_customer, store=store, clock=clock),
        write_memo=partial(write_memo, store=store, clock=clock),
        add_delegate=partial(add_delegate, store=store, clock=clock),
        end_delegate=partial(end_delegate, store=store, clock=clock),
        make_notice=partial(make_notice, store=store, clock=clock, link_life_ms=settings.link_life_h * _HOUR_MS),
        choose_password=partial(choose_password, store=store, clock=clock, hasher=hasher, of_address=of_address),
    )
