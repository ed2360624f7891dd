"""The use cases of faults and exchanges, bound to their ports: what the operators' door and the workers receive."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec

from servicehost.domain.charge_proposal import ChargeProposal, ReturnPolicy
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.errand import ErrandPolicy
from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.exchange import Exchange, Failure
from servicehost.domain.fault import Fault, FaultEnd
from servicehost.domain.option import OptionRequest
from servicehost.domain.people import Actor
from servicehost.domain.reaction import Reaction, Retry
from servicehost.domain.spare import Spare
from servicehost.domain.standing import Standing
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Adapter
from servicehost.domain.unit_return import Loss, UnitReturn
from servicehost.operations.approve_charge import approve_charge
from servicehost.operations.area_catalogue import AreaCatalogue, AreaPolicy, open_area_catalogue
from servicehost.operations.attach_option import attach_option, decide_option, detach_option
from servicehost.operations.cancel_exchange import cancel_exchange
from servicehost.operations.check_acceptance import check_all_acceptances
from servicehost.operations.close_fault import close_fault
from servicehost.operations.confirm_recovery import confirm_recovery
from servicehost.operations.declare_location import Declaration, apply_locations, declare_location
from servicehost.operations.errand_catalogue import CarriersBell, ErrandCatalogue, open_errand_catalogue
from servicehost.operations.fail_exchange import fail_exchange
from servicehost.operations.inspect_return import InspectionReport, inspect_return
from servicehost.operations.lapse_returns import lapse_returns
from servicehost.operations.note_shipped import note_shipped
from servicehost.operations.order_exchange import chase_orders
from servicehost.operations.reactions import Reactions, handlers
from servicehost.operations.receive_return import receive_return
from servicehost.operations.record_triage import RecordTriage, record_triage
from servicehost.operations.request_exchange import ExchangeRequest, request_exchange
from servicehost.operations.resend_reaction import resend_reaction
from servicehost.operations.reserve_unit import Choice, reserve_unit_named
from servicehost.operations.returning import Receipt, Shipment
from servicehost.operations.set_terms import Terms, set_terms
from servicehost.operations.settle_charge import price_charges
from servicehost.operations.state_fact import Statement, state_fact
from servicehost.operations.state_site import SiteWord, state_site
from servicehost.operations.stock_unit import stock_unit
from servicehost.operations.suspect_silence import SilenceRound, suspect_silence
from servicehost.operations.swap_catalogue import SwapCatalogue, open_swap_catalogue
from servicehost.operations.swap_unit import settle_swaps, swap_unit
from servicehost.operations.take_carrier_notice import collect_notices
from servicehost.operations.triage_catalogue import TriageCatalogue, open_triage_catalogue
from servicehost.operations.waive_charge import waive_charge
from servicehost.operations.write_off_return import write_off_return
from servicehost.ports.carrier import Carrier
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store

__all__ = ["CaseCatalogue", "open_case_catalogue"]


class StockUnit(Protocol):
    """`stock_unit`: the main stock, and what the unit said last, unless said otherwise."""

    def __call__(
        self, actor: Actor, distribution_id: str, depot: str = "main", firmware: str = ""
    ) -> Awaitable[Spare]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    areas: AreaCatalogue
    errands: ErrandCatalogue
    # people's
    set_terms: Callable[[Actor, str, Terms], Awaitable[Adapter]]
    declare_location: Callable[[Actor, Declaration], Awaitable[DeclaredLocation]]
    attach_option: Callable[[Actor, str, str], Awaitable[OptionRequest]]
    detach_option: Callable[[Actor, str, str], Awaitable[Adapter]]
    decide_option: Callable[[Actor, str, bool, str], Awaitable[OptionRequest]]
    state_site: Callable[[Actor, str, SiteWord], Awaitable[Standing]]
    stock_unit: StockUnit
    record_triage: RecordTriage
    close_fault: Callable[[Actor, int, FaultEnd], Awaitable[Fault]]
    request_exchange: Callable[[Actor, ExchangeRequest], Awaitable[Exchange]]
    state_fact: Callable[[Actor, int, Statement], Awaitable[Exchange]]
    reserve_unit: Callable[[Actor, int, Choice], Awaitable[Exchange]]
    swap_unit: Callable[[Actor, int, str], Awaitable[Exchange]]
    confirm_recovery: Callable[[Actor, int], Awaitable[Exchange]]
    cancel_exchange: Callable[[Actor, int, str], Awaitable[Exchange]]
    fail_exchange: Callable[[Actor, int, Failure], Awaitable[Exchange]]
    resend_reaction: Callable[[Actor, int], Awaitable[Reaction]]
    note_shipped: Callable[[Actor, int, Shipment], Awaitable[UnitReturn]]
    receive_return: Callable[[Actor, int, Receipt], Awaitable[UnitReturn]]
    inspect_return: Callable[[Actor, int, InspectionReport], Awaitable[UnitReturn]]
    write_off_return: Callable[[Actor, int, Loss, str], Awaitable[UnitReturn]]
    approve_charge: Callable[[Actor, int, str], Awaitable[ChargeProposal]]
    waive_charge: Callable[[Actor, int, str], Awaitable[ChargeProposal]]
    swaps: SwapCatalogue
    # of a noun of its own
    triage: TriageCatalogue
    # the clock's
    suspect_silence: Callable[[int], Awaitable[SilenceRound]]
    collect_notices: Callable[[], Awaitable[int]]
    chase_orders: Callable[[int], Awaitable[int]]
    settle_swaps: Callable[[], Awaitable[int]]
    check_acceptances: Callable[[], Awaitable[int]]
    run_reactions: Callable[[], Awaitable[int]]
    lapse_returns: Callable[[], Awaitable[int]]
    apply_locations: Callable[[int], Awaitable[int]]
    price_charges: Callable[[], Awaitable[int]]


def open_case_catalogue(
    *,
    store: Store,
    clock: Clock,
    line: Line,
    carrier: Carrier,
    retry: Retry | None = None,
    policy: ReturnPolicy | None = None,
    replacing: SwapPolicy | None = None,
    areas: AreaPolicy | None = None,
    triage: TriagePolicy | None = None,
    bell: CarriersBell | None = None,
    targets: ErrandPolicy | None = None,
    desk_telephone: str = "",
) -> CaseCatalogue:
    """The catalogue of one host. `bell`: of a carrier that calls at our door; `targets`: by when errands should be
    there; `desk_telephone`: printed on work sheets."""
    returns, reading = policy or ReturnPolicy(), triage or TriagePolicy()
    swapping = msgspec.structs.replace(replacing or SwapPolicy(), returns=returns)
    errands, places = targets or ErrandPolicy(), areas or AreaPolicy()
    ran = handlers(
        store=store, clock=clock, line=line, carrier=carrier, policy=returns, errands=errands, replacing=swapping
    )
    reactions = Reactions(store=store, clock=clock, handlers=ran, retry=retry)
    return CaseCatalogue(
        areas=open_area_catalogue(store=store, clock=clock, policy=places),
        errands=open_errand_catalogue(
            store=store, clock=clock, returns=returns, policy=errands, bell=bell, desk_telephone=desk_telephone
        ),
        set_terms=partial(set_terms, store=store, clock=clock),
        declare_location=partial(declare_location, store=store, clock=clock, areas=places),
        attach_option=partial(attach_option, store=store, clock=clock),
        detach_option=partial(detach_option, store=store, clock=clock),
        decide_option=partial(decide_option, store=store, clock=clock),
        state_site=partial(state_site, store=store, clock=clock),
        apply_locations=partial(apply_locations, store=store, clock=clock),
        stock_unit=partial(stock_unit, store=store, clock=clock),
        record_triage=partial(record_triage, store=store, clock=clock, policy=reading),
        triage=open_triage_catalogue(store=store, clock=clock, policy=reading),
        close_fault=partial(close_fault, store=store, clock=clock),
        request_exchange=partial(request_exchange, store=store, clock=clock),
        state_fact=partial(state_fact, store=store, clock=clock),
        reserve_unit=partial(reserve_unit_named, store=store, clock=clock, policy=swapping),
        swaps=open_swap_catalogue(store=store, clock=clock, policy=swapping),
        swap_unit=partial(swap_unit, store=store, clock=clock),
        confirm_recovery=partial(confirm_recovery, store=store, clock=clock),
        cancel_exchange=partial(cancel_exchange, store=store, clock=clock),
        fail_exchange=partial(fail_exchange, store=store, clock=clock),
        resend_reaction=partial(resend_reaction, store=store, clock=clock),
        suspect_silence=partial(suspect_silence, store=store, clock=clock),
        collect_notices=partial(collect_notices, store=store, clock=clock, carrier=carrier, policy=returns),
        chase_orders=partial(chase_orders, store=store, clock=clock, carrier=carrier, policy=errands),
        settle_swaps=partial(settle_swaps, store=store, clock=clock),
        check_acceptances=partial(check_all_acceptances, store=store, clock=clock),
        run_reactions=reactions.run_due,
        note_shipped=partial(note_shipped, store=store, clock=clock, policy=returns),
        receive_return=partial(receive_return, store=store, clock=clock, policy=returns),
        inspect_return=partial(inspect_return, store=store, clock=clock, policy=returns),
        write_off_return=partial(write_off_return, store=store, clock=clock, policy=returns),
        approve_charge=partial(approve_charge, store=store, clock=clock),
        waive_charge=partial(waive_charge, store=store, clock=clock),
        lapse_returns=partial(lapse_returns, store=store, clock=clock),
        price_charges=partial(price_charges, store=store, clock=clock, policy=returns),
    )
