"""The table of a return, read once more from what must be true of it."""

import pytest

from servicehost.domain.custody import Part
from servicehost.domain.errors import Conflict
from servicehost.domain.fact_kind import Accessories, FactName, Inspection
from servicehost.domain.unit_return import (
    OUTCOME_STATES,
    OWED_STATES,
    RETURN_TABLE,
    Loss,
    ReturnRefusal,
    ReturnSaid,
    ReturnState,
    UnitReturn,
    next_return_state,
    return_facts,
)

S, D = ReturnState, ReturnSaid


def a_return(state: ReturnState = S.DUE, **fields: object) -> UnitReturn:
    plain: dict[str, object] = {
        "number": 1,
        "exchange": 1,
        "service_code": "nxe000000001",
        "management_code": "nxm000000001",
        "unit_id": 1,
        "state": state,
        "opened_at": 1,
        "due_at": 10,
        "changed_at": 1,
        "changed_by": "host",
        "why": "exchange_swapped",
    }
    return UnitReturn(**(plain | fields))  # type: ignore[arg-type]  # values of many types by name


def said(*words: ReturnSaid) -> ReturnState:
    """Where a return is after these words; refused ones are answers."""
    one = a_return()
    for word in words:
        try:
            one = a_return(next_return_state(one, word) or one.state)
        except Conflict:
            continue
    return one.state


def test_the_table_has_a_cell_for_everything_that_can_be_said_in_every_state() -> None:
    assert set(RETURN_TABLE) == set(S)
    assert all(set(row) == set(D) for row in RETURN_TABLE.values())


@pytest.mark.parametrize("state", S)
def test_only_what_is_due_lapses_and_it_lapses_once(state: ReturnState) -> None:
    assert next_return_state(a_return(state), D.LAPSE) == (S.NOT_RETURNED if state is S.DUE else None)


@pytest.mark.parametrize("state", S)
def test_nothing_is_inspected_that_was_not_received(state: ReturnState) -> None:
    if state in (S.RECEIVED, S.INSPECTED):
        assert next_return_state(a_return(state), D.INSPECT) is S.INSPECTED
        return
    with pytest.raises(Conflict) as refused:
        next_return_state(a_return(state), D.INSPECT)
    assert refused.value.code in (ReturnRefusal.NOT_RECEIVED, ReturnRefusal.NOT_OWED)


def test_what_was_received_is_never_lost_and_what_was_lost_can_be_found() -> None:
    assert said(D.RECEIVE, D.WRITE_OFF) is S.RECEIVED
    assert said(D.LAPSE, D.WRITE_OFF, D.RECEIVE) is S.RECEIVED
    assert said(D.LAPSE, D.SHIP) is S.SHIPPED
    assert said(D.SHIP, D.LAPSE) is S.SHIPPED


def test_a_unit_that_serves_again_is_owed_no_more_unless_it_is_on_its_way() -> None:
    assert said(D.CALL_OFF, D.SHIP, D.RECEIVE, D.LAPSE, D.WRITE_OFF) is S.CALLED_OFF
    assert said(D.SHIP, D.CALL_OFF) is S.SHIPPED


def test_states_are_sorted_into_owed_and_known() -> None:
    assert {S.NOT_RETURNED} == OWED_STATES & OUTCOME_STATES
    assert set(S) - OWED_STATES - OUTCOME_STATES == {S.CALLED_OFF}


@pytest.mark.parametrize(
    ("one", "facts"),
    [
        (a_return(), {}),
        (a_return(S.SHIPPED), {}),
        (a_return(S.NOT_RETURNED), {FactName.INSPECTION: Inspection.NEVER_RETURNED}),
        (a_return(S.WRITTEN_OFF, loss=Loss.NEVER_RETURNED), {FactName.INSPECTION: Inspection.NEVER_RETURNED}),
        (a_return(S.WRITTEN_OFF, loss=Loss.LOST_BY_CARRIER), {}),
        (
            a_return(S.RECEIVED, missing=(Part.AC_ADAPTER,)),
            {FactName.INSPECTION: Inspection.RETURNED, FactName.ACCESSORIES: Accessories.SHORT},
        ),
        (
            a_return(S.INSPECTED, result=Inspection.NO_FAULT_FOUND),
            {FactName.INSPECTION: Inspection.NO_FAULT_FOUND, FactName.ACCESSORIES: Accessories.WHOLE},
        ),
        (
            a_return(S.INSPECTED, result=Inspection.DAMAGED, damaged=(Part.LAN_CABLE,)),
            {FactName.INSPECTION: Inspection.DAMAGED, FactName.ACCESSORIES: Accessories.SHORT},
        ),
    ],
)
def test_what_a_return_says_to_the_judgement(one: UnitReturn, facts: dict[FactName, str]) -> None:
    assert {fact.name: fact.value for fact in return_facts(one)} == facts
