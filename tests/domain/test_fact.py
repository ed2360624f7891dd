"""Which statement counts, and what is no statement."""

import random
from datetime import datetime

import pytest
from hypothesis import given

from servicehost.domain.fact import Fact, FactError, Facts, Finding
from servicehost.domain.fact_kind import FactName, Source, Supplier
from tests.domain.cases import BRIEFLY, NOON, disputed_facts, said


def found(name: str, *facts: Fact) -> Finding:
    return Facts(statements=facts).findings()[FactName(name)]


def test_a_fact_that_nobody_states_is_unknown_and_names_who_must_supply_it() -> None:
    finding = found("attendee")
    assert (finding.value, finding.statements, finding.differs) == (None, (), False)
    assert finding.ask is Supplier.OPERATION_MANAGER


def test_a_no_is_known_and_asks_nobody() -> None:
    finding = found("attendee", said("attendee", False))
    assert (finding.value, finding.ask) == (False, None)


def test_two_sources_that_agree_are_both_shown() -> None:
    finding = found("site", said("site", "staffed", Source.SITE), said("site", "staffed", Source.REQUESTER, 1))
    assert finding.value == "staffed"
    assert [fact.source for fact in finding.statements] == [Source.SITE, Source.REQUESTER]


def test_two_sources_that_differ_make_the_fact_unknown_and_are_both_shown() -> None:
    finding = found("site", said("site", "staffed", Source.SITE), said("site", "unmanned", Source.REQUESTER, 1))
    assert (finding.value, finding.differs, finding.ask) == (None, True, Supplier.DISPATCHER)
    assert [fact.value for fact in finding.statements] == ["staffed", "unmanned"]


def test_triage_settles_what_differs_about_the_cause() -> None:
    finding = found("cause", said("cause", "natural", Source.TRIAGE), said("cause", "accident", Source.SITE))
    assert finding.ask is Supplier.TRIAGE


def test_a_source_corrects_itself_by_its_later_statement() -> None:
    finding = found("site", said("site", "unmanned", Source.SITE, 5), said("site", "staffed", Source.SITE, 1))
    assert finding.value == "unmanned"


def test_one_source_that_says_two_things_at_once_differs_from_itself() -> None:
    assert found("site", said("site", "unmanned"), said("site", "staffed")).differs


def test_a_settlement_overrules_what_was_said_up_to_its_time() -> None:
    finding = found(
        "site",
        said("site", "staffed", Source.SITE, 1),
        said("site", "unmanned", Source.REQUESTER, 2),
        said("site", "unmanned", Source.DISPATCHER, 2, settles=True),
    )
    assert finding.value == "unmanned"
    assert [fact.source for fact in finding.statements] == [Source.DISPATCHER]


def test_a_different_statement_after_a_settlement_opens_the_question_again() -> None:
    settled = said("site", "unmanned", Source.DISPATCHER, 2, settles=True)
    assert found("site", settled, said("site", "staffed", Source.SITE, 3)).differs


def test_the_same_statement_twice_counts_once() -> None:
    assert len(found("site", said("site", "staffed"), said("site", "staffed")).statements) == 1


def test_more_statements_leave_the_old_facts_as_they_were() -> None:
    before = Facts()
    after = before.plus(said("option", True))
    assert (before.statements, len(after.statements)) == ((), 1)


@pytest.mark.parametrize(("name", "value"), [("cause", "rust"), ("option", 1), ("option", "true"), ("cause", True)])
def test_a_value_that_the_fact_does_not_have_is_refused_by_its_name(name: str, value: str | bool) -> None:
    with pytest.raises(FactError, match=name):
        said(name, value)


def test_nobody_but_the_dispatcher_may_state_a_downgrade() -> None:
    with pytest.raises(FactError, match="provider_downgrade: requester may not state it"):
        said("provider_downgrade", True, Source.REQUESTER)


def test_a_party_may_not_settle_a_difference() -> None:
    with pytest.raises(FactError, match="requester may not settle"):
        said("site", "staffed", Source.REQUESTER, settles=True)


def test_a_time_without_an_offset_is_refused() -> None:
    naive = datetime(2026, 4, 1)  # noqa: DTZ001 - the bad input itself
    with pytest.raises(FactError, match="no offset"):
        Fact(name=FactName.OPTION, value=True, source=Source.FILE, time=naive, author="a person")


def test_a_fact_without_an_author_is_refused() -> None:
    with pytest.raises(FactError, match="author"):
        Fact(name=FactName.OPTION, value=True, source=Source.FILE, time=NOON, author="")


@BRIEFLY
@given(facts=disputed_facts())
def test_the_order_in_which_statements_came_in_has_no_meaning(facts: Facts) -> None:
    shuffled = list(facts.statements)
    random.Random(7).shuffle(shuffled)
    assert Facts(statements=tuple(shuffled)).findings() == facts.findings()
