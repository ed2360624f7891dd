"""The judgement of a request for an exchange: facts in, verdict and reasons out."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.fact import Facts, Finding
from servicehost.domain.rule import Rule, RuleReading, Text, first_not_false, read_rules
from servicehost.domain.rules import RULES, Verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with its reasons.

    `decided_by` is the code of the first rule in order that is not false; None exactly for an on-site swap. `missing`
    holds the unknown findings that could tip that rule, each with the one to `ask`; it is empty unless the verdict is
    undecided. `trace` has every rule in order, those behind the deciding one included.
    """

    verdict: Verdict
    decided_by: str | None
    missing: tuple[Finding, ...]
    trace: tuple[RuleReading[Verdict], ...]


def judge(facts: Facts, rules: tuple[Rule[Verdict], ...] = RULES) -> Judgement:
    """Judge any facts, none at all included; never raises. The same facts in any order give the same judgement.

    The first rule that is not false decides: true gives its verdict, unknown gives undecided. Facts that only later
    rules read change nothing, and a fact that becomes known never changes a verdict that was decided without it.
    """
    trace = read_rules(rules, facts)
    first = first_not_false(trace)
    if first is None:
        return Judgement(verdict=Verdict.ONSITE_SWAP, decided_by=None, missing=(), trace=trace)
    verdict = first.rule.outcome if first.holds else Verdict.UNDECIDED
    return Judgement(verdict=verdict, decided_by=first.rule.code, missing=first.missing, trace=trace)


VERDICT_TEXTS: Final[Mapping[Verdict, Text]] = {
    Verdict.ONSITE_SWAP: Text(
        ja="駆けつけ交換を実施します。交換後のネットワークの正常性は、運用管理担当者にてご確認ください。",
        en="A driver swaps the unit on site. Afterwards the operation manager checks the network.",
    ),
    Verdict.SENDBACK: Text(
        ja="標準のセンドバック交換となります。",
        en="The unit is exchanged by standard sendback.",
    ),
    Verdict.DECLINED: Text(
        ja="今回のご依頼による機器交換は承れません。",
        en="The request for an exchange is declined.",
    ),
    Verdict.NEW_SUPPLY: Text(
        ja="機器の交換ではなく、新たな機器の手配となります。",
        en="A new unit is supplied; this is not an exchange.",
    ),
    Verdict.UNDECIDED: Text(
        ja="確認が必要な事項があるため、まだ判定できません。",
        en="There is no verdict yet: something must be found out first.",
    ),
}
"""Each verdict in words."""
