"""What the evidence and the answers make likely: a cause proposed to the person who decides, never a decision.

The rules stand in one order, and the first that is true proposes. A rule before it that is not known yet could still
change the proposal; the questions that it waits for are worth asking, and no others are.
"""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.clue import CLUES, Clue, Side, read_clues
from servicehost.domain.clue_words import CLUE_TEXTS
from servicehost.domain.evidence import Evidence
from servicehost.domain.fact_kind import Cause
from servicehost.domain.rule import Text
from servicehost.domain.triage_question import Asked, Question

__all__ = ["PROPOSAL_RULES", "Proposal", "ProposalRule", "Reason", "Where", "propose", "side_of"]


class Where(enum.StrEnum):
    """Where the trouble is when it is not in the unit."""

    HOST = "host"
    POWER = "power"
    LINE = "line"
    CONFIG = "config"
    CERTIFICATE = "certificate"
    PASSING = "passing"
    """It has gone by itself, or with a restart."""


class ProposalRule(msgspec.Struct, frozen=True, kw_only=True):
    """Holds when every clue of `when` is true and none of `unless` is. `where` is set with `not_hardware` alone."""

    code: str
    cause: Cause
    when: tuple[Clue, ...]
    unless: tuple[Clue, ...] = ()
    where: Where | None = None

    def holds(self, clues: Mapping[Clue, bool | None]) -> bool | None:
        """After Kleene: one part that fails settles it whatever else is unknown."""
        parts = [clues[clue] for clue in self.when] + [_not(clues[clue]) for clue in self.unless]
        if False in parts:
            return False
        return None if None in parts else True


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """A clue that is known and speaks. `speaks_for` None: nothing is proposed that it could speak for or against."""

    clue: Clue
    holds: bool
    side: Side
    speaks_for: bool | None
    words: Text


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """`cause` None is "unknown", with `rule` None. `ask` are the questions whose answers could change it, the best
    first; empty: nothing that people can be asked would."""

    cause: Cause | None
    where: Where | None
    rule: str | None
    words: Text
    reasons: tuple[Reason, ...]
    ask: tuple[Question, ...]


_C = Clue

PROPOSAL_RULES: Final[tuple[ProposalRule, ...]] = (
    ProposalRule(
        code="our_trouble",
        cause=Cause.NOT_HARDWARE,
        where=Where.HOST,
        when=(_C.OUR_TROUBLE,),
        unless=(_C.HARDWARE, _C.BOOT_LOOP),
    ),
    ProposalRule(
        code="certificate",
        cause=Cause.NOT_HARDWARE,
        where=Where.CERTIFICATE,
        when=(_C.CERTIFICATE,),
        unless=(_C.HARDWARE,),
    ),
    ProposalRule(
        code="site_without_power",
        cause=Cause.NOT_HARDWARE,
        where=Where.POWER,
        when=(_C.SILENT, _C.SITE_DARK),
        unless=(_C.HARDWARE,),
    ),
    ProposalRule(
        code="neighbours_gone",
        cause=Cause.NOT_HARDWARE,
        where=Where.LINE,
        when=(_C.NEIGHBOURS_GONE,),
        unless=(_C.HARDWARE,),
    ),
    ProposalRule(
        code="wide_outage",
        cause=Cause.NOT_HARDWARE,
        where=Where.LINE,
        when=(_C.WIDE_OUTAGE,),
        unless=(_C.HARDWARE,),
    ),
    ProposalRule(
        code="line_down",
        cause=Cause.NOT_HARDWARE,
        where=Where.LINE,
        when=(_C.SILENT, _C.LINE_DOWN),
        unless=(_C.HARDWARE,),
    ),
    ProposalRule(code="unit_missing", cause=Cause.LOSS, when=(_C.MISSING,)),
    ProposalRule(code="opened", cause=Cause.MODIFICATION, when=(_C.OPENED,)),
    ProposalRule(code="dropped", cause=Cause.NEGLIGENCE, when=(_C.DROPPED,)),
    ProposalRule(code="wet", cause=Cause.ACCIDENT, when=(_C.WET,)),
    ProposalRule(code="calamity", cause=Cause.DISASTER, when=(_C.CALAMITY,)),
    ProposalRule(
        code="pushed_before",
        cause=Cause.NOT_HARDWARE,
        where=Where.CONFIG,
        when=(_C.PUSHED,),
        unless=(_C.HARDWARE, _C.RETURNED),
    ),
    ProposalRule(code="hardware_spoke", cause=Cause.NATURAL, when=(_C.HARDWARE,)),
    ProposalRule(code="boot_loop", cause=Cause.NATURAL, when=(_C.BOOT_LOOP,)),
    ProposalRule(code="dark_with_power", cause=Cause.NATURAL, when=(_C.SILENT, _C.UNIT_DARK), unless=(_C.SITE_DARK,)),
    ProposalRule(
        code="switched_off",
        cause=Cause.NOT_HARDWARE,
        where=Where.POWER,
        when=(_C.GOODBYE,),
        unless=(_C.CYCLED_IN_VAIN,),
    ),
    ProposalRule(
        code="dead_on_a_live_line",
        cause=Cause.NATURAL,
        when=(_C.SILENT, _C.CYCLED_IN_VAIN),
        unless=(_C.LINE_DOWN, _C.DIALS),
    ),
    ProposalRule(code="dials_in_vain", cause=Cause.NOT_HARDWARE, where=Where.LINE, when=(_C.DIALS,)),
    ProposalRule(code="unwell", cause=Cause.NATURAL, when=(_C.UNWELL,)),
    ProposalRule(
        code="came_back", cause=Cause.NOT_HARDWARE, where=Where.PASSING, when=(_C.RETURNED,), unless=(_C.WATCHDOG,)
    ),
    ProposalRule(code="restart_helped", cause=Cause.NOT_HARDWARE, where=Where.PASSING, when=(_C.CYCLED_WELL,)),
)
"""Every rule, in the order in which they propose. What lies outside the unit goes first, unless the unit itself spoke
of its hardware; then what was done to it or befell it, for a charge rests on that; then the unit."""

_WORDS: Final[Mapping[tuple[Cause, Where | None], Text]] = {
    (Cause.LOSS, None): Text(ja="紛失または盗難と考えられます。", en="The unit seems to be lost or stolen."),
    (Cause.MODIFICATION, None): Text(
        ja="お客さまの改造による故障と考えられます。", en="The unit seems to have failed by being altered."
    ),
    (Cause.NEGLIGENCE, None): Text(
        ja="お客さまの過失または不注意による故障と考えられます。", en="The unit seems to have failed by carelessness."
    ),
    (Cause.ACCIDENT, None): Text(
        ja="事故による故障と考えられます。", en="The unit seems to have failed by an accident."
    ),
    (Cause.DISASTER, None): Text(
        ja="災害による故障と考えられます。", en="The unit seems to have failed by a calamity."
    ),
    (Cause.NATURAL, None): Text(ja="自然故障と考えられます。", en="The unit seems to have failed of itself."),
    (Cause.NOT_HARDWARE, Where.HOST): Text(
        ja="サービス側のホストの問題であり、機器の故障ではないと考えられます。",
        en="The trouble seems to be our own host's, not the unit's.",
    ),
    (Cause.NOT_HARDWARE, Where.POWER): Text(
        ja="設置場所の電源の問題であり、機器の故障ではないと考えられます。",
        en="The trouble seems to be the power at the site, not the unit.",
    ),
    (Cause.NOT_HARDWARE, Where.LINE): Text(
        ja="回線または拠点側の問題であり、機器の故障ではないと考えられます。",
        en="The trouble seems to be the line or the site, not the unit.",
    ),
    (Cause.NOT_HARDWARE, Where.CONFIG): Text(
        ja="直前に反映したコンフィグの影響であり、機器の故障ではないと考えられます。",
        en="The trouble seems to come from the config pushed shortly before, not from the unit.",
    ),
    (Cause.NOT_HARDWARE, Where.CERTIFICATE): Text(
        ja="証明書の問題であり、機器の故障ではないと考えられます。",
        en="The trouble seems to be the unit's certificate, not its hardware.",
    ),
    (Cause.NOT_HARDWARE, Where.PASSING): Text(
        ja="一時的な問題であり、機器の故障ではないと考えられます。",
        en="The trouble seems to have passed; the unit seems sound.",
    ),
}
_UNKNOWN: Final = Text(
    ja="原因はまだ推定できません。次の質問への回答をご確認ください。",
    en="Nothing can be proposed yet: ask the next question.",
)
_NOTHING_LEFT: Final = Text(
    ja="原因を推定できません。担当者が判断してください。",
    en="Nothing can be proposed, and no question would change that: a person has to judge.",
)
_DAMAGE_FIRST: Final = (Question.OPENED, Question.DROPPED, Question.WATER, Question.LIGHTNING, Question.PRESENT)


def propose(
    evidence: Evidence, answers: Mapping[Question, Asked], rules: tuple[ProposalRule, ...] = PROPOSAL_RULES
) -> Proposal:
    """Total. The same evidence and answers in any order give the same proposal."""
    clues = read_clues(evidence, answers)
    deciding = next((rule for rule in rules if rule.holds(clues)), None)
    ask = _worth_asking(rules, deciding, clues, answers)
    if deciding is None:
        words = _UNKNOWN if ask else _NOTHING_LEFT
        return Proposal(cause=None, where=None, rule=None, words=words, reasons=_reasons(clues, None), ask=ask)
    return Proposal(
        cause=deciding.cause,
        where=deciding.where,
        rule=deciding.code,
        words=_WORDS[deciding.cause, deciding.where],
        reasons=_reasons(clues, side_of(deciding.cause)),
        ask=ask,
    )


def side_of(cause: Cause) -> Side:
    """On whose side a cause lies."""
    return {Cause.NATURAL: Side.UNIT, Cause.NOT_HARDWARE: Side.ELSEWHERE}.get(cause, Side.CUSTOMER)


def _worth_asking(
    rules: tuple[ProposalRule, ...],
    deciding: ProposalRule | None,
    clues: Mapping[Clue, bool | None],
    answers: Mapping[Question, Asked],
) -> tuple[Question, ...]:
    before = rules if deciding is None else rules[: rules.index(deciding)]
    waiting = [rule for rule in before if rule.holds(clues) is None and rule.cause is not (deciding and deciding.cause)]
    unknown = {clue for rule in waiting for clue in (*rule.when, *rule.unless) if clues[clue] is None}
    wanted = {question for clue in unknown for question in CLUES[clue].asks if answers[question].reply is None}
    # A unit that spoke of its hardware is asked first for what may have been done to it; a silent one, for its site.
    first = _DAMAGE_FIRST if clues[Clue.HARDWARE] or clues[Clue.BOOT_LOOP] else ()
    return tuple(sorted(wanted, key=lambda one: (one not in first, [*first, *Question].index(one))))


def _reasons(clues: Mapping[Clue, bool | None], proposed: Side | None) -> tuple[Reason, ...]:
    found = []
    for clue, holds in clues.items():
        kind = CLUES[clue]
        if holds is None or kind.side is None or not (holds or kind.telling):
            continue
        speaks = None if proposed is None else (kind.side is proposed) == holds
        words = CLUE_TEXTS[clue].true if holds else CLUE_TEXTS[clue].false
        found.append(Reason(clue=clue, holds=holds, side=kind.side, speaks_for=speaks, words=words))
    return tuple(found)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
