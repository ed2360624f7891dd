"""A trace in words, Japanese and English: one line a rule with the facts it used. The API and the commands print it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from servicehost.domain.fact import Fact, Finding
from servicehost.domain.fact_kind import FactName, FactValue, Source, Supplier
from servicehost.domain.rule import Outcome, RuleReading, Text


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who stated what, when (RFC 3339, with its offset), from which source."""

    value: FactValue
    source: Source
    time: datetime
    author: str
    reason: str = ""


class FactLine(msgspec.Struct, frozen=True, kw_only=True):
    """One fact as the rule saw it. `value` is None for unknown; `ask` then says who must supply or settle it.

    Unknown with several statements: the sources differ.
    """

    value: FactValue | None
    ask: Supplier | None
    statements: tuple[StatementLine, ...]


class TraceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: whether it holds (None for unknown), the facts that make it so by their names, never empty, and why."""

    code: str
    holds: bool | None
    fact: dict[FactName, FactLine]
    text_ja: str
    text_en: str


FACT_WORDS: Final[Mapping[FactName, Text]] = {
    FactName.REQUESTER: Text(ja="ご依頼者", en="who is asking"),
    FactName.OWNERSHIP: Text(ja="機器の所有区分", en="whose the unit is"),
    FactName.CHANNEL: Text(ja="購入経路", en="through whom the adapter was bought"),
    FactName.ITEM: Text(ja="契約品目", en="the contract item"),
    FactName.OPTION: Text(ja="ウルトラセンドバックオプションの有無", en="whether there is an ultra-sendback option"),
    FactName.CAUSE: Text(ja="故障の原因", en="the cause"),
    FactName.AREA: Text(ja="地域の状況", en="the state of the area"),
    FactName.PROVIDER_DOWNGRADE: Text(
        ja="駆けつけ交換の見合わせの判断", en="whether the on-site swap is withheld by decision"
    ),
    FactName.SITE: Text(ja="設置場所の状況", en="the state of the site"),
    FactName.ATTENDEE: Text(ja="立会者の有無", en="whether somebody attends"),
    FactName.LOCATION: Text(ja="機器の現在の設置場所", en="where the unit stands now"),
    FactName.COVERAGE: Text(ja="駆けつけ対応地域の区分", en="whether drivers serve the location"),
    FactName.INSPECTION: Text(ja="交換後の検査結果", en="what the inspection found"),
    FactName.ACCESSORIES: Text(ja="主要付属品の返却状況", en="whether the main accessories came back"),
}
"""Each fact in words."""

SUPPLIER_WORDS: Final[Mapping[Supplier, Text]] = {
    Supplier.REQUESTER: Text(ja="ご依頼者", en="the person asking"),
    Supplier.CONTRACT_DESK: Text(ja="契約窓口", en="the contract desk"),
    Supplier.TRIAGE: Text(ja="故障の切り分け担当", en="triage"),
    Supplier.DISPATCHER: Text(ja="手配担当", en="the dispatcher"),
    Supplier.OPERATION_MANAGER: Text(ja="運用管理担当者", en="the operation manager"),
}
"""Each supplier of facts in words."""


def explain(trace: Iterable[RuleReading[Outcome]]) -> tuple[TraceLine, ...]:
    """Put a whole trace into words, in its order."""
    return tuple(_line(reading) for reading in trace)


def ask_for(finding: Finding) -> Text:
    """Say that a fact is not known, or that its sources differ, and who must supply or settle it."""
    fact, who = FACT_WORDS[finding.name], SUPPLIER_WORDS[finding.ask or Supplier.DISPATCHER]
    if finding.differs:
        return Text(
            ja=f"「{fact.ja}」の申告が食い違っています。{who.ja}による確定が必要です。",
            en=f"Sources differ on {fact.en}: {who.en} must settle it.",
        )
    return Text(
        ja=f"「{fact.ja}」が確認できていません。{who.ja}による確認が必要です。",
        en=f"Not known: {fact.en}. To be supplied by {who.en}.",
    )


def _line(reading: RuleReading[Outcome]) -> TraceLine:
    text = _text(reading)
    facts = {finding.name: _fact_line(finding) for finding in reading.used}
    return TraceLine(code=reading.rule.code, holds=reading.holds, fact=facts, text_ja=text.ja, text_en=text.en)


def _text(reading: RuleReading[Outcome]) -> Text:
    if reading.holds is not None:
        return reading.rule.holds if reading.holds else reading.rule.clear
    asked = [ask_for(finding) for finding in reading.missing]
    return Text(ja="".join(text.ja for text in asked), en=" ".join(text.en for text in asked))


def _fact_line(finding: Finding) -> FactLine:
    lines = tuple(_statement(fact) for fact in finding.statements)
    return FactLine(value=finding.value, ask=finding.ask, statements=lines)


def _statement(fact: Fact) -> StatementLine:
    return StatementLine(value=fact.value, source=fact.source, time=fact.time, author=fact.author, reason=fact.reason)
