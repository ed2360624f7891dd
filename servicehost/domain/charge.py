"""What an exchange costs the customer: only whose the unit is and what became of it count, never the method.

A refused request, a sendback and an on-site swap are therefore charged alike, and facts that only the method needs
may be unknown. Where the terms leave a choice, this is what was chosen:

* Only rental units are charged: the terms speak of no others.
* An inspection of the old unit speaks louder than triage, which judged from afar: a unit in which no fault is found
  was not lost or damaged, so the provider's policy applies; one that never comes back is a lost one; one that came
  back is not, whatever was said of it before; and damage or a modification that is found costs what it costs.
* A main accessory that is missing or damaged is charged by itself when nothing else is.
* An inspection that nobody has reported has not happened; it leaves nothing undecided.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.condition import All, Condition, Is, Not, Once
from servicehost.domain.fact import Facts, Finding
from servicehost.domain.fact_kind import Accessories, Cause, FactName, Inspection, Ownership
from servicehost.domain.rule import Rule, RuleReading, Text, first_not_false, read_rules


class Charge(StrEnum):
    """What is charged: nothing, the actual cost, what the provider's policy says, or not known yet."""

    NONE = "none"
    AT_COST = "at_cost"
    POLICY = "policy"
    UNDECIDED = "undecided"


class ChargeCode(StrEnum):
    """The rules of the charge, in order. If none holds nothing is charged."""

    NO_FAULT_FOUND = "rental_no_fault_found"
    NEVER_RETURNED = "rental_never_returned"
    DAMAGE_FOUND = "rental_damage_found"
    MODIFICATION_FOUND = "rental_modification_found"
    LOST = "rental_lost"
    NEGLIGENCE = "rental_negligence"
    ACCIDENT_OR_DISASTER = "rental_accident_or_disaster"
    MODIFICATION = "rental_modification"
    ACCESSORIES = "rental_accessories"


_CAME_BACK: Final = (Inspection.RETURNED, Inspection.FAULT_FOUND)


def _rental_and(other: Condition) -> Condition:
    return All(parts=(Is(name=FactName.OWNERSHIP, values=(Ownership.RENTAL,)), other))


CHARGE_RULES: Final[tuple[Rule[Charge], ...]] = (
    Rule(
        code=ChargeCode.NO_FAULT_FOUND,
        outcome=Charge.POLICY,
        condition=_rental_and(Once(name=FactName.INSPECTION, values=(Inspection.NO_FAULT_FOUND,))),
        holds=Text(
            ja="交換後の検査で、レンタル機器に故障が認められませんでした。",
            en="The rented unit was inspected after the exchange and no fault was found.",
        ),
        clear=Text(
            ja="交換後の検査で故障が認められなかったレンタル機器にはあたりません。",
            en="This is not a rented unit in which an inspection found no fault.",
        ),
    ),
    Rule(
        code=ChargeCode.NEVER_RETURNED,
        outcome=Charge.AT_COST,
        condition=_rental_and(Once(name=FactName.INSPECTION, values=(Inspection.NEVER_RETURNED,))),
        holds=Text(
            ja="交換後、レンタル機器をご返却いただいていません。",
            en="The rented unit was not returned after the exchange.",
        ),
        clear=Text(
            ja="ご返却いただけなかったレンタル機器にはあたりません。",
            en="This is not a rented unit that was kept after an exchange.",
        ),
    ),
    Rule(
        code=ChargeCode.DAMAGE_FOUND,
        outcome=Charge.AT_COST,
        condition=_rental_and(Once(name=FactName.INSPECTION, values=(Inspection.DAMAGED,))),
        holds=Text(
            ja="交換後の検査で、レンタル機器に物理的な破損が認められました。",
            en="The rented unit was inspected after the exchange and is physically damaged.",
        ),
        clear=Text(
            ja="交換後の検査で破損が認められたレンタル機器にはあたりません。",
            en="This is not a rented unit that an inspection found damaged.",
        ),
    ),
    Rule(
        code=ChargeCode.MODIFICATION_FOUND,
        outcome=Charge.AT_COST,
        condition=_rental_and(Once(name=FactName.INSPECTION, values=(Inspection.MODIFIED,))),
        holds=Text(
            ja="交換後の検査で、レンタル機器に改造が認められました。",
            en="The rented unit was inspected after the exchange and has been modified.",
        ),
        clear=Text(
            ja="交換後の検査で改造が認められたレンタル機器にはあたりません。",
            en="This is not a rented unit that an inspection found modified.",
        ),
    ),
    Rule(
        code=ChargeCode.LOST,
        outcome=Charge.AT_COST,
        condition=All(
            parts=(
                Is(name=FactName.OWNERSHIP, values=(Ownership.RENTAL,)),
                Is(name=FactName.CAUSE, values=(Cause.LOSS,)),
                Not(part=Once(name=FactName.INSPECTION, values=_CAME_BACK)),
            )
        ),
        holds=Text(ja="レンタル機器を紛失されました。", en="The rented unit is lost."),
        clear=Text(ja="レンタル機器の紛失にはあたりません。", en="This is not the loss of a rented unit."),
    ),
    Rule(
        code=ChargeCode.NEGLIGENCE,
        outcome=Charge.AT_COST,
        condition=_rental_and(Is(name=FactName.CAUSE, values=(Cause.NEGLIGENCE,))),
        holds=Text(
            ja="お客様の過失または不注意により、レンタル機器が破損しました。",
            en="The customer's fault or carelessness damaged the rented unit.",
        ),
        clear=Text(
            ja="お客様の過失または不注意によるレンタル機器の破損にはあたりません。",
            en="This is not a rented unit damaged by the customer's fault or carelessness.",
        ),
    ),
    Rule(
        code=ChargeCode.ACCIDENT_OR_DISASTER,
        outcome=Charge.AT_COST,
        condition=_rental_and(Is(name=FactName.CAUSE, values=(Cause.ACCIDENT, Cause.DISASTER))),
        holds=Text(
            ja="事故・災害・天災により、レンタル機器が損傷しました。",
            en="An accident or a disaster damaged the rented unit.",
        ),
        clear=Text(
            ja="事故・災害・天災によるレンタル機器の損傷にはあたりません。",
            en="This is not a rented unit damaged by an accident or a disaster.",
        ),
    ),
    Rule(
        code=ChargeCode.MODIFICATION,
        outcome=Charge.AT_COST,
        condition=_rental_and(Is(name=FactName.CAUSE, values=(Cause.MODIFICATION,))),
        holds=Text(
            ja="お客様の改造等により、レンタル機器が損傷しました。",
            en="The customer's modification damaged the rented unit.",
        ),
        clear=Text(
            ja="お客様の改造等によるレンタル機器の損傷にはあたりません。",
            en="This is not a rented unit damaged by the customer's modification.",
        ),
    ),
    Rule(
        code=ChargeCode.ACCESSORIES,
        outcome=Charge.AT_COST,
        condition=_rental_and(Once(name=FactName.ACCESSORIES, values=(Accessories.SHORT,))),
        holds=Text(
            ja="返却されたレンタル機器に、主要付属品の不足または破損がありました。",
            en="A main accessory of the rented unit did not come back, or came back damaged.",
        ),
        clear=Text(
            ja="レンタル機器の主要付属品の不足・破損にはあたりません。",
            en="No main accessory of a rented unit is known to be missing or damaged.",
        ),
    ),
)
"""Every rule, in the order in which they decide."""


class Charging(msgspec.Struct, frozen=True, kw_only=True):
    """A charge with its reasons; the fields mean what they mean in a `Judgement`. `decided_by` is None if no rule
    holds."""

    charge: Charge
    decided_by: str | None
    missing: tuple[Finding, ...]
    trace: tuple[RuleReading[Charge], ...]


def charge(facts: Facts, rules: tuple[Rule[Charge], ...] = CHARGE_RULES) -> Charging:
    """Judge the charge from any facts; never raises. Undecided only if the unknown facts could change the charge."""
    trace = read_rules(rules, facts)
    first = first_not_false(trace)
    if first is None:
        return Charging(charge=Charge.NONE, decided_by=None, missing=(), trace=trace)
    outcome = first.rule.outcome if first.holds else Charge.UNDECIDED
    return Charging(charge=outcome, decided_by=first.rule.code, missing=first.missing, trace=trace)


CHARGE_TEXTS: Final[Mapping[Charge, Text]] = {
    Charge.NONE: Text(ja="費用のご請求はありません。", en="Nothing is charged."),
    Charge.AT_COST: Text(ja="相当額を実費にてご請求します。", en="An appropriate amount is charged at cost."),
    Charge.POLICY: Text(
        ja="当社所定の基準に従い、費用をご請求する場合があります。",
        en="A charge may follow, as the provider's policy says.",
    ),
    Charge.UNDECIDED: Text(
        ja="確認が必要な事項があるため、費用はまだ確定していません。",
        en="The charge is not settled yet: something must be found out first.",
    ),
}
"""Each charge in words."""
