"""The menu: the pages there are, and on each how much waits for the person who looks."""

from collections.abc import Iterable
from typing import Final

import msgspec

from servicehost.domain.area_proposal import AreaProposalState
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import Scope
from servicehost.domain.eligibility import open_points
from servicehost.domain.exchange import OPEN_STATES, Exchange, ExchangeState
from servicehost.domain.fact_kind import Supplier
from servicehost.domain.option import OptionState
from servicehost.domain.people import Actor, Role
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.domain.standing import Standing
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.reads import Reads
from servicehost.web.panel.page_words import MENU
from servicehost.web.panel.watch import Room, aside
from servicehost.web.standings import all_standings

__all__ = ["Menu", "MenuItem", "Waiting", "at_risk", "menu_of", "waits_for"]

_RISKS_KEPT_MS: Final = 60_000
"""To judge every adapter of a large fleet takes a second of one core."""
_EXCHANGES_SEEN: Final = 300
"""The newest: an older one that still waits is found on its page."""
_ASKED: Final = {
    Role.OPERATION_MANAGER: frozenset({Supplier.OPERATION_MANAGER, Supplier.REQUESTER}),
    Role.SUPPORT: frozenset({Supplier.TRIAGE}),
    Role.DISPATCHER: frozenset({Supplier.DISPATCHER, Supplier.TRIAGE, Supplier.CONTRACT_DESK}),
}
_RETURNS: Final = {
    Role.OPERATION_MANAGER: (ReturnState.DUE, ReturnState.NOT_RETURNED),
    Role.SUPPORT: (),
    Role.DISPATCHER: (ReturnState.RECEIVED, ReturnState.NOT_RETURNED),
}


class MenuItem(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting` 0: nothing. `here`: it is the page that is shown, or one below it."""

    address: str
    word: Text
    waiting: int
    here: bool


Menu = tuple[MenuItem, ...]


def waits_for(exchange: Exchange, role: Role) -> bool:
    """Whether an exchange goes on only when somebody of that role says something."""
    if exchange.state not in OPEN_STATES:
        return False
    if role is Role.OPERATION_MANAGER and exchange.state is ExchangeState.ACCEPTED:
        return True
    if exchange.state is ExchangeState.ARRIVED and exchange.swap_now_at is None:
        # On site a dispatcher who hears the attendee's word can pass it on.
        return role is Role.OPERATION_MANAGER or (role is Role.DISPATCHER and exchange.method is Verdict.ONSITE_SWAP)
    asks = () if exchange.judged is None or exchange.state is not ExchangeState.REQUESTED else exchange.judged.missing
    return any((one.ask or Supplier.DISPATCHER) in _ASKED[role] for one in asks)


def at_risk(standings: Iterable[Standing], now: int) -> list[str]:
    """The service codes of those whose on-site right would fail now, or whose exchange by shipping would be held."""
    return [one.adapter.service_code for one in standings if open_points(one, now)]


class Waiting:
    """How much waits for whom, kept until something happens in the room. On the event loop's thread."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Scope, Role], tuple[int, dict[str, int]]] = {}
        self._rights: dict[tuple[Scope, Role], tuple[int, int]] = {}

    async def of(self, reads: Reads, actor: Actor, room: Room, now: int) -> dict[str, int]:
        """By page."""
        key, event = (actor.scope, actor.role), room.picture.event
        kept = self._counts.get(key)
        if kept is None or kept[0] != event:
            kept = self._counts[key] = (event, await _counted(reads, actor))
        return {**kept[1], "rights": await self._of_rights(reads, actor, now)}

    def forget(self) -> None:
        """Somebody has just done something: count anew, whether the room has heard of it yet or not."""
        self._counts.clear()
        self._rights.clear()

    def note_rights(self, actor: Actor, count: int, now: int) -> None:
        """Somebody has just looked."""
        self._rights[actor.scope, actor.role] = (now, count)

    async def _of_rights(self, reads: Reads, actor: Actor, now: int) -> int:
        at, count = self._rights.get((actor.scope, actor.role), (None, 0))
        if at is not None and 0 <= now - at < _RISKS_KEPT_MS:
            return count
        self.note_rights(actor, count, now)  # whoever comes meanwhile does not do it again
        standings = await all_standings(reads, actor.scope)
        count = await aside(len(standings), lambda: rights_waiting(standings, actor.role, now))
        self.note_rights(actor, count, now)
        return count


def rights_waiting(standings: Iterable[Standing], role: Role, now: int) -> int:
    """For an operation manager the rights at risk; for a dispatcher the options that wait for a decision."""
    if role is Role.OPERATION_MANAGER:
        return len(at_risk(standings, now))
    if role is not Role.DISPATCHER:
        return 0
    requests = [one.record.request for one in standings]
    return sum(1 for one in requests if one is not None and one.state is OptionState.WAITING)


async def _counted(reads: Reads, actor: Actor) -> dict[str, int]:
    scope, role = actor.scope, actor.role
    exchanges = await reads.exchanges(scope, newest_first=True, limit=_EXCHANGES_SEEN)
    returns = await reads.return_counts(scope)
    counts = {
        "cases": sum(1 for one in exchanges if waits_for(one, role)),
        "returns": sum(returns.get(state, 0) for state in _RETURNS[role]),
    }
    if role is Role.DISPATCHER:
        counts["charges"] = (await reads.charge_counts(scope)).get(ProposalState.PROPOSED, 0)
        waiting = await reads.area_proposals(scope, states=[AreaProposalState.OPEN], limit=_EXCHANGES_SEEN)
        counts["areas"] = len(waiting)
        counts["enrolments"] = (await reads.concerns(scope)).enrolment_requests
    return counts


def menu_of(actor: Actor, waiting: dict[str, int], path: str) -> Menu:
    """In the order of the page; what is the provider's alone is not offered to a customer."""
    return tuple(
        MenuItem(address=one.address, word=one.word, waiting=waiting.get(name, 0), here=_is_here(one.address, path))
        for name, one in MENU.items()
        if actor.management_code is None or not one.of_provider
    )


def _is_here(address: str, path: str) -> bool:
    return path == address or (address != "/panel/" and path.startswith(f"{address}/"))
