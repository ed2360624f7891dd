"""The plain sentence of a verdict never hides who decided it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from servicehost.domain.charge import Charge
from servicehost.domain.exchange import Judged
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.fact_kind import Area, FactName, FactValue, Source
from servicehost.domain.judgement import VERDICT_TEXTS, judge
from servicehost.domain.override import OverrideWord
from servicehost.domain.plain_verdict import plain_verdict
from servicehost.domain.rules import Verdict
from tests.domain.cases import ENTITLED, known

AT = datetime(2026, 4, 1, tzinfo=UTC)


def said(name: FactName, value: FactValue, author: str = "dora", minutes: int = 0) -> Fact:
    return Fact(
        name=name,
        value=value,
        source=Source.DISPATCHER,
        time=AT + timedelta(minutes=minutes),
        author=author,
        reason="the bridge is out",
    )


def judged(*more: Fact) -> Judged:
    kept = known(
        {name: value for name, value in ENTITLED.items() if name not in {fact.name for fact in more}}
    ).statements
    found = judge(Facts(statements=(*kept, *more)))
    return Judged(
        at=1,
        method=found.verdict,
        charge=Charge.NONE,
        decided_by=found.decided_by,
        reasons=(),
        missing=(),
        trace=explain(found.trace),
        charge_trace=(),
    )


def test_a_downgrade_names_the_dispatcher_and_the_reason() -> None:
    text = plain_verdict(judged(said(FactName.AREA, Area.NO_ENTRY), said(FactName.PROVIDER_DOWNGRADE, True)))
    assert text.ja.startswith(VERDICT_TEXTS[Verdict.SENDBACK].ja)
    assert "手配担当（dora）が判断しました。理由: the bridge is out" in text.ja
    assert text.en.endswith("decided by a dispatcher (dora). Reason: the bridge is out")


@pytest.mark.parametrize("ruled", [judged(), judged(said(FactName.AREA, Area.NO_ENTRY))])
def test_an_override_names_the_rules_verdict_the_dispatcher_and_the_reason(ruled: Judged) -> None:
    word = OverrideWord(verdict=Verdict.SENDBACK, reason="no driver is free", at=1, by="dora")
    text = plain_verdict(msgspec.structs.replace(ruled, override=word))
    for part in (VERDICT_TEXTS[ruled.method].en, VERDICT_TEXTS[Verdict.SENDBACK].en, "dora", "no driver is free"):
        assert part in text.en


def test_where_the_rules_alone_decide_nobody_is_named() -> None:
    plain = judged()
    assert plain_verdict(plain) == VERDICT_TEXTS[plain.method]
