"""The on-site right before any fault: which rules of the judgement would stand in its way now, and what to do then.

Nothing is judged here a second time. What is recorded is judged as it would be if the unit failed of itself this
moment and an operation manager asked; every rule that is then not false is a risk.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.explanation import ask_for
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.fact_kind import (
    Area,
    Cause,
    Channel,
    FactName,
    FactValue,
    Item,
    Location,
    Ownership,
    Requester,
    SiteState,
    Source,
)
from servicehost.domain.hold import HOLD_TEXTS, Hold
from servicehost.domain.instant import as_datetime
from servicehost.domain.judgement import judge
from servicehost.domain.option import AttachCode, OptionState, attach
from servicehost.domain.rule import RuleReading, Text
from servicehost.domain.rules import RuleCode, Verdict
from servicehost.domain.standing import Standing, attach_facts, present_facts, reachable_delegates, why_suspended

__all__ = [
    "DESTINATION",
    "REASON_TEXTS",
    "Risk",
    "RiskReason",
    "facts_now",
    "has_right_to_lose",
    "holds",
    "open_points",
    "risks",
]

_OPTION_RULES: Final = frozenset({RuleCode.BROUGHT_IN_WITHOUT_OPTION, RuleCode.RENTAL_WITHOUT_OPTION})
_AUTHOR: Final = "supposed, as nothing else is recorded"


class RiskReason(StrEnum):
    """Why the option gives no right now, where no rule for attaching it says so."""

    OPTION_MISSING = "option_missing"
    OPTION_WAITING = "option_waiting"
    OPTION_REFUSED = "option_refused"
    ITEM_STANDBY = "item_standby"
    BOUGHT_FROM_RESELLER = "bought_from_reseller"
    FACTS_MISSING = "facts_missing"
    """Nobody knows, or the sources differ: the words say of what, and who is to be asked."""


DESTINATION: Final = "destination"
"""Where units go is no rule of the judgement: it holds an errand that was granted."""


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the way of an on-site swap now. `rule` is the judgement's; `reason` is finer, or the rule again.

    Under the rule `DESTINATION`: of an exchange by shipping.
    """

    rule: str
    reason: str
    words: Text
    remedy: Text


REASON_TEXTS: Final[Mapping[str, tuple[Text, Text]]] = {
    RiskReason.OPTION_MISSING: (
        Text(ja="ウルトラセンドバックオプションが付加されていません。", en="There is no ultra-sendback option."),
        Text(ja="オプションをお申し込みください。", en="Ask for the option."),
    ),
    RiskReason.OPTION_WAITING: (
        Text(ja="オプションのお申し込みは、手配担当の決定を待っています。", en="The option waits for a dispatcher."),
        Text(ja="手配担当が理由を添えて可否を決定します。", en="A dispatcher decides, with a reason."),
    ),
    RiskReason.OPTION_REFUSED: (
        Text(ja="オプションのお申し込みはお断りしました。", en="The option was refused."),
        Text(
            ja="機器設置場所を変える場合は、申告のうえ改めてお申し込みください。",
            en="Should the location change, declare it and ask again.",
        ),
    ),
    RiskReason.ITEM_STANDBY: (
        Text(
            ja="サービスアダプタがスタンバイ品目に割り当てられているため、権利は停止しています。",
            en="The adapter is assigned to the standby item; the right is suspended.",
        ),
        Text(ja="エントリ品目に戻してください。", en="Assign it to the entry item again."),
    ),
    RiskReason.BOUGHT_FROM_RESELLER: (
        Text(ja="機器が販売店から購入されています。", en="The unit was bought from a reseller."),
        Text(ja="レンタル、または直接購入の機器をご利用ください。", en="Use a rented unit, or one bought directly."),
    ),
    RuleCode.NOT_AT_DECLARED_LOCATION: (
        Text(
            ja="機器の現在の設置場所が、申告された機器設置場所と異なります。",
            en="The unit does not stand at its declared location.",
        ),
        Text(
            ja="現在の設置場所を申告するか、機器を元の場所にお戻しください。",
            en="Declare where it stands, or move it back.",
        ),
    ),
    RuleCode.UNMANNED_OR_RESTRICTED: (
        Text(
            ja="設置場所が無人、または立ち入り制限ありとされています。",
            en="The site is marked unmanned or restricted.",
        ),
        Text(
            ja="立ち会いと立ち入りができるようになりましたら、設置場所の状況を更新してください。",
            en="Once somebody is there and may let a driver in, state it.",
        ),
    ),
    RuleCode.NOBODY_ATTENDS: (
        Text(
            ja="立ち会える運用管理担当者も、指定された担当者もいません。",
            en="Neither an operation manager nor a delegate can be reached to attend.",
        ),
        Text(
            ja="運用管理担当者を登録するか、立ち会う担当者（指定担当者）をご登録ください。",
            en="Register an operation manager, or name somebody who attends.",
        ),
    ),
    RuleCode.PROVIDER_CLOSED_AREA: (
        Text(
            ja="地域への立ち入りが困難なため、駆けつけ交換を見合わせる場合があります。",
            en="The area is hard to enter: the on-site swap may be withheld.",
        ),
        Text(ja="手配担当の判断をお待ちください。", en="The dispatcher says when it is open again."),
    ),
    RuleCode.PROVIDER_MASS_DAMAGE: (
        Text(
            ja="被害件数が著しく多いため、駆けつけ交換を見合わせる場合があります。",
            en="Very many adapters are damaged: the on-site swap may be withheld.",
        ),
        Text(ja="手配担当の判断をお待ちください。", en="The dispatcher says when it is over."),
    ),
}
"""What is the case, and what to do about it. Of an option that is suspended the rules for attaching it say both."""


def risks(standing: Standing, now: int) -> tuple[Risk, ...]:
    """Everything in the way of an on-site swap now, in the order of the rules; empty exactly if there would be one."""
    trace = judge(facts_now(standing, now)).trace
    failing = [reading for reading in trace if reading.holds is not False]
    of_option = [reading for reading in failing if reading.rule.code in _OPTION_RULES]
    found: list[Risk] = []
    for reading in failing:
        if reading not in of_option:
            found.append(_of_rule(reading))
        elif reading is of_option[0]:
            found.extend(_of_option(reading, standing, now))
    return tuple(found)


def holds(standing: Standing) -> tuple[Risk, ...]:
    """What would hold an exchange by shipping, which every rented unit may need, and every one with the option."""
    unit = standing.unit
    shipped = unit is not None and (unit.ownership is Ownership.RENTAL or standing.adapter.option)
    if not shipped or standing.record.shipped_to:
        return ()
    words, remedy = HOLD_TEXTS[Hold.NO_SHIPPING_ADDRESS]
    return (Risk(rule=DESTINATION, reason=Hold.NO_SHIPPING_ADDRESS, words=words, remedy=remedy),)


def open_points(standing: Standing, now: int) -> tuple[Risk, ...]:
    """Everything that people should see to before there is a fault: the right, if there is one, and where to ship."""
    of_right = risks(standing, now) if has_right_to_lose(standing) else ()
    return (*of_right, *holds(standing))


def facts_now(standing: Standing, now: int) -> Facts:
    """What is recorded, and for what nothing is recorded of: that it is as it should be.

    The unit fails of itself and an operation manager asks. That somebody can attend is supposed only where there is an
    operation manager, or a delegate who may attend at the adapter now. Of an area that is closed nobody has decided
    anything yet.
    """
    present = present_facts(standing, now)
    stated = {fact.name for fact in present}
    supposed: dict[FactName, FactValue] = {
        FactName.REQUESTER: Requester.OPERATION_MANAGER,
        FactName.CAUSE: Cause.NATURAL,
        FactName.AREA: Area.OPEN,
        FactName.SITE: SiteState.STAFFED,
        FactName.LOCATION: Location.DECLARED,
        FactName.ATTENDEE: standing.record.managers > 0 or bool(reachable_delegates(standing, now)),
    }
    at = as_datetime(now)
    rest = (
        # A supposition has no source of its own among the parties; nothing of it is ever kept with a case.
        Fact(name=name, value=value, source=Source.FILE, time=at, author=_AUTHOR)
        for name, value in supposed.items()
        if name not in stated
    )
    return Facts(statements=(*present, *rest))


def has_right_to_lose(standing: Standing) -> bool:
    """Whether the option is attached, or asked for and not decided: without it nothing is at risk."""
    request = standing.record.request
    return standing.adapter.option or (request is not None and request.state is OptionState.WAITING)


def _of_rule(reading: RuleReading[Verdict]) -> Risk:
    code = reading.rule.code
    # That a dispatcher has not decided on a closed area is no gap: it is the risk itself.
    undecided = {finding.name for finding in reading.missing} == {FactName.PROVIDER_DOWNGRADE}
    if code in REASON_TEXTS and (reading.holds or undecided):
        words, remedy = REASON_TEXTS[code]
        return Risk(rule=code, reason=code, words=words, remedy=remedy)
    return _unknown(reading)


def _unknown(reading: RuleReading[Verdict]) -> Risk:
    asked = [ask_for(finding) for finding in reading.missing] or [reading.rule.holds]
    words = Text(ja="".join(text.ja for text in asked), en=" ".join(text.en for text in asked))
    remedy = Text(ja="確認のうえ、記録してください。", en="Find out, and record it.")
    return Risk(rule=reading.rule.code, reason=RiskReason.FACTS_MISSING, words=words, remedy=remedy)


def _of_option(reading: RuleReading[Verdict], standing: Standing, now: int) -> Iterator[Risk]:
    named = dict(_named(standing, now))
    if not named:
        yield _unknown(reading)
    for reason, (words, remedy) in named.items():
        yield Risk(rule=reading.rule.code, reason=reason, words=words, remedy=remedy)


def _named(standing: Standing, now: int) -> Iterator[tuple[str, tuple[Text, Text]]]:
    suspended = why_suspended(standing, now)
    if suspended is not None:
        yield suspended.code, (suspended.words, suspended.remedy)
    if not standing.adapter.option:
        reason = _without_option(standing)
        yield reason, REASON_TEXTS[reason]
        yield from _hindrance(standing, now)
    if standing.adapter.item is not Item.ENTRY:
        yield RiskReason.ITEM_STANDBY, REASON_TEXTS[RiskReason.ITEM_STANDBY]
    if standing.unit is not None and standing.unit.channel is Channel.RESELLER:
        yield RiskReason.BOUGHT_FROM_RESELLER, REASON_TEXTS[RiskReason.BOUGHT_FROM_RESELLER]


def _without_option(standing: Standing) -> RiskReason:
    request = standing.record.request
    states = {OptionState.WAITING: RiskReason.OPTION_WAITING, OptionState.REFUSED: RiskReason.OPTION_REFUSED}
    return RiskReason.OPTION_MISSING if request is None else states.get(request.state, RiskReason.OPTION_MISSING)


def _hindrance(standing: Standing, now: int) -> Iterator[tuple[str, tuple[Text, Text]]]:
    """What would be said to a request for the option now, unless it is named anyway."""
    rule = attach(attach_facts(standing, now)).rule
    if rule is not None and rule.code not in (AttachCode.NOT_ENTRY_ITEM, AttachCode.BOUGHT_FROM_RESELLER):
        yield rule.code, (rule.words, rule.remedy)
