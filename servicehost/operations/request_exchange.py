"""Somebody asks for an exchange. Who may ask is part of the judgement, so a stranger's request gets its verdict too."""

from collections.abc import Iterator

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.exchange import Exchange, ExchangeState, Step
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, FactValue, Location, Requester, SiteState, Source
from servicehost.domain.fault import Fault, FaultNews, FaultPhase, next_phase, opened
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Right
from servicehost.domain.unit import Adapter
from servicehost.operations.attendee_of import attendee_of
from servicehost.operations.casework import Word, case_record, exchange_event, fault_event, fault_moves, tell
from servicehost.operations.deed import named
from servicehost.operations.grounds import ground_if_any
from servicehost.ports.cases import FactRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["ExchangeRequest", "request_exchange"]


class ExchangeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, and what the one asking says of the site; what is left out stays unknown and is asked for.

    `attendee` names who attends a swap on site, `delegate` is the number of one on record instead; `attended` False
    says that nobody can.
    """

    service_code: str
    attendee: str = ""
    delegate: int | None = None
    attended: bool | None = None
    site: SiteState | None = None
    location: Location | None = None
    reason: str = ""


async def request_exchange(actor: Actor, request: ExchangeRequest, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, requested; its verdict follows within moments.

    An operation manager's request opens a fault where there is none: what they report is a reason. So does one that the
    provider's people make for them under a consent. Raises NotFound `adapter_not_found` or `delegate_not_found`;
    Conflict `exchange_open` or `delegate_may_not_attend`; Invalid `attendance_contradicts`.
    """
    asked = request
    if (asked.attendee or asked.delegate is not None) and asked.attended is False:
        raise Invalid("attendance_contradicts", "Somebody is named to attend, yet nobody is said to")
    if asked.attendee and asked.delegate is not None:
        raise Invalid("attendance_contradicts", "Name who attends, or give a delegate's number, not both")
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        adapter = next(iter(batch.adapters([asked.service_code])), None)
        if adapter is None:
            raise NotFound("adapter_not_found", f"There is no adapter {asked.service_code}")
        request = msgspec.structs.replace(
            asked, attendee=asked.attendee or attendee_of(batch, adapter, asked.delegate, now)
        )
        standing = batch.open_exchange_of(adapter.service_code)
        if standing is not None:
            text = f"Exchange {standing.exchange} of {adapter.service_code} is open: {standing.state}"
            raise Conflict("exchange_open", text)
        manager = ground_if_any(batch, actor, Right.EXCHANGE, adapter, now)
        asker = manager or actor
        word = Word(by=asker.author, at=now, reason=request.reason[:255] or None, actor=asker, own_words=True)
        fault = _fault(batch, adapter, word, registered=manager is not None)
        exchange = _add(batch, adapter, fault, request, word)
        batch.add_facts(list(_facts(exchange, request, word, manager=manager is not None)))
        tell(batch, [exchange_event(exchange, "exchange_requested", word)])
        batch.append_audit([_record(exchange, request, word)])
        return exchange

    return await store.batch(actor.scope, work)


def _record(exchange: Exchange, request: ExchangeRequest, word: Word) -> AuditEntry:
    asked: dict[str, object] = {"site": request.site, "location": request.location, "attended": request.attended}
    if request.delegate is not None:
        asked["delegate"] = request.delegate
    after = {
        "state": exchange.state,
        "service_code": exchange.service_code,
        "fault": exchange.fault,
        "attendee": named(exchange.attendee, exchange.management_code),
    }
    subject = f"exchange {exchange.exchange}"
    return case_record(word, Action.REQUEST_EXCHANGE, subject, exchange.management_code, after=after | asked)


def _fault(batch: Batch, adapter: Adapter, word: Word, *, registered: bool) -> Fault | None:
    """The fault it is about. A stranger's word neither opens a case nor makes more of a suspicion."""
    fault = batch.open_faults([adapter.service_code]).get(adapter.service_code)
    if not registered:
        return fault
    phase = next_phase(fault, FaultNews.REPORTED)
    if fault is not None:
        return fault if phase is None else fault_moves(batch, fault, phase, word)
    binding = batch.binding_of_adapter(adapter.service_code)
    unit_id = None if binding is None else binding.unit_id
    new = opened(adapter.service_code, adapter.management_code, unit_id, phase or FaultPhase.OPEN, word.at)
    fault = batch.add_fault(new)
    tell(batch, [fault_event(fault, "fault_opened", msgspec.structs.replace(word, reason="reported"))])
    return fault


def _add(batch: Batch, adapter: Adapter, fault: Fault | None, request: ExchangeRequest, word: Word) -> Exchange:
    binding = batch.binding_of_adapter(adapter.service_code)
    exchange = batch.add_exchange(
        Exchange(
            exchange=0,
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            fault=None if fault is None else fault.fault,
            state=ExchangeState.REQUESTED,
            requested_by=word.by,
            requested_at=word.at,
            changed_at=word.at,
            attendee=request.attendee[:100],
            old_unit_id=None if binding is None else binding.unit_id,
        )
    )
    step = Step(
        exchange=exchange.exchange,
        management_code=exchange.management_code,
        state=exchange.state,
        at=word.at,
        by=word.by,
        reason=word.reason,
    )
    batch.save_exchange(exchange, step)
    return exchange


def _facts(exchange: Exchange, request: ExchangeRequest, word: Word, *, manager: bool) -> Iterator[FactRow]:
    attended = True if request.attendee else request.attended
    said: dict[FactName, FactValue | None] = {
        FactName.REQUESTER: Requester.OPERATION_MANAGER if manager else Requester.OTHER,
        FactName.ATTENDEE: attended,
        FactName.SITE: request.site,
        FactName.LOCATION: request.location,
    }
    for name, value in said.items():
        if value is not None:
            at = as_datetime(word.at)
            fact = Fact(name=name, value=value, source=Source.REQUESTER, time=at, author=word.by)
            own = not manager or name is FactName.REQUESTER
            yield FactRow(
                management_code=exchange.management_code,
                fault=exchange.fault,
                exchange=exchange.exchange if own else None,
                fact=fact,
            )
