"""What is proposed to be charged after an exchange, item by item, from one rule and the provider's price list.

A proposal is never edited: when the facts change it is withdrawn and another one made. One that was approved stands;
what changes afterwards is proposed as the difference to it, which may be negative.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from servicehost.domain.charge import Charge, ChargeCode, Charging
from servicehost.domain.custody import Part
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.explanation import TraceLine
from servicehost.domain.unit_return import UnitReturn

__all__ = [
    "CURRENCY",
    "ChargeEvidence",
    "ChargeItem",
    "ChargeProposal",
    "ItemWhy",
    "NoFaultFound",
    "Prices",
    "ProposalState",
    "ReturnPolicy",
    "Tax",
    "Wanted",
    "check_decision",
    "difference",
    "total",
    "wanted",
]

CURRENCY: Final = "JPY"
ANY_MODEL: Final = "*"
Prices: TypeAlias = Mapping[str, Mapping[Part, int]]
NoFaultFound: TypeAlias = Literal["charge", "waive", "ask"]
Tax: TypeAlias = Literal["excluded", "included"]


class ReturnPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider has decided of returns and their price: the terms leave it open.

    Accessories and prices are by model; the model `*` stands for every other. A price is in whole yen.
    """

    due_ms: int = 14 * 86_400_000
    accessories: Mapping[str, tuple[Part, ...]] = {}
    prices: Prices = {}
    tax: Tax = "excluded"
    no_fault_found: NoFaultFound = "ask"

    def accessories_of(self, model: str) -> tuple[Part, ...]:
        """The main accessories of a model."""
        listed = self.accessories.get(model)
        return self.accessories.get(ANY_MODEL, ()) if listed is None else listed

    def price(self, model: str, part: Part) -> int | None:
        """Of the model, else of any model; None: the list has none."""
        listed = self.prices.get(model, {}).get(part)
        return self.prices.get(ANY_MODEL, {}).get(part) if listed is None else listed


class ItemWhy(enum.StrEnum):
    """Why something is on a proposal."""

    RULE = "rule"
    NOT_RETURNED = "not_returned"
    MISSING = "missing"
    DAMAGED = "damaged"
    CORRECTED = "corrected"
    """The difference to what was approved before."""


class ChargeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing and its amount in whole yen; None: the price list has no price for it. Negative: given back."""

    part: Part
    why: ItemWhy
    amount: int | None


class ProposalState(enum.StrEnum):
    """`withdrawn`: the facts have changed."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"


class ChargeEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal rests on: its rule with the facts as they were stated, the return, and the handovers' numbers."""

    rule: TraceLine
    unit_return: int
    handovers: tuple[int, ...]


class ChargeProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A charge that a dispatcher approves or waives. `asks`: the provider's policy leaves it to that decision.
    `exchange` None: for a unit that was to come back because a contract has ended.

    `corrects` is the approved proposal to which the items are the difference. `total` is None while a price is missing.
    """

    proposal: int
    exchange: int | None
    service_code: str
    management_code: str
    unit_id: int
    rule: str
    items: tuple[ChargeItem, ...]
    total: int | None
    tax: Tax
    asks: bool
    state: ProposalState
    proposed_at: int
    evidence: ChargeEvidence
    corrects: int | None = None
    currency: str = CURRENCY
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a charge comes to: the one rule that it rests on (None: nothing is charged), and the items."""

    rule: str | None = None
    items: tuple[ChargeItem, ...] = ()
    asks: bool = False


def wanted(charging: Charging, returned: UnitReturn, model: str, policy: ReturnPolicy) -> Wanted:
    """What is to be charged for a unit of this model. Undecided or free: nothing."""
    if charging.charge not in (Charge.AT_COST, Charge.POLICY):
        return Wanted()
    rule = charging.decided_by
    if charging.charge is Charge.POLICY and policy.no_fault_found == "waive":
        rule = ChargeCode.ACCESSORIES if _holds(charging, ChargeCode.ACCESSORIES) else None
    if rule is None:
        return Wanted()
    items = tuple(
        ChargeItem(part=part, why=why, amount=policy.price(model, part))
        for part, why in _things(rule, returned, policy.accessories_of(model))
    )
    asks = charging.charge is Charge.POLICY and policy.no_fault_found == "ask"
    return Wanted(rule=rule, items=items, asks=asks)


def _holds(charging: Charging, code: ChargeCode) -> bool:
    return any(reading.rule.code == code and reading.holds is True for reading in charging.trace)


def _things(rule: str, returned: UnitReturn, accessories: Sequence[Part]) -> Iterator[tuple[Part, ItemWhy]]:
    """Each part once: a damaged unit is charged as what its rule says."""
    if rule == ChargeCode.NEVER_RETURNED:
        yield from ((part, ItemWhy.NOT_RETURNED) for part in (Part.UNIT, *accessories))
        return
    if rule != ChargeCode.ACCESSORIES:
        yield (Part.UNIT, ItemWhy.RULE)
    listed = [part for part in Part if part is not Part.UNIT]
    yield from ((part, ItemWhy.MISSING) for part in listed if part in returned.missing)
    yield from ((part, ItemWhy.DAMAGED) for part in listed if part in returned.damaged and part not in returned.missing)


def difference(items: Iterable[ChargeItem], approved: Iterable[ChargeProposal]) -> tuple[ChargeItem, ...]:
    """The items less what was approved before, part by part; a part that comes to the same is left out."""
    before: dict[Part, int] = {}
    for proposal in approved:
        for item in proposal.items:
            before[item.part] = before.get(item.part, 0) + (item.amount or 0)
    now = {item.part: item for item in items}
    changed = [_changed(part, now.get(part), before.get(part)) for part in Part]
    return tuple(item for item in changed if item is not None)


def _changed(part: Part, now: ChargeItem | None, before: int | None) -> ChargeItem | None:
    if not before:
        return now if now is None or now.amount != 0 else None
    amount = 0 if now is None else now.amount
    if amount == before:
        return None
    return ChargeItem(part=part, why=ItemWhy.CORRECTED, amount=None if amount is None else amount - before)


def total(items: Iterable[ChargeItem]) -> int | None:
    """The sum in whole yen; None when an amount is missing."""
    amounts = [item.amount for item in items]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def check_decision(proposal: ChargeProposal, decision: ProposalState, reason: str) -> bool:
    """Whether the decision is new; False when it was taken before.

    Raises Conflict `charge_withdrawn`, `charge_decided`, `no_price`; Invalid `no_reason` where one must be given: for
    every waiver, and for a charge that the policy leaves to be decided.
    """
    if proposal.state is decision:
        return False
    if proposal.state is ProposalState.WITHDRAWN:
        raise Conflict("charge_withdrawn", "The facts have changed since: look at the newer proposal, if there is one")
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict("charge_decided", f"Charge {proposal.proposal} is {proposal.state} already")
    approves = decision is ProposalState.APPROVED
    if approves and proposal.total is None:
        raise Conflict("no_price", "A price is missing: add it to `prices` of [exchanges] in the host's settings")
    if (proposal.asks or not approves) and not reason.strip():
        raise Invalid("no_reason", "Say why it is charged or waived")
    return True
