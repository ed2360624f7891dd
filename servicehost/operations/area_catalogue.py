"""The use cases of places and closed areas, bound to their ports, with the list and the policy that they go by."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from servicehost.domain.address import WrittenAddress
from servicehost.domain.area_proposal import AreaProposal, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.coverage import CoveragePolicy
from servicehost.domain.destination import DestinationWord
from servicehost.domain.people import Actor
from servicehost.domain.places import NO_PLACES, Places
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.operations.choose_destination import DestinationChoice, choose_destination
from servicehost.operations.close_area import Closing, close_area, reopen_area, watch_areas
from servicehost.operations.decide_area import AreaDecision, decide_area_proposal, decide_area_proposals
from servicehost.operations.set_shipping_address import set_shipping_address
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["AreaCatalogue", "AreaPolicy", "open_area_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPolicy:
    """What a host goes by: the list of places, what the provider says of them, from when on the list counts as old."""

    places: Places = NO_PLACES
    coverage: CoveragePolicy = field(default_factory=CoveragePolicy)
    list_is_old_after_days: int = 180
    many_faults: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCatalogue:
    """Each field but the first is the use case of that name; arguments go by position, as written there."""

    policy: AreaPolicy
    set_shipping_address: Callable[[Actor, str, WrittenAddress, str], Awaitable[ShippingAddress]]
    choose_destination: Callable[[Actor, int, DestinationChoice], Awaitable[DestinationWord]]
    close_area: Callable[[Actor, Closing], Awaitable[ClosedArea]]
    reopen_area: Callable[[Actor, int, str], Awaitable[ClosedArea]]
    decide_area_proposal: Callable[[Actor, int, AreaDecision], Awaitable[AreaProposal]]
    decide_area_proposals: Callable[[Actor, int, ProposalKind, AreaDecision], Awaitable[list[AreaProposal]]]
    watch_areas: Callable[[], Awaitable[int]]


def open_area_catalogue(*, store: Store, clock: Clock, policy: AreaPolicy) -> AreaCatalogue:
    """The catalogue of one host."""
    return AreaCatalogue(
        policy=policy,
        set_shipping_address=partial(set_shipping_address, store=store, clock=clock, places=policy.places),
        choose_destination=partial(choose_destination, store=store, clock=clock, places=policy.places),
        close_area=partial(close_area, store=store, clock=clock, places=policy.places),
        reopen_area=partial(reopen_area, store=store, clock=clock),
        decide_area_proposal=partial(decide_area_proposal, store=store, clock=clock),
        decide_area_proposals=partial(decide_area_proposals, store=store, clock=clock),
        watch_areas=partial(watch_areas, store=store, clock=clock),
    )
