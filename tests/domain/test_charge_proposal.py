"""What is proposed from one rule, and what is the difference to what was approved."""

from itertools import product
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.charge import Charge, ChargeCode, charge
from servicehost.domain.charge_proposal import (
    ChargeItem,
    ChargeProposal,
    ItemWhy,
    NoFaultFound,
    ProposalState,
    ReturnPolicy,
    Wanted,
    check_decision,
    difference,
    total,
    wanted,
)
from servicehost.domain.custody import Part
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.fact_kind import Accessories, Cause, Inspection, Ownership
from servicehost.domain.unit_return import ReturnState
from tests.domain.cases import known
from tests.domain.test_unit_return import a_return

M = "SA-W2"
POLICY = ReturnPolicy(
    accessories={M: (Part.AC_ADAPTER, Part.LAN_CABLE)},
    prices={M: {Part.UNIT: 30_000, Part.AC_ADAPTER: 3_000}, "*": {Part.LAN_CABLE: 500}},
)
SHORT = a_return(ReturnState.RECEIVED, missing=(Part.AC_ADAPTER,), damaged=(Part.LAN_CABLE,))
STATES = ProposalState


def want(policy: ReturnPolicy = POLICY, **values: str) -> Wanted:
    return wanted(charge(known(values)), SHORT, M, policy)


def parts(of: Wanted) -> dict[Part, int | None]:
    return {item.part: item.amount for item in of.items}


def test_a_unit_that_never_came_back_is_charged_with_all_its_accessories() -> None:
    lost = want(ownership="rental", cause="natural", inspection="never_returned")
    assert (lost.rule, parts(lost)) == (
        ChargeCode.NEVER_RETURNED,
        {Part.UNIT: 30_000, Part.AC_ADAPTER: 3_000, Part.LAN_CABLE: 500},
    )


def test_missing_and_damaged_accessories_are_charged_by_themselves() -> None:
    short = want(ownership="rental", cause="natural", inspection="fault_found", accessories="short")
    assert (short.rule, parts(short)) == (ChargeCode.ACCESSORIES, {Part.AC_ADAPTER: 3_000, Part.LAN_CABLE: 500})
    assert [item.why for item in short.items] == [ItemWhy.MISSING, ItemWhy.DAMAGED]


@pytest.mark.parametrize(("way", "asks", "rule"), [("charge", False, ChargeCode.NO_FAULT_FOUND),
    ("ask", True, ChargeCode.NO_FAULT_FOUND), ("waive", False, ChargeCode.ACCESSORIES)])  # fmt: skip
def test_a_unit_in_which_no_fault_is_found_follows_the_policy(way: NoFaultFound, asks: bool, rule: str) -> None:
    policy = msgspec.structs.replace(POLICY, no_fault_found=way)
    found = want(policy, ownership="rental", cause="natural", inspection="no_fault_found", accessories="short")
    assert (found.rule, found.asks) == (rule, asks)
    assert (Part.UNIT in parts(found)) == (way != "waive")


def test_what_the_list_has_no_price_for_is_named_and_makes_no_sum() -> None:
    lost = want(ReturnPolicy(accessories=POLICY.accessories), ownership="rental", cause="negligence")
    assert total(lost.items) is None
    assert {item.amount for item in lost.items} == {None}


def test_every_case_comes_to_exactly_one_rule_or_to_nothing() -> None:
    cases = product(Ownership, Cause, (None, *Inspection), (None, *Accessories), ("charge", "waive", "ask"))
    for owner, cause, inspection, accessories, way in cases:
        values: dict[str, str] = {"ownership": owner, "cause": cause}
        values |= {} if inspection is None else {"inspection": inspection}
        values |= {} if accessories is None else {"accessories": accessories}
        of = want(msgspec.structs.replace(POLICY, no_fault_found=cast("NoFaultFound", way)), **values)
        free = charge(known(values)).charge is Charge.NONE
        assert (of.rule is None) == (not of.items), values
        assert not (free and of.items), values
        assert owner is Ownership.RENTAL or of == Wanted(), values
        assert len({item.part for item in of.items}) == len(of.items), values


def a_proposal(
    items: tuple[ChargeItem, ...] = (), state: ProposalState = STATES.PROPOSED, **more: object
) -> ChargeProposal:
    plain: dict[str, object] = {
        "proposal": 1, "exchange": 1, "service_code": "s", "management_code": "m", "unit_id": 1, "rule": "r",
        "tax": "excluded", "asks": False, "proposed_at": 1, "evidence": None,
    }  # fmt: skip
    return ChargeProposal(**(plain | {"items": items, "total": total(items), "state": state} | more))  # type: ignore[arg-type]  # values of many types by name


def an_item(part: Part, amount: int) -> ChargeItem:
    return ChargeItem(part=part, why=ItemWhy.RULE, amount=amount)


AMOUNTS = st.dictionaries(st.sampled_from(list(Part)), st.integers(1, 9), max_size=4)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(AMOUNTS, min_size=1, max_size=5))
def test_what_was_approved_and_its_differences_always_add_up_to_what_is_wanted(steps: list[dict[Part, int]]) -> None:
    approved: list[ChargeProposal] = []
    for step in steps:
        items = difference([an_item(part, amount) for part, amount in step.items()], approved)
        approved.append(a_proposal(items, STATES.APPROVED))
        sums = {part: sum(i.amount or 0 for one in approved for i in one.items if i.part is part) for part in Part}
        assert {part: amount for part, amount in sums.items() if amount} == step


def test_what_was_approved_and_falls_away_is_given_back() -> None:
    (back,) = difference([], [a_proposal((an_item(Part.UNIT, 7),), STATES.APPROVED)])
    assert (back.amount, back.why) == (-7, ItemWhy.CORRECTED)


def test_decisions_are_taken_once_and_for_a_reason_where_one_is_due() -> None:
    plain, asking = a_proposal(), a_proposal(asks=True)
    assert check_decision(plain, STATES.APPROVED, "")
    assert not check_decision(a_proposal(state=STATES.APPROVED), STATES.APPROVED, "")
    for one, decision in ((plain, STATES.WAIVED), (asking, STATES.APPROVED)):
        with pytest.raises(Invalid, match="Say why"):
            check_decision(one, decision, " ")
    for state, decision, code in (
        (STATES.WAIVED, STATES.APPROVED, "charge_decided"),
        (STATES.APPROVED, STATES.WAIVED, "charge_decided"),
        (STATES.WITHDRAWN, STATES.APPROVED, "charge_withdrawn"),
    ):
        with pytest.raises(Conflict) as refused:
            check_decision(a_proposal(state=state), decision, "x")
        assert refused.value.code == code
    with pytest.raises(Conflict, match="price"):
        check_decision(a_proposal(total=None), STATES.APPROVED, "")
