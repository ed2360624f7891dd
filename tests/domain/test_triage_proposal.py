"""What a triage proposes: a table of cases, every rule weakened in turn, and what holds of any evidence at all."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.clue import CLUES, Clue, Side
from servicehost.domain.clue_words import CLUE_TEXTS
from servicehost.domain.evidence import Evidence, Nearness, NeighbourCount, OurTrouble
from servicehost.domain.fact_kind import Cause
from servicehost.domain.presence import Presence
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage_proposal import PROPOSAL_RULES, Proposal, ProposalRule, Where, propose, side_of
from servicehost.domain.triage_question import QUESTIONS, Answer, AnswerSource, Question, Reply, asked
from tests.domain.cases import BRIEFLY
from tests.domain.triages import (
    FAILING,
    NOW,
    OURS,
    PUSH,
    SINCE,
    attempt,
    heard,
    neighbours,
    said,
    silent,
)

K, Q, R, N = SymptomKind, Question, Reply, Nearness
replace = msgspec.structs.replace
ALARM, LOOP = K.HARDWARE_ALARM, K.BOOT_LOOP
GOODBYE: dict[str, Any] = {"ending": "done"}
EXPIRED: dict[str, Any] = {"certificate_trouble": "certificate_expired"}
SITE_GONE: dict[str, Any] = {"neighbours": neighbours(N.SITE, gone_together=1)}
ALL_GONE: dict[str, Any] = {"neighbours": neighbours(N.CONTRACT, gone_together=3, heard=1)}
DIALLED: dict[str, Any] = {"attempts": (attempt("connection_lost"),)}
LINE_GOOD: dict[Question, Reply] = {Q.LINE_LAMP: R.LIT, Q.OTHERS_ONLINE: R.YES}

Said = dict[Question, Reply]
CASES: Final[list[tuple[str | None, Evidence, Said]]] = [
    (None, heard(), {}),
    (None, silent(), {}),
    # our own host
    ("our_trouble", heard(K.SILENCE, **OURS), {}),
    ("our_trouble", heard(K.SILENCE, **OURS, **EXPIRED), {}),
    ("our_trouble", heard(K.SILENCE, **OURS), {Q.SITE_POWER: R.NO}),
    ("hardware_spoke", heard(ALARM, **OURS), {}),
    ("boot_loop", heard(LOOP, **OURS), {}),
    # its certificate
    ("certificate", silent(**EXPIRED), {}),
    ("certificate", silent(**EXPIRED), {Q.SITE_POWER: R.NO}),
    ("hardware_spoke", silent(ALARM, **EXPIRED), {}),
    # the site's power
    ("site_without_power", silent(), {Q.SITE_POWER: R.NO}),
    ("site_without_power", silent(**SITE_GONE), {Q.SITE_POWER: R.NO}),
    ("site_without_power", silent(), {Q.SITE_POWER: R.NO, Q.POWER_LAMP: R.DARK, Q.OPENED: R.YES}),
    ("hardware_spoke", silent(ALARM), {Q.SITE_POWER: R.NO}),
    (None, heard(), {Q.SITE_POWER: R.NO}),
    # neighbours
    ("neighbours_gone", silent(**SITE_GONE), {}),
    ("neighbours_gone", silent(neighbours=neighbours(N.NETWORK, gone_together=2)), {Q.WATER: R.YES}),
    (None, silent(neighbours=neighbours(N.SITE, gone_together=1, heard=1)), {}),
    (None, silent(neighbours=neighbours(N.SITE, gone=3, unknown=2)), {}),
    (None, heard(K.SILENCE, boot_cause="watchdog", **SITE_GONE), {}),
    ("neighbours_gone", silent(neighbours=(*SITE_GONE["neighbours"], *ALL_GONE["neighbours"])), {Q.LINE_LAMP: R.DARK}),
    ("hardware_spoke", silent(ALARM, **SITE_GONE), {}),
    ("wide_outage", silent(**ALL_GONE), {}),
    ("wide_outage", silent(**ALL_GONE), {Q.LINE_LAMP: R.DARK}),
    (None, silent(neighbours=neighbours(N.CONTRACT, gone_together=1)), {}),
    (None, silent(neighbours=neighbours(N.CONTRACT, gone_together=2, heard=3)), {}),
    ("hardware_spoke", silent(ALARM, **ALL_GONE), {}),
    # the line
    ("line_down", silent(), {Q.LINE_LAMP: R.DARK}),
    ("line_down", silent(), {Q.OTHERS_ONLINE: R.NO, Q.LINE_LAMP: R.LIT}),
    ("line_down", silent(), {Q.LINE_LAMP: R.DARK, Q.DROPPED: R.YES, Q.PRESENT: R.NO}),
    ("hardware_spoke", silent(ALARM), {Q.LINE_LAMP: R.DARK}),
    (None, heard(), {Q.LINE_LAMP: R.DARK}),
    # what was done to the unit
    ("unit_missing", silent(), {Q.PRESENT: R.NO}),
    ("unit_missing", silent(ALARM), {Q.PRESENT: R.NO, Q.OPENED: R.YES}),
    ("opened", heard(ALARM), {Q.OPENED: R.YES, Q.DROPPED: R.YES}),
    ("dropped", heard(ALARM), {Q.DROPPED: R.YES, Q.WATER: R.YES}),
    ("wet", heard(ALARM), {Q.WATER: R.YES, Q.LIGHTNING: R.YES}),
    ("calamity", heard(ALARM), {Q.LIGHTNING: R.YES}),
    ("calamity", silent(push=PUSH), {Q.LIGHTNING: R.YES}),
    # a config shortly before
    ("pushed_before", silent(push=PUSH), {}),
    ("pushed_before", heard(LOOP, push=PUSH), {}),
    ("hardware_spoke", silent(ALARM, push=PUSH), {}),
    ("came_back", heard(K.SILENCE, push=PUSH), {}),
    # the unit
    ("hardware_spoke", heard(ALARM), {}),
    ("hardware_spoke", heard(K.SELF_TEST_FAILED, LOOP), {}),
    ("boot_loop", heard(LOOP), {}),
    ("boot_loop", silent(LOOP), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.DARK}),
    ("dark_with_power", silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.DARK}),
    ("dark_with_power", silent(**GOODBYE), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.DARK, Q.POWER_CYCLED: R.NOT_DONE}),
    (None, silent(), {Q.POWER_LAMP: R.DARK}),
    (None, silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.LIT}),
    (None, silent(), LINE_GOOD),
    (None, heard(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.DARK}),
    ("switched_off", silent(**GOODBYE), {Q.POWER_CYCLED: R.NOT_DONE}),
    ("switched_off", silent(**GOODBYE, **DIALLED), {Q.POWER_CYCLED: R.NOT_DONE}),
    (None, silent(**GOODBYE), {}),
    ("dead_on_a_live_line", silent(**GOODBYE), {Q.POWER_CYCLED: R.NO_CHANGE, **LINE_GOOD}),
    ("dead_on_a_live_line", silent(), {Q.POWER_CYCLED: R.NO_CHANGE, **LINE_GOOD}),
    ("dead_on_a_live_line", silent(status=FAILING), {Q.POWER_CYCLED: R.NO_CHANGE, **LINE_GOOD}),
    ("dead_on_a_live_line", silent(), {Q.POWER_CYCLED: R.NO_CHANGE, Q.LINE_LAMP: R.LIT, Q.OTHERS_ONLINE: R.CANNOT_SAY}),
    (None, silent(), {Q.POWER_CYCLED: R.NO_CHANGE}),
    (None, silent(), {Q.POWER_CYCLED: R.NO_CHANGE, Q.LINE_LAMP: R.LIT}),
    (None, heard(), {Q.POWER_CYCLED: R.NO_CHANGE, **LINE_GOOD}),
    ("dials_in_vain", silent(**DIALLED), {Q.POWER_CYCLED: R.NO_CHANGE, **LINE_GOOD}),
    ("dials_in_vain", silent(**DIALLED), {}),
    ("dials_in_vain", silent(**DIALLED, status=FAILING), {}),
    (None, silent(attempts=(attempt("welcomed", at=SINCE),)), {}),
    ("unwell", heard(status=FAILING), {}),
    ("unwell", heard(K.SILENCE, status=FAILING), {}),
    # it has passed
    ("came_back", heard(K.SILENCE), {}),
    ("came_back", heard(K.SILENCE), {Q.POWER_CYCLED: R.CAME_BACK}),
    (None, heard(K.SILENCE, boot_cause="watchdog"), {}),
    ("restart_helped", heard(), {Q.POWER_CYCLED: R.CAME_BACK}),
    (None, heard(), {Q.POWER_CYCLED: R.NO_CHANGE}),
]


def proposed(evidence: Evidence, replies: Said, rules: tuple[ProposalRule, ...] = PROPOSAL_RULES) -> Proposal:
    return propose(evidence, asked(said(question, reply) for question, reply in replies.items()), rules)


def first_difference(rules: tuple[ProposalRule, ...]) -> int | None:
    for number, (rule, evidence, replies) in enumerate(CASES):
        found = proposed(evidence, replies, rules)
        if found.rule != rule or (found.cause, found.where) != _cause_of(rule):
            return number
    return None


def _cause_of(code: str | None) -> tuple[Cause | None, Where | None]:
    rule = next((one for one in PROPOSAL_RULES if one.code == code), None)
    return (None, None) if rule is None else (rule.cause, rule.where)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{CASES[n][0]}")
def test_a_case_of_the_table_is_proposed_by_its_rule(number: int) -> None:
    rule, evidence, replies = CASES[number]
    assert proposed(evidence, replies).rule == rule


def test_every_rule_is_met_in_the_table_and_says_where_the_trouble_is_exactly_when_it_is_not_the_unit() -> None:
    assert {rule for rule, _, _ in CASES} == {None, *(rule.code for rule in PROPOSAL_RULES)}
    assert all((rule.where is not None) == (rule.cause is Cause.NOT_HARDWARE) for rule in PROPOSAL_RULES)


def weakened(rule: ProposalRule) -> Iterator[ProposalRule]:
    """Every clue left out once."""
    for clue in rule.when:
        if len(rule.when) > 1:
            yield replace(rule, when=tuple(one for one in rule.when if one is not clue))
    for clue in rule.unless:
        yield replace(rule, unless=tuple(one for one in rule.unless if one is not clue))


NUMBERED = [pytest.param(number, id=rule.code) for number, rule in enumerate(PROPOSAL_RULES)]


@pytest.mark.parametrize("i", NUMBERED)
def test_a_clue_forgotten_in_a_rule_is_noticed(i: int) -> None:
    for mutant in weakened(PROPOSAL_RULES[i]):
        assert first_difference((*PROPOSAL_RULES[:i], mutant, *PROPOSAL_RULES[i + 1 :])) is not None, mutant


@pytest.mark.parametrize("i", NUMBERED)
def test_a_forgotten_rule_is_noticed(i: int) -> None:
    assert first_difference((*PROPOSAL_RULES[:i], *PROPOSAL_RULES[i + 1 :])) is not None


@pytest.mark.parametrize("i", NUMBERED[:-1])
def test_two_neighbouring_rules_exchanged_are_noticed_where_both_can_hold(i: int) -> None:
    first, second = PROPOSAL_RULES[i], PROPOSAL_RULES[i + 1]
    mutant = (*PROPOSAL_RULES[:i], second, first, *PROPOSAL_RULES[i + 2 :])
    exclude = {*first.when} & {*second.unless} or {*second.when} & {*first.unless}
    assert (first_difference(mutant) is not None) == (not exclude)


def test_every_clue_has_words_for_true_and_for_false_and_every_question_a_way_out() -> None:
    assert list(CLUES) == list(CLUE_TEXTS) == list(Clue)
    texts = [text for words in CLUE_TEXTS.values() for text in (words.true, words.false)]
    assert all(text.ja.endswith("。") and text.en.endswith(".") for text in texts)
    assert len({text.en for text in texts}) == len(texts)
    assert all(kind.replies[-1] is R.CANNOT_SAY for kind in QUESTIONS.values())
    assert {question for kind in CLUES.values() for question in kind.asks} == set(Question)


def test_reasons_speak_for_or_against_what_is_proposed() -> None:
    evidence = silent(**SITE_GONE, push=PUSH)
    reasons = {one.clue: one.speaks_for for one in proposed(evidence, {Q.WATER: R.YES, Q.DROPPED: R.NO}).reasons}
    assert reasons == {Clue.NEIGHBOURS_GONE: True, Clue.PUSHED: True, Clue.WET: False, Clue.DROPPED: True}
    natural = {one.clue: one.speaks_for for one in proposed(heard(ALARM), {Q.SITE_POWER: R.NO, Q.MOVED: R.NO}).reasons}
    assert natural == {Clue.HARDWARE: True, Clue.SITE_DARK: False}


def test_with_nothing_proposed_reasons_only_say_on_whose_side_they_are() -> None:
    found = proposed(silent(), {Q.POWER_LAMP: R.DARK})
    assert [(one.clue, one.side, one.speaks_for) for one in found.reasons] == [(Clue.UNIT_DARK, Side.UNIT, None)]


@pytest.mark.parametrize(
    ("evidence", "replies", "ask"),
    [
        (silent(), {}, Q.SITE_POWER),
        (silent(), {Q.SITE_POWER: R.YES}, Q.POWER_LAMP),
        (silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.LIT}, Q.LINE_LAMP),
        (silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.LIT, Q.LINE_LAMP: R.LIT}, Q.OTHERS_ONLINE),
        (silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.LIT, **LINE_GOOD}, Q.POWER_CYCLED),
        (silent(), {Q.SITE_POWER: R.YES, Q.POWER_LAMP: R.DARK, **LINE_GOOD}, Q.PRESENT),
        (heard(ALARM), {}, Q.OPENED),
        (heard(ALARM), {Q.OPENED: R.NO, Q.DROPPED: R.CANNOT_SAY}, Q.WATER),
        (silent(**SITE_GONE), {Q.SITE_POWER: R.YES}, None),
        (heard(K.SILENCE, **OURS), {}, None),
    ],
)
def test_the_next_question_is_the_best_that_could_change_the_proposal(
    evidence: Evidence, replies: Said, ask: Question | None
) -> None:
    assert next(iter(proposed(evidence, replies).ask), None) is ask


def test_a_question_on_which_the_sources_differ_is_asked_again() -> None:
    manager, support = AnswerSource.OPERATION_MANAGER, AnswerSource.SUPPORT_BY_PHONE
    differing = [said(Q.OPENED, R.YES, manager), said(Q.OPENED, R.NO, support)]
    found = propose(heard(ALARM), asked(differing))
    assert (found.rule, found.ask[0]) == ("hardware_spoke", Q.OPENED)
    agreed = propose(heard(ALARM), asked([*differing, said(Q.OPENED, R.NO, manager, at=NOW + 1)]))
    assert Q.OPENED not in agreed.ask


def some_answers() -> st.SearchStrategy[list[Answer]]:
    one = st.sampled_from([(question, reply) for question, kind in QUESTIONS.items() for reply in kind.replies])
    made = st.builds(
        lambda pair, source, at: said(pair[0], pair[1], source, at),
        one,
        st.sampled_from(AnswerSource),
        st.integers(1, 3),
    )
    # One word of a source at one instant: which of two counts would be the order in which they came in.
    return st.lists(made, max_size=8, unique_by=lambda answer: (answer.question, answer.source, answer.at))


counts = st.builds(
    NeighbourCount,
    nearness=st.sampled_from(Nearness),
    heard=st.integers(0, 2),
    gone_together=st.integers(0, 3),
    gone=st.integers(0, 1),
)
some_evidence = st.builds(
    heard,
    st.sampled_from(SymptomKind),
    presence=st.sampled_from(Presence),
    silent_since=st.sampled_from([None, SINCE]),
    our_trouble=st.sampled_from([None, *OurTrouble]),
    ending=st.sampled_from([None, "done", "silent"]),
    boot_cause=st.sampled_from([None, "watchdog", "power_on"]),
    status=st.sampled_from([None, FAILING]),
    gaps_ms=st.lists(st.integers(0, 90_000), max_size=8).map(tuple),
    neighbours=st.lists(counts, max_size=3, unique_by=lambda one: one.nearness).map(tuple),
    push=st.sampled_from([None, PUSH]),
    attempts=st.sampled_from([(), DIALLED["attempts"]]),
    certificate_trouble=st.sampled_from([None, "revoked"]),
)


@BRIEFLY
@given(evidence=some_evidence, answers=some_answers())
def test_any_evidence_has_one_proposal_whatever_the_order_of_the_answers(
    evidence: Evidence, answers: list[Answer]
) -> None:
    found = propose(evidence, asked(answers))
    assert propose(evidence, asked(answers[::-1])) == found
    assert (found.cause is None) == (found.rule is None)
    assert found.words.ja
    if found.cause is not None and side_of(found.cause) is Side.CUSTOMER:
        assert answers, "nothing but a person's answer accuses a customer"
    if evidence.has(K.HARDWARE_ALARM, K.SELF_TEST_FAILED):
        assert found.cause is not Cause.NOT_HARDWARE


@BRIEFLY
@given(evidence=some_evidence, answers=some_answers())
def test_no_answer_to_a_question_that_is_not_worth_asking_would_change_the_cause(
    evidence: Evidence, answers: list[Answer]
) -> None:
    found, standing = propose(evidence, asked(answers)), asked(answers)
    assert all(standing[question].reply is None for question in found.ask)
    for question in _never_asked(answers):
        if question not in found.ask:
            assert {_with(evidence, answers, question, reply) for reply in QUESTIONS[question].replies} == {found.cause}


def _never_asked(answers: Iterable[Answer]) -> set[Question]:
    return set(Question) - {answer.question for answer in answers}


def _with(evidence: Evidence, answers: list[Answer], question: Question, reply: Reply) -> Cause | None:
    return propose(evidence, asked([*answers, said(question, reply)])).cause
