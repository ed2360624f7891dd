"""What is the case at a site, said outside any case: staffed or not, moved or not, whether anybody can attend."""

from collections.abc import Mapping
from typing import Any

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.declared_location import DeclaredBy
from servicehost.domain.errors import Forbidden, Invalid
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Area, FactName, FactValue, Location, SiteState, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor
from servicehost.domain.standing import Standing, live_statements
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import demand_voice, standing_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["SiteWord", "state_site"]


class SiteWord(msgspec.Struct, frozen=True, kw_only=True):
    """What is said; what is left out stays as it was. `area` is the dispatcher's to say."""

    site: SiteState | None = None
    location: Location | None = None
    attended: bool | None = None
    area: Area | None = None
    reason: str = ""


async def state_site(actor: Actor, service_code: str, word: SiteWord, *, store: Store, clock: Clock) -> Standing:
    """The standing with what was said; said again, it changes nothing. It blocks nothing but an on-site swap.

    Raises Forbidden `no_right`, or `not_yours_to_state` for an operation manager's word on the area; Invalid
    `nothing_stated`; NotFound `adapter_not_found`.
    """
    source = demand_voice(actor)
    said = _said(word)
    if word.area is not None and source is not DeclaredBy.DISPATCHER:
        raise Forbidden("not_yours_to_state", "The state of an area is the dispatcher's to say")
    now = clock.wall()
    facts = [
        Fact(name=name, value=value, source=_source(name, source), time=as_datetime(now), author=actor.master_id)
        for name, value in said.items()
    ]

    def work(batch: Batch) -> Standing:
        standing = standing_of(batch, service_code)
        last = _last(standing, now)
        fresh = [fact for fact in facts if last.get((fact.name, fact.source)) != fact.value]
        if not fresh:
            return standing
        code = standing.adapter.management_code
        for fact in fresh:
            batch.add_site_statement(code, service_code, fact, word.reason[:255])
        after: dict[str, Any] = {fact.name.value: fact.value for fact in fresh}
        tell(batch, [deed(actor, now, "site_stated", management_code=code, service_code=service_code, **after)])
        before = {fact.name.value: last.get((fact.name, fact.source)) for fact in fresh}
        entry = recorded(
            actor,
            now,
            Action.STATE_SITE,
            service_code,
            management_code=code,
            before=before,
            after=after,
            note=word.reason,
        )
        batch.append_audit([entry])
        return standing_of(batch, service_code)

    return await store.batch(actor.scope, work)


def _said(word: SiteWord) -> Mapping[FactName, FactValue]:
    given: dict[FactName, FactValue | None] = {
        FactName.SITE: word.site,
        FactName.LOCATION: word.location,
        FactName.ATTENDEE: word.attended,
        FactName.AREA: word.area,
    }
    said = {name: value for name, value in given.items() if value is not None}
    if not said:
        raise Invalid("nothing_stated", "Say at least one of site, location, attended, area")
    return said


def _last(standing: Standing, now: int) -> Mapping[tuple[FactName, Source], FactValue]:
    """What was said before, but for a move that a declaration has mended since."""
    live = live_statements(standing, now)
    return {(fact.name, fact.source): fact.value for fact in live}


def _source(name: FactName, whose: DeclaredBy) -> Source:
    """A dispatcher passes on what was heard from the site; the area is their own word."""
    if name is FactName.AREA:
        return Source.DISPATCHER
    return Source.REQUESTER if whose is DeclaredBy.OPERATION_MANAGER else Source.SITE
