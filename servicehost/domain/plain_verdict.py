"""The verdict in one plain sentence, which names the person behind it wherever it is not the rules' alone."""

from collections.abc import Iterable
from typing import Final

from servicehost.domain.exchange import Judged
from servicehost.domain.explanation import StatementLine, TraceLine
from servicehost.domain.fact_kind import FactName, Source
from servicehost.domain.judgement import VERDICT_TEXTS
from servicehost.domain.override import override_text
from servicehost.domain.rule import Text
from servicehost.domain.rules import RuleCode, Verdict

__all__ = ["behind_downgrade", "downgrade_text", "plain_verdict"]

_DOWNGRADES: Final = frozenset({RuleCode.PROVIDER_CLOSED_AREA.value, RuleCode.PROVIDER_MASS_DAMAGE.value})


def plain_verdict(judged: Judged) -> Text:
    """What was decided; of an override what the rules say too, of a dispatcher's downgrade who decided it and why."""
    word = judged.override
    if word is not None:
        return override_text(VERDICT_TEXTS[judged.method], word, VERDICT_TEXTS[word.verdict])
    ruled, said = VERDICT_TEXTS[judged.method], behind_downgrade(judged.method, judged.trace)
    if said is None:
        return ruled
    named = downgrade_text(said)
    return Text(ja=f"{ruled.ja}{named.ja}", en=f"{ruled.en} {named.en}")


def behind_downgrade(method: Verdict, trace: Iterable[TraceLine]) -> StatementLine | None:
    """The dispatcher's last word to downgrade, if the verdict rests on it; None: it does not."""
    deciding = next((line for line in trace if line.holds is not False), None)
    if method is not Verdict.SENDBACK or deciding is None or deciding.code not in _DOWNGRADES:
        return None
    fact = deciding.fact.get(FactName.PROVIDER_DOWNGRADE)
    said = () if fact is None else fact.statements
    theirs = [one for one in said if one.source is Source.DISPATCHER and one.value is True]
    return max(theirs, key=lambda one: one.time, default=None)


def downgrade_text(said: StatementLine) -> Text:
    """Who decided that no driver goes, and why."""
    why = Text(ja=f"理由: {said.reason}", en=f" Reason: {said.reason}") if said.reason else Text(ja="", en="")
    return Text(
        ja=f"駆けつけ交換の見合わせは、手配担当（{said.author}）が判断しました。{why.ja}",
        en=f"That no driver goes was decided by a dispatcher ({said.author}).{why.en}",
    )
