"""What the host does again and again."""

from collections.abc import Callable
from typing import Any, cast

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.ports.store import Store
from servicehost.settings.exchanges import ExchangesSettings
from servicehost.workers.rounds import EXPIRE_AT_ONCE, Round, Run, audit_round, case_rounds, host_rounds


class Clock:
    def wall(self) -> int:
        return 7_000

    def monotonic(self) -> float:
        return 7.0


class LeaseStore:
    """Takes batches and notes the leases renewed in them."""

    def __init__(self) -> None:
        self.leases: list[tuple[Scope, tuple[Any, ...]]] = []

    async def batch(self, scope: Scope, work: Callable[[Any], Any]) -> Any:
        self.scope = scope
        return work(self)

    def renew_lease(self, *lease: Any) -> None:
        self.leases.append((self.scope, lease))


class Intake:
    ticks = 0

    async def tick(self) -> None:
        self.ticks += 1


def rounds_of(store: LeaseStore, intake: Intake, expired: list[int]) -> dict[str, Round]:
    async def expire(limit: int) -> int:
        assert limit == EXPIRE_AT_ONCE
        return expired.pop(0)

    us = Run("host-1", 3, 1_000)
    rounds = host_rounds(
        us, store=cast("Store", store), clock=Clock(), intake=intake, expire_pushes=expire, end_due_adapters=expire
    )
    return {one.name: one for one in rounds}


async def test_the_lease_of_this_run_is_renewed_every_five_seconds() -> None:
    store = LeaseStore()
    lease = rounds_of(store, Intake(), [])["renew_lease"]
    await lease.work()
    assert (lease.every_s, store.leases) == (5, [(EVERYTHING, ("host-1", 3, 1_000, 7_000))])


async def test_the_intake_ticks_every_second() -> None:
    intake = Intake()
    tick = rounds_of(LeaseStore(), intake, [])["intake_tick"]
    await tick.work()
    assert (tick.every_s, intake.ticks) == (1, 1)


async def test_pushes_are_expired_every_minute_until_none_is_left() -> None:
    expired = [EXPIRE_AT_ONCE, EXPIRE_AT_ONCE, 3, 99]
    expire = rounds_of(LeaseStore(), Intake(), expired)["expire_pushes"]
    await expire.work()
    assert (expire.every_s, expired) == (60, [99])


async def test_contracts_whose_end_has_come_are_looked_for_every_minute_until_none_is_left() -> None:
    ended = [EXPIRE_AT_ONCE, 3, 99]
    end = rounds_of(LeaseStore(), Intake(), ended)["end_adapters"]
    await end.work()
    assert (end.every_s, ended) == (60, [99])


class Cases:
    """Notes which use case was called with what."""

    def __init__(self) -> None:
        self.called: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def called(*arguments: Any) -> int:
            self.called.append((name, arguments))
            return 0

        return called


async def test_each_round_of_a_case_is_of_its_name_at_its_own_pace() -> None:
    cases = Cases()
    settings = ExchangesSettings(
        silence_is_suspected_after_s=2.5,
        carrier_patience_s=30,
        silence_every_s=0.1,
        carrier_every_s=0.2,
        swap_every_s=0.3,
        acceptance_every_s=0.4,
        reaction_every_s=0.5,
        returns_every_s=0.6,
    )
    rounds = case_rounds(cast("CaseCatalogue", cases), settings)
    for one in rounds:
        await one.work()
    assert {one.name: one.every_s for one in rounds} == {
        "suspect_silence": 0.1,
        "collect_notices": 0.2,
        "chase_orders": 30,
        "settle_swaps": 0.3,
        "check_acceptances": 0.4,
        "run_reactions": 0.5,
        "lapse_returns": 0.6,
        "apply_locations": 60,
        "price_charges": 0.6,
    }
    assert [name for name, _ in cases.called] == [one.name for one in rounds]
    assert dict(cases.called) | {"suspect_silence": (2_500,), "chase_orders": (30_000,)} == dict(cases.called)


async def test_heads_are_exported_until_no_day_is_left() -> None:
    written = [31, 5, 0, 9]

    async def export() -> int:
        return written.pop(0)

    one = audit_round(export)
    await one.work()
    assert (one.name, one.every_s, written) == ("export_heads", 600, [9])
