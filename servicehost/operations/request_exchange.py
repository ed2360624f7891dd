"""Somebody asks for an exchange. Who may ask is part of the judgement, so a stranger's request gets its verdict too."""

from collections.abc import Iterator

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, FactValue, Location, Requester, SiteState, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Right
from servicehost.domain.unit import Adapter
from servicehost.operations.attendee_of import attendee_of
from servicehost.operations.casework import Word, case_record, exchange_event, tell
from servicehost.operations.deed import named
from servicehost.operations.grounds import ground_if_any
from servicehost.operations.opening import add_requested, fault_of_request
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
    former: int | None = None
    """The closed exchange after which it was not well, when it is too late to reopen that one."""


async def request_exchange(actor: Actor, request: ExchangeRequest, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, requested; its verdict follows within moments.

    An operation manager's request opens a fault where there is none: what they report is a reason. So does one that the
    provider's people make for them under a consent. Raises NotFound `adapter_not_found` or `delegate_not_found`;
    Conflict `exchange_open`, `not_a_former_exchange` or `delegate_may_not_attend`; Invalid `attendance_contradicts`.
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
        former = _former(batch, adapter, request.former)
        fault = fault_of_request(batch, adapter, word, registered=manager is not None)
        exchange = add_requested(batch, adapter, fault, word, attendee=request.attendee, former=former)
        batch.add_facts(list(_facts(exchange, request, word, manager=manager is not None)))
        tell(batch, [exchange_event(exchange, "exchange_requested", word)])
        batch.append_audit([_record(exchange, request, word)])
        return exchange

    return await store.batch(actor.scope, work)


def _former(batch: Batch, adapter: Adapter, number: int | None) -> int | None:
    """Raises Conflict unless it is a closed exchange of the same adapter."""
    found = None if number is None else batch.exchange(number)
    if number is None or (
        found is not None and found.service_code == adapter.service_code and found.state is ExchangeState.CLOSED
    ):
        return number
    raise Conflict("not_a_former_exchange", f"{number} is no closed exchange of {adapter.service_code}")


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
