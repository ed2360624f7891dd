"""Eligibility never disagrees with the verdict, and names what to do."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.eligibility import REASON_TEXTS, facts_now, has_right_to_lose, holds, open_points, risks
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import (
    KINDS,
    Area,
    Channel,
    Coverage,
    FactName,
    FactValue,
    Item,
    Location,
    Ownership,
    SiteState,
    Source,
)
from servicehost.domain.instant import as_datetime
from servicehost.domain.judgement import judge
from servicehost.domain.option import AttachCode, OptionState
from servicehost.domain.rules import Verdict
from servicehost.domain.standing import RightRecord, Standing, present_adapter
from servicehost.domain.unit import Adapter, Unit
from tests.domain.cases import BRIEFLY
from tests.domain.test_option import a_location, a_request

NOW = 100
replace = msgspec.structs.replace
ADAPTER = Adapter(
    service_code="nxe000000001",
    management_code="nxm000000001",
    memo="",
    created_at=0,
    option=True,
    declared_location="Tokyo 1-1",
    coverage=Coverage.COVERED,
)
UNIT = Unit(unit_id=1, distribution_id="D", model="M", serial="S", registered_at=0)
LOCATED = replace(a_location(), applied_at=10, coverage=Coverage.COVERED)
FINE = Standing(adapter=ADAPTER, unit=UNIT, record=RightRecord(locations=(LOCATED,), managers=1))


def said(name: FactName, value: FactValue, at: int = 50, source: Source = Source.REQUESTER) -> Fact:
    return Fact(name=name, value=value, source=source, time=as_datetime(at), author="anna")


def adapter(**changes: Any) -> Standing:
    return replace(FINE, adapter=replace(ADAPTER, **changes))


def record(**changes: Any) -> Standing:
    return replace(FINE, record=replace(FINE.record, **changes))


ELSEWHERE = said(FactName.LOCATION, Location.ELSEWHERE)
AT_RISK: Mapping[str, tuple[Standing, tuple[str, ...]]] = {
    "all is well": (FINE, ()),
    "no option": (adapter(option=False), ("option_missing",)),
    "no option and nowhere to have it": (
        replace(adapter(option=False, declared_location=""), record=RightRecord(managers=1)),
        ("option_missing", "no_declared_location"),
    ),
    "no declared location": (
        replace(adapter(declared_location=""), record=RightRecord(managers=1)), ("no_declared_location",),
    ),
    "waiting": (
        replace(
            adapter(option=False, coverage=Coverage.ISLAND),
            record=replace(FINE.record, request=a_request(OptionState.WAITING, AttachCode.ON_AN_ISLAND)),
        ),
        ("option_waiting", "on_an_island"),
    ),
    "uncovered": (adapter(coverage=Coverage.UNCOVERED), ("area_uncovered",)),
    "standby": (adapter(item=Item.STANDBY), ("item_standby",)),
    "reseller": (replace(FINE, unit=replace(UNIT, channel=Channel.RESELLER)), ("bought_from_reseller",)),
    "no unit": (replace(FINE, unit=None), ("facts_missing",)),
    "moved": (record(statements=(ELSEWHERE,)), ("not_at_declared_location",)),
    "moved before the declaration": (record(statements=(said(FactName.LOCATION, Location.ELSEWHERE, at=9),)), ()),
    "unmanned": (record(statements=(said(FactName.SITE, SiteState.UNMANNED),)), ("unmanned_or_restricted",)),
    "nobody can attend": (record(statements=(said(FactName.ATTENDEE, False),)), ("nobody_attends",)),
    "no operation manager": (record(managers=0), ("nobody_attends",)),
    "area closed": (
        record(statements=(said(FactName.AREA, Area.NO_ENTRY, source=Source.DISPATCHER),)), ("provider_closed_area",),
    ),
    "sources differ": (
        record(statements=(ELSEWHERE, said(FactName.LOCATION, Location.DECLARED, source=Source.SITE))),
        ("facts_missing",),
    ),
    "two things": (
        replace(adapter(item=Item.STANDBY), record=replace(FINE.record, statements=(ELSEWHERE,))),
        ("item_standby", "not_at_declared_location"),
    ),
    "moved ahead, not carried over yet": (
        record(locations=(LOCATED, replace(a_location(2, NOW), coverage=None))), ("coverage_unknown",),
    ),
    "moved ahead, not yet": (record(locations=(LOCATED, a_location(2, NOW + 1))), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_RISK)
def test_each_risk_is_named_with_what_to_do(name: str) -> None:
    standing, expected = AT_RISK[name]
    found = risks(standing, NOW)
    assert tuple(risk.reason for risk in found) == expected
    for risk in found:
        assert all((risk.words.ja, risk.words.en, risk.remedy.ja, risk.remedy.en))


def test_every_text_is_used_or_belongs_to_a_rule_of_its_own() -> None:
    seen = {reason for _, reasons in AT_RISK.values() for reason in reasons}
    assert set(REASON_TEXTS) - seen == {"option_refused", "provider_mass_damage"}


SAYABLE = [
    said(name, value, at, source)
    for name in (FactName.SITE, FactName.LOCATION, FactName.ATTENDEE, FactName.AREA)
    for value in KINDS[name].values
    for at in (5, 50)
    for source in (Source.REQUESTER, Source.SITE, Source.DISPATCHER)
]
UNITS = st.builds(
    lambda ownership, channel: replace(UNIT, ownership=ownership, channel=channel),
    st.sampled_from(Ownership),
    st.sampled_from(Channel),
)
STANDINGS = st.builds(
    Standing,
    adapter=st.builds(
        lambda item, option, place, coverage: replace(
            ADAPTER, item=item, option=option, declared_location=place, coverage=coverage
        ),
        st.sampled_from(Item),
        st.booleans(),
        st.sampled_from(["Tokyo 1-1", ""]),
        st.sampled_from([*Coverage, None]),
    ),
    unit=st.one_of(st.none(), st.just(UNIT), UNITS),
    record=st.builds(
        RightRecord,
        locations=st.sampled_from([(), (LOCATED,), (LOCATED, a_location(2, 60)), (a_location(1, NOW + 1),)]),
        request=st.one_of(
            st.none(),
            st.builds(a_request, st.sampled_from(OptionState), st.sampled_from([*AttachCode, None]), st.integers(1, 2)),
        ),
        statements=st.lists(st.sampled_from(SAYABLE), max_size=3, unique=True).map(tuple),
        managers=st.integers(0, 2),
    ),
)
NEARLY = st.sampled_from([standing for standing, _ in AT_RISK.values()])


@BRIEFLY
@given(standing=st.one_of(STANDINGS, NEARLY))
def test_nothing_is_at_risk_exactly_if_the_same_facts_give_an_on_site_swap(standing: Standing) -> None:
    judgement = judge(facts_now(standing, NOW))
    found = risks(standing, NOW)
    assert (not found) == (judgement.verdict is Verdict.ONSITE_SWAP)
    assert {risk.rule for risk in found} <= {one.rule.code for one in judgement.trace if one.holds is not False}
    assert judgement.decided_by is None or judgement.decided_by == found[0].rule


@BRIEFLY
@given(standing=STANDINGS)
def test_a_right_without_option_entry_item_and_place_is_never_called_safe(standing: Standing) -> None:
    present = present_adapter(standing, NOW)
    if not risks(standing, NOW):
        assert present.option
        assert present.item is Item.ENTRY
        assert present.declared_location
        assert standing.record.managers > 0 or any(one.name is FactName.ATTENDEE for one in standing.record.statements)


def test_only_an_option_that_is_there_or_asked_for_can_be_lost() -> None:
    asked = record(request=a_request(OptionState.WAITING, AttachCode.ON_AN_ISLAND))
    without = replace(asked, adapter=replace(ADAPTER, option=False))
    refused = replace(without, record=replace(asked.record, request=a_request(OptionState.REFUSED, None)))
    assert [has_right_to_lose(one) for one in (FINE, without, refused)] == [True, True, False]


@pytest.mark.parametrize(
    ("ownership", "option", "said", "named"),
    [
        (Ownership.RENTAL, False, False, True),
        (Ownership.RENTAL, False, True, False),
        (Ownership.RENTAL, True, False, True),
        (Ownership.BROUGHT_IN, False, False, False),  # nothing is shipped for it
        (Ownership.BROUGHT_IN, True, False, True),
        (None, True, False, False),  # no unit serves the adapter
    ],
)
def test_a_missing_shipping_address_is_named_before_there_is_a_fault(
    ownership: Ownership | None, option: bool, said: bool, named: bool
) -> None:
    unit = None if ownership is None else replace(UNIT, ownership=ownership)
    standing = replace(adapter(option=option), unit=unit, record=replace(FINE.record, shipped_to=said))
    assert [one.reason for one in holds(standing)] == (["no_shipping_address"] if named else [])
    points = [one.reason for one in open_points(standing, NOW)]
    assert ("no_shipping_address" in points) is named
    assert has_right_to_lose(standing) or not [one for one in points if one != "no_shipping_address"]
