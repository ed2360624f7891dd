"""Faults and exchanges in words, from a real judgement and from the store."""

from datetime import UTC, datetime

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.custody import Part
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.fact_kind import Cause, FactName, Inspection, Requester, Source
from servicehost.domain.fault import FaultEnd
from servicehost.domain.judgement import judge
from servicehost.domain.rule import Text
from servicehost.domain.rules import RuleCode
from servicehost.operations.inspect_return import InspectionReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.returning import Receipt
from servicehost.web.panel.cases import CaseView, RuleSeen, StepTaken, rule_views
from servicehost.web.panel.language import Language
from servicehost.web.panel.paint import paint
from servicehost.web.panel.picture import CaseRow
from servicehost.web.panel.stored_cases import StoredCases
from servicehost.web.panel.way import way_of
from tests.builders.stories import ON_SITE, SENDBACK, tell, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, OLD, OTHER_TENANT, SUPPORT, TENANT, World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fact(name: FactName, value: str, source: Source, author: str = "MID00000001") -> Fact:
    return Fact(name=name, value=value, source=source, time=NOON, author=author)


def painted(case: CaseView, language: Language = Language.JA) -> str:
    return paint("case", CaseRow(site="大阪支店", case=case), language)


def a_case(**fields: object) -> CaseView:
    plain = {"key": "fault-1", "service_code": CODE, "opened_at": 1, "changed_at": 2, "is_open": True, "phase": "open"}
    return CaseView(**(plain | fields))  # type: ignore[arg-type]  # the fields that this test names


def test_a_trace_has_every_rule_in_words_with_who_stated_what() -> None:
    facts = Facts(
        statements=(
            fact(FactName.REQUESTER, Requester.OPERATION_MANAGER, Source.REQUESTER),
            fact(FactName.CAUSE, Cause.NATURAL, Source.TRIAGE, "<script>"),
            fact(FactName.CAUSE, Cause.LOSS, Source.SITE),
        )
    )
    verdict = judge(facts)
    rules = rule_views(explain(verdict.trace), verdict.decided_by)
    assert [rule.code for rule in rules] == list(RuleCode)
    first, second = rules[:2]
    assert (first.holds, first.decides, second.holds, second.decides) == (False, False, None, True)
    (who,) = first.facts
    assert who.value is not None
    assert (who.name.ja, who.value.ja, who.statements[0].author) == ("ご依頼者", "運用管理担当者", "MID00000001")
    (cause,) = second.facts
    assert (cause.value, len(cause.statements)) == (None, 2)
    html = painted(a_case(trace=rules, verdict="undecided", state="requested"))
    assert "食い違って" in html
    assert "自然故障 · 切り分け · &lt;script&gt;" in html
    assert html.count("<code>") == len(RuleCode)
    assert "妨げなし" in html
    assert "判定はこの確認待ち" in html


def test_a_rule_is_read_by_sign_and_word_and_not_by_colour_alone() -> None:
    text = Text(ja="規則", en="a rule")
    rules = tuple(RuleSeen(code=f"{holds}", holds=holds, text=text) for holds in (True, False, None))
    html = painted(a_case(trace=rules, charge_trace=rules), Language.EN)
    for word in ("stands in the way", "no obstacle", "not known", "applies", "does not apply"):
        assert word in html


def test_a_whole_exchange_shows_what_lies_ahead_and_one_that_ended_early_does_not() -> None:
    steps = (StepTaken(state="requested", at=1, by="a"), StepTaken(state="judged", at=2, by="host"))
    going = way_of(a_case(state="judged", steps=steps))
    assert [point.place for point in going] == ["done", "now", *["ahead"] * 7]
    ended = way_of(a_case(state="cancelled", steps=(*steps, StepTaken(state="cancelled", at=3, by="a"))))
    assert [(point.state, point.place) for point in ended] == [
        ("requested", "done"),
        ("judged", "done"),
        ("cancelled", "ended"),
    ]
    states = (*(step.state for step in steps), "closed")
    closed = way_of(a_case(state="closed", steps=tuple(StepTaken(state=one, at=1, by="a") for one in states)))
    assert {point.place for point in closed} == {"done"}


def test_a_verdict_that_fell_leaves_no_step_behind() -> None:
    steps = tuple(
        StepTaken(state=state, at=at, by="h") for at, state in enumerate(("requested", "judged", "requested"))
    )
    way = way_of(a_case(state="requested", steps=steps))
    assert way[0].taken is not None
    assert (way[0].taken.at, way[1].taken) == (2, None)


async def stored(world: World, scope: Scope = EVERYTHING) -> list[CaseView]:
    reads = open_reads(world.database)
    try:
        seen = await StoredCases(reads, world.clock)(scope)
    finally:
        await reads.close()
    assert seen.open_at == {case.service_code for case in seen.shown if case.phase not in (None, "closed")}
    assert seen.open_faults == sum(1 for case in seen.shown if case.phase not in (None, "closed"))
    return list(seen.shown)


async def test_a_case_is_told_from_its_symptom_to_its_end(case_world: World) -> None:
    await tell(case_world, ON_SITE)
    (case,) = await stored(case_world, Scope(management_code=TENANT))
    assert (case.key, case.phase, case.state, case.is_open) == ("fault-1", "closed", "closed", False)
    assert (case.verdict, case.charge) == ("onsite_swap", "none")
    assert case.reasons == ("hardware_alarm", "natural", "exchanged")
    assert (len(case.trace), [rule for rule in case.trace if rule.decides]) == (12, [])
    assert [step.state for step in case.steps][-1] == "closed"
    assert {point.point: point.holds for point in case.checks} == {
        "runs_startup": True,
        "firmware": True,
        "reports": True,
        "own_session": True,
    }
    html = painted(case)
    for word in ("駆けつけ交換", "無償", "ハードウェア異常", "交換した", "代替機の動作確認"):
        assert word in html


async def test_a_sendback_names_the_rule_that_decided(case_world: World) -> None:
    await until(case_world, SENDBACK, ExchangeState.ORDERED)
    (case,) = await stored(case_world)
    assert (case.verdict, case.state, case.is_open) == ("sendback", "ordered", True)
    assert [rule.code for rule in case.trace if rule.decides] == ["rental_without_option"]


async def test_an_undecided_case_says_whose_word_it_waits_for(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "self_test_failed", "self_test")
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    await case_world.workers()
    (case,) = await stored(case_world)
    assert (case.verdict, case.state) == ("undecided", "requested")
    assert [(asked.fact.en, asked.who.en) for asked in case.waits_for] == [("the cause", "triage")]


async def test_open_cases_come_first_and_nothing_leaves_its_contract(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "self_test_failed", "self_test")
    await case_world.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "seen")
    await case_world.ops.close_fault(MANAGER, 1, FaultEnd.WITHDRAWN)
    case_world.clock.now_ms -= 5_000  # the newer one is the older one by the clock, and still comes first: it is open
    await case_world.says(OLD, "hardware_alarm", "flash", sequence=2)
    assert [(case.key, case.is_open) for case in await stored(case_world)] == [("fault-2", True), ("fault-1", False)]
    assert await stored(case_world, Scope(management_code=OTHER_TENANT)) == []


async def test_a_case_says_where_the_old_unit_is_whether_it_is_overdue_and_what_is_charged(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    (case,) = await stored(case_world, Scope(management_code=TENANT))
    (line,) = case.custody
    assert line.ja.startswith("返却機器 SA-W2-S1 の所在: お客さまの拠点。返却期限 20")
    assert case.charges == ()
    await case_world.passes(15 * 86_400)
    await case_world.ops.lapse_returns()
    await case_world.ops.run_reactions()
    (case,) = await stored(case_world, Scope(management_code=TENANT))
    html = painted(case)
    assert "返却期限超過" in html
    assert "ご請求案: 33,500円（税別）、レンタル機器が返却されていない" in html
    assert "is at the customer&#39;s site. Overdue since" in painted(case, Language.EN)
    await case_world.ops.receive_return(DISPATCHER, 1, Receipt(place="Tokyo", missing=(Part.AC_ADAPTER,)))
    (case,) = await stored(case_world, Scope(management_code=TENANT))
    assert case.custody[0].ja.endswith(
        "の所在: 倉庫（Tokyo）。受領済み、検査待ち、不足: ACアダプタ、設定の消去は未確認"
    )
    report = InspectionReport(result=Inspection.DAMAGED, damaged=(Part.LAN_CABLE,), erased=True, place="Bench 2")
    await case_world.ops.inspect_return(DISPATCHER, 1, report)
    await case_world.ops.run_reactions()
    standing = [one for one in await case_world.reads.charges(EVERYTHING) if one.state is ProposalState.PROPOSED]
    await case_world.ops.approve_charge(DISPATCHER, standing[0].proposal, "agreed")
    (case,) = await stored(case_world, Scope(management_code=TENANT))
    assert case.custody[0].en.endswith(
        "is in inspection (Bench 2). Inspected (damaged), missing: AC adapter, damaged: LAN cable, "
        "erased, as the inspection saw"
    )
    (charge,) = case.charges
    assert charge.ja.startswith("ご請求承認済み（20")
    assert charge.ja.endswith(
        "33,500円（税別）、検査で破損を確認。"
        "内訳: 機器本体 30,000円、ACアダプタ（不足） 3,000円、LANケーブル（破損） 500円（agreed）"
    )
    assert [rule.code for rule in case.charge_trace if rule.decides] == ["rental_damage_found"]
