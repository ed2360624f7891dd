"""The use cases of a rollover, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.people import Actor
from servicehost.domain.rollover import Rollover
from servicehost.operations.abort_rollover import abort_rollover
from servicehost.operations.begin_rollover import begin_rollover
from servicehost.operations.end_rollover import end_rollover
from servicehost.operations.show_rollover import RolloverReport, show_rollover
from servicehost.ports.clock import Clock
from servicehost.ports.rollover import RolloverReads, Succession
from servicehost.ports.store import Store

__all__ = ["RolloverCatalogue", "open_rollover_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloverCatalogue:
    """Each field is the use case of that name; arguments go by position, as written there."""

    show: Callable[[Actor, int, int], Awaitable[RolloverReport]]
    begin: Callable[[Actor], Awaitable[Rollover]]
    end: Callable[[Actor, bool, str], Awaitable[RolloverReport]]
    abort: Callable[[Actor, str], Awaitable[RolloverReport]]


def open_rollover_catalogue(
    *,
    store: Store,
    clock: Clock,
    reads: RolloverReads,
    succession: Succession,
    trust_changed: Callable[[], Awaitable[None]],
) -> RolloverCatalogue:
    """`trust_changed` brings the doors up to what is in force; it may be called too often."""
    return RolloverCatalogue(
        show=partial(show_rollover, reads=reads, succession=succession),
        begin=partial(begin_rollover, store=store, clock=clock, succession=succession, trust_changed=trust_changed),
        end=partial(
            end_rollover, store=store, clock=clock, reads=reads, succession=succession, trust_changed=trust_changed
        ),
        abort=partial(
            abort_rollover, store=store, clock=clock, reads=reads, succession=succession, trust_changed=trust_changed
        ),
    )
