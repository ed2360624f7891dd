"""Orders inside closed areas: what is proposed of each, and when a proposal has become moot.

One pure function, `due`, says what is to be done about one order now. It is asked again and again (level-triggered):
when an area is closed or opened, and in every round. The same state always gets the same answer, and once that is
done the answer is nothing more, so a host that is killed in between loses nothing and repeats nothing.

* An on-site order that has not gone out and lies in a closed area: its downgrade is proposed, once for each closing.
* An order that such a decision has downgraded and that no closed area holds any more: its restoring is proposed, once.
* "Decided otherwise": a dispatcher's later word on the downgrade, or a verdict that rests on another rule.
* An on-site order that has gone out and whose driver has not arrived: calling it back is proposed, once for each
  closing. The carrier may answer that it is too late.
* What a dispatcher decided before the closing decides nothing about it: the proposal names that decision.
"""

import enum
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.closed_area import ClosedArea, closures_of
from servicehost.domain.exchange import ENDED, Exchange, ExchangeState
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Area, FactName, Source
from servicehost.domain.instant import from_datetime
from servicehost.domain.place import Place
from servicehost.domain.rules import RuleCode, Verdict

__all__ = [
    "NOT_GONE_OUT",
    "AreaOrder",
    "AreaProposal",
    "AreaProposalState",
    "Due",
    "Moot",
    "Open",
    "ProposalKind",
    "Propose",
    "Withdraw",
    "due",
    "last_word",
]

NOT_GONE_OUT: Final = frozenset({ExchangeState.REQUESTED, ExchangeState.JUDGED, ExchangeState.RESERVED})
_RULES: Final = frozenset({RuleCode.PROVIDER_CLOSED_AREA.value, RuleCode.PROVIDER_MASS_DAMAGE.value})


class ProposalKind(enum.StrEnum):
    """What is proposed of an order: a sendback instead of the on-site swap, the same of one that has gone out and is to
    be called back, or the swap again."""

    DOWNGRADE = "downgrade"
    RECALL = "recall"
    RESTORE = "restore"


class AreaProposalState(enum.StrEnum):
    """`withdrawn`: it has become moot before anybody decided. `too_late`: a recall was decided, and came too late."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TOO_LATE = "too_late"


_ANSWERED: Final = (AreaProposalState.ACCEPTED, AreaProposalState.DECLINED, AreaProposalState.TOO_LATE)
_DOWNGRADES: Final = (ProposalKind.DOWNGRADE, ProposalKind.RECALL)


class Moot(enum.StrEnum):
    """Why a proposal was withdrawn."""

    EXCHANGE_ENDED = "exchange_ended"
    GONE_OUT = "gone_out"
    TOO_LATE = "too_late"
    """The driver was there before anybody decided."""
    DECIDED_OTHERWISE = "decided_otherwise"
    AREA_OPEN = "area_open"
    AREA_CLOSED_AGAIN = "area_closed_again"


class AreaProposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal. `undoes` is the downgrade that a restoring takes back; `notice_*` what the customer is told.

    `reason` is the decider's, or a `Moot` of one that was withdrawn.
    """

    number: int
    area: int
    kind: ProposalKind
    exchange: int
    service_code: str
    management_code: str
    state: AreaProposalState
    proposed_at: int
    undoes: int | None = None
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str = ""
    notice_ja: str = ""
    notice_en: str = ""
    earlier_at: int | None = None
    earlier_by: str | None = None
    """When and by whom it was decided before the closing that the order is not downgraded."""


class AreaOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange as closed areas concern it: where it goes, everything proposed of it, and the facts of its case."""

    exchange: Exchange
    place: Place | None
    proposals: tuple[AreaProposal, ...]
    facts: tuple[Fact, ...]


class Propose(msgspec.Struct, frozen=True, kw_only=True):
    """Make this proposal."""

    kind: ProposalKind
    area: ClosedArea
    undoes: int | None = None
    earlier: Fact | None = None
    """The decision before the closing that the order is not downgraded."""


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """Take this proposal back."""

    proposal: AreaProposal
    moot: Moot


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """Say in the case that its area is open again: the order waited for a decision that is needed no more."""

    area: ClosedArea


Due: TypeAlias = Propose | Withdraw | Open


def due(order: AreaOrder, areas: Sequence[ClosedArea], now: int) -> Due | None:
    """What is to be done about the order now; None: nothing. `areas` are all of them, ended ones too."""
    here = closures_of(order.place, areas, now)
    waiting = next((one for one in order.proposals if one.state is AreaProposalState.OPEN), None)
    if waiting is not None:
        moot = _moot(order, waiting, here)
        return None if moot is None else Withdraw(proposal=waiting, moot=moot)
    if here:
        return _downgrade(order, here)
    return _restore(order, areas) or _open(order, areas, now)


def _moot(order: AreaOrder, waiting: AreaProposal, here: Sequence[ClosedArea]) -> Moot | None:
    if order.exchange.state in ENDED:
        return Moot.EXCHANGE_ENDED
    if waiting.kind is ProposalKind.RECALL:
        return _moot_recall(order, waiting, here)
    if order.exchange.state not in NOT_GONE_OUT:
        return Moot.GONE_OUT
    if waiting.kind is ProposalKind.RESTORE:
        return _moot_restore(order, here)
    if not _is_on_site(order):
        return Moot.DECIDED_OTHERWISE
    return None if waiting.area in {area.number for area in here} else Moot.AREA_OPEN


def _moot_restore(order: AreaOrder, here: Sequence[ClosedArea]) -> Moot | None:
    if _downgraded_by(order) is None:
        return Moot.DECIDED_OTHERWISE
    return Moot.AREA_CLOSED_AGAIN if here else None


def _moot_recall(order: AreaOrder, waiting: AreaProposal, here: Sequence[ClosedArea]) -> Moot | None:
    if not _is_under_way(order):
        return Moot.DECIDED_OTHERWISE if order.exchange.state in NOT_GONE_OUT else Moot.TOO_LATE
    return None if waiting.area in {area.number for area in here} else Moot.AREA_OPEN


def _downgrade(order: AreaOrder, here: Sequence[ClosedArea]) -> Propose | None:
    kind = ProposalKind.RECALL if _is_under_way(order) else ProposalKind.DOWNGRADE
    if kind is ProposalKind.DOWNGRADE and not _is_on_site(order):
        return None
    decided = {one.area for one in order.proposals if one.kind in _DOWNGRADES and one.state in _ANSWERED}
    area = next((area for area in here if area.number not in decided), None)
    return None if area is None else Propose(kind=kind, area=area, earlier=_earlier_no(order, area))


def _earlier_no(order: AreaOrder, area: ClosedArea) -> Fact | None:
    said = last_word(order, FactName.PROVIDER_DOWNGRADE)
    before = said is not None and said.value is False and from_datetime(said.time) < area.closed_at
    return said if before else None


def _restore(order: AreaOrder, areas: Sequence[ClosedArea]) -> Propose | None:
    downgrade = _downgraded_by(order)
    if downgrade is None:
        return None
    answered = {
        one.undoes for one in order.proposals if one.state in (AreaProposalState.ACCEPTED, AreaProposalState.DECLINED)
    }
    area = next((one for one in areas if one.number == downgrade.area), None)
    if area is None or downgrade.number in answered:
        return None
    return Propose(kind=ProposalKind.RESTORE, area=area, undoes=downgrade.number)


def _open(order: AreaOrder, areas: Sequence[ClosedArea], now: int) -> Open | None:
    """The last word on the area is that of a closing which is over, and the order still waits for it."""
    said = last_word(order, FactName.AREA)
    if not _is_on_site(order) or said is None or said.value == Area.OPEN:
        return None
    key = (from_datetime(said.time), said.author)
    over = (one for one in areas if not one.in_force(now) and (one.closed_at, one.closed_by) == key)
    area = next(over, None)
    return None if area is None else Open(area=area)


def _is_under_way(order: AreaOrder) -> bool:
    """With a service driver who has not arrived, so far as we know."""
    return order.exchange.state is ExchangeState.ORDERED and order.exchange.method is Verdict.ONSITE_SWAP


def _is_on_site(order: AreaOrder) -> bool:
    """Granted as an on-site swap and not gone out, or held back for want of the dispatcher's word on the area."""
    exchange, judged = order.exchange, order.exchange.judged
    if exchange.state not in NOT_GONE_OUT or judged is None or _says_downgrade(order) is not None:
        return False
    if judged.method is Verdict.UNDECIDED:
        return judged.decided_by in _RULES
    return judged.method is Verdict.ONSITE_SWAP


def _downgraded_by(order: AreaOrder) -> AreaProposal | None:
    """The accepted downgrade that the verdict rests on; None: there is none, or it was decided otherwise since."""
    exchange, said = order.exchange, _says_downgrade(order)
    if exchange.state not in NOT_GONE_OUT or exchange.judged is None or said is None:
        return None
    if exchange.judged.decided_by not in _RULES or exchange.judged.method is not Verdict.SENDBACK:
        return None
    at = from_datetime(said.time)
    accepted = (
        one
        for one in order.proposals
        if one.kind in _DOWNGRADES and one.state is AreaProposalState.ACCEPTED and one.decided_at == at
    )
    return next(accepted, None)


def _says_downgrade(order: AreaOrder) -> Fact | None:
    """The dispatcher's last word, if it is that the order is downgraded."""
    said = last_word(order, FactName.PROVIDER_DOWNGRADE)
    return said if said is not None and said.value is True else None


def last_word(order: AreaOrder, name: FactName) -> Fact | None:
    """What a dispatcher said last under that name in the case."""
    said = [one for one in order.facts if one.name is name and one.source is Source.DISPATCHER]
    return max(said, key=lambda one: one.time, default=None)
