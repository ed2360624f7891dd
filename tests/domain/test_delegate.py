from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.delegate import MAX_DELEGATES, Delegate, attend_at, check_delegate, the_delegate
from servicehost.domain.eligibility import risks
from servicehost.domain.errors import Refused
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.standing import RightRecord, present_facts
from tests.domain.test_eligibility import FINE

CODE, OTHER = "nxe000000001", "nxe000000002"


def a_delegate(**fields: Any) -> Delegate:
    plain: dict[str, Any] = {
        "number": 1,
        "management_code": "nxm000000001",
        "name": "Sato",
        "telephone": "06-0000-0000",
        "service_codes": (),
        "attends_from": 10,
        "attends_until": None,
        "named_by": "anna",
        "named_at": 5,
    }
    return Delegate(**plain | fields)


@pytest.mark.parametrize(
    ("fields", "now", "attends"),
    [
        ({}, 9, False),
        ({}, 10, True),
        ({"attends_until": 20}, 19, True),
        ({"attends_until": 20}, 20, False),
        ({"ended_at": 12}, 15, False),
        ({"service_codes": (CODE,)}, 10, True),
        ({"service_codes": (OTHER,)}, 10, False),
    ],
)
def test_a_delegate_attends_where_and_while_they_are_named(fields: dict[str, Any], now: int, attends: bool) -> None:
    assert a_delegate(**fields).attends(CODE, now) is attends
    assert bool(attend_at([a_delegate(**fields)], CODE, now)) is attends


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "delegate_unnamed"),
        ({"telephone": ""}, "delegate_unnamed"),
        ({"attends_until": 10}, "delegate_ends_before_it_begins"),
        ({"attends_from": 1, "attends_until": 4}, "delegate_ends_before_it_begins"),
    ],
)
def test_a_naming_that_names_nobody_or_never_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_delegate(a_delegate(**fields), [])
    assert refused.value.code == code


def test_a_contract_has_so_many_delegates_and_no_more() -> None:
    assert check_delegate(a_delegate(), [a_delegate()] * (MAX_DELEGATES - 1)) == a_delegate()
    with pytest.raises(Refused, match="at most"):
        check_delegate(a_delegate(), [a_delegate()] * MAX_DELEGATES)


def test_a_delegate_is_found_by_number_if_they_may_attend_there() -> None:
    assert the_delegate([a_delegate()], 1, CODE, 10).name == "Sato"
    for number, now, code in ((2, 10, "delegate_not_found"), (1, 9, "delegate_may_not_attend")):
        with pytest.raises(Refused) as refused:
            the_delegate([a_delegate()], number, CODE, now)
        assert refused.value.code == code


def nobody(at: int) -> Fact:
    return Fact(name=FactName.ATTENDEE, value=False, source=Source.REQUESTER, time=as_datetime(at), author="anna")


def recorded(*said: Fact, managers: int = 0, delegates: tuple[Delegate, ...] = ()) -> RightRecord:
    return msgspec.structs.replace(FINE.record, statements=said, managers=managers, delegates=delegates)


@pytest.mark.parametrize(
    ("record", "at_risk"),
    [
        (recorded(), True),
        (recorded(managers=1), False),
        (recorded(delegates=(a_delegate(),)), False),
        (recorded(delegates=(a_delegate(attends_until=20),)), True),
        (recorded(delegates=(a_delegate(service_codes=(OTHER,)),)), True),
        # A later word that nobody can attend stands; an earlier one is mended by the naming.
        (recorded(nobody(40), delegates=(a_delegate(),)), True),
        (recorded(nobody(7), delegates=(a_delegate(),)), False),
        (recorded(nobody(7), managers=1), True),
    ],
)
def test_that_somebody_can_attend_is_read_from_the_records(record: RightRecord, at_risk: bool) -> None:
    standing = msgspec.structs.replace(FINE, record=record)
    found = [risk.rule for risk in risks(standing, 50)]
    assert found == (["nobody_attends"] if at_risk else [])


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_delegate_speaks_only_against_a_word_that_nobody_attends(said: int, named: int, now: int) -> None:
    delegate = a_delegate(named_at=named, attends_from=named)
    for statements in ((), (nobody(said),)):
        standing = msgspec.structs.replace(FINE, record=recorded(*statements, delegates=(delegate,)))
        facts = [fact for fact in present_facts(standing, now) if fact.name is FactName.ATTENDEE]
        mended = bool(statements) and named <= now and said < named
        assert [fact.value for fact in facts] == ([True] if mended else [False] * len(statements))
