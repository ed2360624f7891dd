"""The clock's door: what this host does again and again, and how often."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol

from servicehost.domain.contract import EVERYTHING
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.operations.contract_catalogue import ContractCatalogue
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store
from servicehost.settings.contracts import ContractsSettings
from servicehost.settings.exchanges import ExchangesSettings

__all__ = [
    "EXPIRE_AT_ONCE",
    "FENCES_EVERY_S",
    "Looking",
    "Round",
    "Run",
    "Ticking",
    "area_round",
    "audit_round",
    "case_rounds",
    "contract_rounds",
    "events_round",
    "host_rounds",
    "identity_rounds",
]

EXPIRE_AT_ONCE: Final = 500
"""Pushes, or sessions, ended in one transaction: people's use cases wait no longer than for that many."""


FENCES_EVERY_S: Final = 2.0
ERASE_AT_ONCE: Final = 10
ERASE_EVERY_S: Final = 3_600.0
LOCATIONS_EVERY_S: Final = 60.0
"""A declaration counts from its own instant; this often the host carries it into the terms."""


class Round(NamedTuple):
    """One kind of work; `every_s` after the end of one begins the next."""

    name: str
    work: Callable[[], Awaitable[object]]
    every_s: float


class Run(NamedTuple):
    """Which run of which host this is, and since when."""

    host: str
    run: int
    started_at: int


class Ticking(Protocol):
    """What the intake wants of the clock."""

    async def tick(self) -> None:
        """Once a second."""
        ...


class Looking(Protocol):
    """What looks for news whenever it is asked to."""

    async def look(self) -> object:
        """Once."""
        ...


def host_rounds(
    us: Run,
    *,
    store: Store,
    clock: Clock,
    intake: Ticking,
    expire_pushes: Callable[[int], Awaitable[int]],
    end_due_adapters: Callable[[int], Awaitable[int]],
) -> tuple[Round, ...]:
    """The rounds of one host."""

    async def renew_lease() -> None:
        # A host counts as gone after three misses: see `domain.presence`.
        def renew(batch: Batch) -> None:
            batch.renew_lease(us.host, us.run, us.started_at, clock.wall())

        await store.batch(EVERYTHING, renew)

    async def expire() -> None:
        while await expire_pushes(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    async def end_adapters() -> None:
        while await end_due_adapters(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    return (
        Round("intake_tick", intake.tick, 1.0),
        Round("renew_lease", renew_lease, 5.0),
        Round("expire_pushes", expire, 60.0),
        Round("end_adapters", end_adapters, 60.0),
    )


def identity_rounds(
    fences: Looking, attempts: Looking, drop_old_fences: Callable[[], Awaitable[int]]
) -> tuple[Round, ...]:
    """The rounds that keep out who has lost the right to be here, on every host, and their log within its bounds."""
    return (
        # Promised are five seconds, also when a look has to wait for a busy host.
        Round("watch_fences", fences.look, FENCES_EVERY_S),
        Round("drop_old_fences", drop_old_fences, 3_600.0),
        Round("prune_attempts", attempts.look, 60.0),
    )


def case_rounds(cases: CaseCatalogue, settings: ExchangesSettings) -> tuple[Round, ...]:
    """The rounds that move faults and exchanges where nobody's word is waited for."""
    suspected_ms = round(settings.silence_is_suspected_after_s * 1000)
    patience_ms = round(settings.carrier_patience_s * 1000)

    async def apply_locations() -> None:
        while await cases.apply_locations(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    return (
        Round("suspect_silence", lambda: cases.suspect_silence(suspected_ms), settings.silence_every_s),
        Round("collect_notices", cases.collect_notices, settings.carrier_every_s),
        # What was asked again may take as long again.
        Round("chase_orders", lambda: cases.chase_orders(patience_ms), settings.carrier_patience_s),
        Round("settle_swaps", cases.settle_swaps, settings.swap_every_s),
        Round("check_acceptances", cases.check_acceptances, settings.acceptance_every_s),
        Round("run_reactions", cases.run_reactions, settings.reaction_every_s),
        Round("lapse_returns", cases.lapse_returns, settings.returns_every_s),
        Round("apply_locations", apply_locations, LOCATIONS_EVERY_S),
        Round("price_charges", cases.price_charges, settings.returns_every_s),
    )


def area_round(watch_areas: Callable[[], Awaitable[int]], every_s: float) -> Round:
    """The round that looks after closed areas: those whose hour has come, and orders inside them."""
    return Round("watch_areas", watch_areas, every_s)


def contract_rounds(contracts: ContractCatalogue, settings: ContractsSettings) -> tuple[Round, ...]:
    """The rounds that carry out the ends of contracts, and erase what says something of people some time later."""

    async def end() -> None:
        while await contracts.carry_out_ends(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    async def erase() -> None:
        while await contracts.erase_contracts(ERASE_AT_ONCE) == ERASE_AT_ONCE:
            pass

    return (
        Round("carry_out_ends", end, settings.ends_every_s),
        Round("erase_contracts", erase, ERASE_EVERY_S),
    )


def audit_round(export_heads: Callable[[], Awaitable[int]]) -> Round:
    """The round that carries the audit's heads away: every ten minutes it looks whether a day is over."""

    async def export() -> None:
        while await export_heads():
            pass

    return Round("export_heads", export, 600.0)


def events_round(forget_events: Callable[[int], Awaitable[int]]) -> Round:
    """The round that removes events older than the host keeps them, a part at a time."""

    async def forget() -> None:
        while await forget_events(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    return Round("forget_events", forget, 3_600.0)
