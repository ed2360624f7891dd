"""Somebody states a fact about a case; an exchange that is not ordered yet is then judged again."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid
from servicehost.domain.exchange import ENDED, Exchange
from servicehost.domain.fact import SETTLERS, Fact, FactError
from servicehost.domain.fact_kind import FactName, FactValue, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Right, Role
from servicehost.operations.attendee_of import attendee_of
from servicehost.operations.casework import Word, case_record, exchange_event, tell, the_exchange
from servicehost.operations.deed import named, of_person
from servicehost.operations.grounds import ground
from servicehost.ports.cases import FactRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Statement", "state_fact"]

_SITE_FACTS: Final = frozenset({FactName.SITE, FactName.ATTENDEE, FactName.LOCATION})
_SETTLED_BY_DISPATCHER: Final = frozenset(FactName) - {
    FactName.REQUESTER,
    FactName.CAUSE,
    FactName.INSPECTION,
    FactName.ACCESSORIES,
}

MAY_STATE: Final[Mapping[Role, Mapping[Source, frozenset[FactName]]]] = {
    Role.OPERATION_MANAGER: {Source.REQUESTER: _SITE_FACTS},
    # Support passes on what it heard by telephone.
    Role.SUPPORT: {Source.SITE: _SITE_FACTS, Source.ATTENDEE: _SITE_FACTS},
    Role.DISPATCHER: {
        Source.DISPATCHER: _SETTLED_BY_DISPATCHER,
        Source.SITE: _SITE_FACTS,
        Source.ATTENDEE: _SITE_FACTS,
    },
}
"""Who may state what, from which source. The first source of a role is the one meant when none is named.

The cause is triage's, who asks is seen, and what the contract says is read from its records.
"""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One fact. `source` None: the actor's own word. `settles` ends a difference between sources."""

    name: FactName
    value: FactValue
    source: Source | None = None
    settles: bool = False
    attendee: str = ""
    """With `attendee` true: who it is."""
    reason: str = ""
    """Why; a dispatcher's decision against an on-site swap must have one."""
    delegate: int | None = None
    """Or the number of the delegate on record who it is."""


async def state_fact(actor: Actor, exchange: int, statement: Statement, *, store: Store, clock: Clock) -> Exchange:
    """The exchange the fact is about; stated again, the later statement of a source counts.

    Once the exchange is ordered the fact is kept and changes nothing. Under a consent the provider's people state, as
    from the requester, what the operation manager may. Raises Forbidden `not_yours_to_state`, `consent_needed`; Invalid
    `bad_fact`, `no_reason` or `attendance_contradicts`; NotFound `exchange_not_found` or `delegate_not_found`; Conflict
    `exchange_ended` or `delegate_may_not_attend`.
    """
    _check_attendee(statement)
    source = _source(actor, statement)
    now = clock.wall()
    _fact(actor, statement, source, now)  # what is wrong with it is said before anything is looked up

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        if standing.state in ENDED:
            raise Conflict("exchange_ended", f"Exchange {exchange} has ended: {standing.state}")
        speaker = actor
        if source is Source.REQUESTER:
            speaker = ground(batch, actor, Right.EXCHANGE, standing.service_code, now)
        fact = _fact(speaker, statement, source, now)
        of_case = None if standing.fault is not None else standing.exchange
        row = FactRow(management_code=standing.management_code, fault=standing.fault, exchange=of_case, fact=fact)
        batch.add_facts([row])
        after, name = standing, _who(batch, standing, statement, now)
        if statement.name is FactName.ATTENDEE and name:
            after = msgspec.structs.replace(standing, attendee=name[:100])
            batch.save_exchange(after, None)
        word = Word(by=speaker.author, at=now, reason=statement.name, actor=speaker)
        detail = {"fact": fact.name, "value": fact.value, "source": fact.source, "settles": fact.settles}
        tell(batch, [exchange_event(after, "fact_stated", word, detail)])
        subject, code = f"exchange {exchange}", after.management_code
        said: dict[str, object] = detail | {"attendee": named(name, code)}
        if statement.delegate is not None:
            said["delegate"] = statement.delegate
        if statement.reason:
            said["reason"] = of_person(actor, statement.reason)
        batch.append_audit([case_record(word, Action.STATE_FACT, subject, code, after=said)])
        return after

    return await store.batch(EVERYTHING, work)


def _check_attendee(statement: Statement) -> None:
    if statement.attendee and statement.delegate is not None:
        raise Invalid("attendance_contradicts", "Name who attends, or give a delegate's number, not both")
    if statement.delegate is not None and (statement.name is not FactName.ATTENDEE or statement.value is not True):
        raise Invalid("attendance_contradicts", "A delegate belongs to the fact attendee, being true")


def _who(batch: Batch, exchange: Exchange, statement: Statement, now: int) -> str:
    (adapter,) = batch.adapters([exchange.service_code])
    return statement.attendee or attendee_of(batch, adapter, statement.delegate, now)


def _source(actor: Actor, statement: Statement) -> Source:
    allowed = MAY_STATE[actor.role]
    source = statement.source or next(iter(allowed), None)
    passed_on = source is Source.REQUESTER and statement.name in _SITE_FACTS
    if source is None or not (passed_on or statement.name in allowed.get(source, frozenset())):
        text = f"{actor.master_id} ({actor.role}) may not state {statement.name} as {source}"
        raise Forbidden("not_yours_to_state", text)
    if statement.settles and source not in SETTLERS:
        text = f"A word from {source} settles no difference: a dispatcher's does"
        raise Forbidden("not_yours_to_state", text)
    return source


def _fact(actor: Actor, statement: Statement, source: Source, now: int) -> Fact:
    downgrade = statement.name is FactName.PROVIDER_DOWNGRADE and statement.value is True
    if downgrade and not statement.reason.strip():
        raise Invalid("no_reason", "Say why the on-site swap is withheld")
    try:
        return Fact(
            name=statement.name,
            value=statement.value,
            source=source,
            time=as_datetime(now),
            author=actor.author,
            settles=statement.settles,
            reason=statement.reason[:255],
        )
    except FactError as error:
        raise Invalid("bad_fact", str(error)) from error
