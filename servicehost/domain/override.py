"""A dispatcher's word over the rules: kept beside what they said, with its reason, until it is taken back.

The rules are read all the same, and their verdict stays in the judgement. What was found out of the charge is not
touched: an override says how a unit is exchanged, never who pays.
"""

from typing import Final

import msgspec

from servicehost.domain.rule import Text
from servicehost.domain.rules import RuleCode, Verdict

__all__ = ["MAY_BE_SAID", "Override", "OverrideWord", "may_override", "override_text"]

MAY_BE_SAID: Final = frozenset(Verdict) - {Verdict.UNDECIDED}
"""Nobody decides that nothing is decided."""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a dispatcher over the verdict that the rules gave (`ruled`). `withdrawn_*`: it was taken back."""

    override: int
    exchange: int
    management_code: str
    verdict: Verdict
    ruled: Verdict
    reason: str
    at: int
    by: str
    withdrawn_at: int | None = None
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None


class OverrideWord(msgspec.Struct, frozen=True, kw_only=True):
    """An override in force, as a judgement keeps it."""

    verdict: Verdict
    reason: str
    at: int
    by: str


def may_override(decided_by: str | None) -> bool:
    """A stranger's request cannot be granted: that somebody unregistered asks is no matter of judgement."""
    return decided_by != RuleCode.NOT_OPERATION_MANAGER


def override_text(ruled: Text, word: OverrideWord, said: Text) -> Text:
    """The override as the last line of a trace; `ruled` and `said` are both verdicts in words."""
    return Text(
        ja=f"規則による判定は「{ruled.ja}」ですが、手配担当（{word.by}）が変更しました。{said.ja} 理由: {word.reason}",
        en=f"The rules say: {ruled.en} A dispatcher ({word.by}) has decided otherwise: {said.en} Reason: {word.reason}",
    )
