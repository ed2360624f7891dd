"""The use cases of customers and their contracts, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import ManagementContract
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.people import Actor
from servicehost.domain.throttle import Throttle
from servicehost.domain.unit import Adapter
from servicehost.operations.add_customer import add_customer
from servicehost.operations.add_delegate import Naming, add_delegate, end_delegate
from servicehost.operations.carry_out_ends import carry_out_ends
from servicehost.operations.choose_password import Choice, choose_password
from servicehost.operations.end_contract import continue_contract, end_contract
from servicehost.operations.end_option import continue_option, end_option
from servicehost.operations.erase_contracts import erase_contracts
from servicehost.operations.make_notice import Notice, make_notice
from servicehost.operations.write_memo import write_memo
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store
from servicehost.settings.contracts import ContractsSettings

__all__ = ["ContractCatalogue", "open_contract_catalogue"]

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCatalogue:
    """Each field is the use case of that name; arguments go by position, as written there."""

    add_customer: Callable[[Actor, str | None, str], Awaitable[Customer]]
    write_memo: Callable[[Actor, str, str], Awaitable[Adapter]]
    add_delegate: Callable[[Actor, str, Naming], Awaitable[Delegate]]
    end_delegate: Callable[[Actor, int, str], Awaitable[Delegate]]
    make_notice: Callable[[Actor, str], Awaitable[Notice]]
    choose_password: Callable[[Choice, str], Awaitable[None]]
    end_contract: Callable[[Actor, str, int | None, str], Awaitable[ManagementContract]]
    continue_contract: Callable[[Actor, str, str], Awaitable[ManagementContract]]
    end_option: Callable[[Actor, str, int | None, str], Awaitable[Adapter]]
    continue_option: Callable[[Actor, str, str], Awaitable[Adapter]]
    # the clock's
    carry_out_ends: Callable[[int], Awaitable[int]]
    erase_contracts: Callable[[int], Awaitable[int]]


def open_contract_catalogue(
    *,
    store: Store,
    clock: Clock,
    hasher: Hasher,
    of_address: Throttle,
    settings: ContractsSettings,
    returns: ReturnPolicy,
) -> ContractCatalogue:
    """`of_address` counts what is refused to strangers; log-in counts in the same."""
    return ContractCatalogue(
        add_customer=partial(add_customer, store=store, clock=clock),
        write_memo=partial(write_memo, store=store, clock=clock),
        add_delegate=partial(add_delegate, store=store, clock=clock),
        end_delegate=partial(end_delegate, store=store, clock=clock),
        make_notice=partial(
            make_notice,
            store=store,
            clock=clock,
            link_life_ms=settings.link_life_h * _HOUR_MS,
            panel_url=settings.panel_url,
        ),
        end_contract=partial(end_contract, store=store, clock=clock),
        continue_contract=partial(continue_contract, store=store, clock=clock),
        end_option=partial(end_option, store=store, clock=clock),
        continue_option=partial(continue_option, store=store, clock=clock),
        carry_out_ends=partial(carry_out_ends, store=store, clock=clock, policy=returns),
        erase_contracts=partial(
            erase_contracts, store=store, clock=clock, hasher=hasher, after_ms=settings.erase_after_days * _DAY_MS
        ),
        choose_password=partial(choose_password, store=store, clock=clock, hasher=hasher, of_address=of_address),
    )
