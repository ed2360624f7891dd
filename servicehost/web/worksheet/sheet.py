"""What stands on a work sheet, gathered from what is known, and who may have one."""

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Final

import msgspec

from servicehost.domain.appointment import Window, standing
from servicehost.domain.cabling import Port, ports_of
from servicehost.domain.contract import Scope
from servicehost.domain.custody import PART_WORDS
from servicehost.domain.errand import Driver, Errand
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.masking import DEFAULT_MASKS
from servicehost.domain.people import Actor, Role
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.domain.unit import Adapter
from servicehost.operations.errand_catalogue import SheetPolicy
from servicehost.ports.case_reads import Box, ExchangeView
from servicehost.ports.reads import Reads

__all__ = ["Sheet", "demand_sheet", "gather", "has_sheet", "in_japan", "window_in_japan"]

_MAY_HAVE_ONE: Final = frozenset({Role.DISPATCHER, Role.OPERATION_MANAGER})
_WORKABLE: Final = frozenset(
    {
        ExchangeState.RESERVED,
        ExchangeState.ORDERED,
        ExchangeState.ARRIVED,
        ExchangeState.SWAPPED,
        ExchangeState.ACCEPTED,
    }
)
_JAPAN: Final = timezone(timedelta(hours=9))
_DAYS: Final = "月火水木金土日"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet. Of people it names who attends and who drives, and nobody else."""

    exchange: int
    on_site: bool
    service_code: str
    site: str
    address: str
    visit: int
    window: str
    target: str
    attendee: str
    telephone: str
    driver: Driver
    tracking: str
    old: Box | None
    new: Box
    ports: tuple[Port, ...]
    cabling: str
    accessories: tuple[Text, ...]
    desk_telephone: str
    printed: str


def demand_sheet(actor: Actor) -> None:
    """Raises Forbidden `no_right`: a sheet is for dispatchers and for the customer's own operation managers."""
    if actor.role not in _MAY_HAVE_ONE:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to a work sheet")


def has_sheet(actor: Actor, view: ExchangeView) -> bool:
    """Whether `gather` would give them one now."""
    return actor.role in _MAY_HAVE_ONE and _workable(view)


def _workable(view: ExchangeView) -> bool:
    return view.exchange.state in _WORKABLE and view.new_unit is not None


async def gather(reads: Reads, actor: Actor, exchange: int, policy: SheetPolicy, now: int) -> Sheet:
    """The sheet as things stand now.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict `no_work_sheet` before a unit is reserved, and
    once there is no work left.
    """
    demand_sheet(actor)
    view, known = await reads.exchange(actor.scope, exchange), await reads.errand(actor.scope, exchange)
    if view is None or known is None:
        raise NotFound("exchange_not_found", f"There is no exchange {exchange}")
    if not _workable(view) or view.new_unit is None:
        text = f"Exchange {exchange} ({view.exchange.state}): there is no work to be done, or no unit for it yet"
        raise Conflict("no_work_sheet", text)
    found = await reads.adapter(actor.scope, view.exchange.service_code)
    if found is None:
        raise NotFound("adapter_not_found", f"There is no adapter {view.exchange.service_code}")
    ports = await _ports(reads, actor.scope, found.adapter)
    return _sheet(view, view.new_unit, known.errand, found.adapter, ports, policy, now)


async def _ports(reads: Reads, scope: Scope, adapter: Adapter) -> tuple[Port, ...]:
    if adapter.startup_revision is None:
        return ()
    # What a port is called is a customer's own text as well: no secret that stands in it gets onto paper.
    text = await reads.body(scope, adapter.service_code, 0, adapter.startup_revision) or ""
    masked = await asyncio.to_thread(DEFAULT_MASKS.masker(None).masked, text)
    return ports_of(masked.text)


def _sheet(  # noqa: PLR0917 - what was gathered, each of its own kind
    view: ExchangeView,
    new: Box,
    errand: Errand | None,
    adapter: Adapter,
    ports: tuple[Port, ...],
    policy: SheetPolicy,
    now: int,
) -> Sheet:
    exchange = view.exchange
    appointment = None if errand is None else standing(errand.appointments)
    window = None if appointment is None else appointment.window
    attendee = None if appointment is None else appointment.attendee
    old = view.old_unit
    return Sheet(
        exchange=exchange.exchange,
        on_site=exchange.method is Verdict.ONSITE_SWAP,
        service_code=exchange.service_code,
        site=adapter.memo,
        address=adapter.declared_location,
        visit=1 if errand is None else errand.visit,
        window="" if window is None else window_in_japan(window),
        target="" if errand is None or errand.target_at is None else in_japan(errand.target_at),
        attendee=_attendee(exchange, None if attendee is None else attendee.name),
        telephone="" if attendee is None else attendee.telephone,
        driver=Driver() if errand is None else errand.driver,
        tracking="" if errand is None else errand.tracking,
        old=old,
        new=new,
        ports=ports,
        cabling="" if appointment is None else appointment.cabling,
        accessories=tuple(PART_WORDS[part] for part in policy.returns.accessories_of((old or new).model)),
        desk_telephone=policy.desk_telephone,
        printed=in_japan(now),
    )


def _attendee(exchange: Exchange, agreed: str | None) -> str:
    return exchange.attendee if agreed is None else agreed


def in_japan(instant: int) -> str:
    """`2026年11月24日(火) 10:00`, Japan's time."""
    moment = datetime.fromtimestamp(instant / 1000, _JAPAN)
    return f"{moment.year}年{moment.month}月{moment.day}日({_DAYS[moment.weekday()]}) {moment:%H:%M}"


def window_in_japan(window: Window) -> str:
    """Both ends; the day once when it is the same."""
    first, last = in_japan(window.from_at), in_japan(window.until_at)
    same = first.split(" ")[0] == last.split(" ")[0]
    return f"{first}～{last.split(' ')[1] if same else last}"
