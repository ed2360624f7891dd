import msgspec

from servicehost.domain.contract_facts import contract_facts, unstated
from servicehost.domain.fact_kind import Channel, Coverage, FactName, Item, Ownership, Source
from servicehost.domain.unit import Adapter, Unit

ADAPTER = Adapter(service_code="nxe000000001", management_code="nxm000000001", memo="", created_at=0)
UNIT = Unit(unit_id=1, distribution_id="x", model="m", serial="s", registered_at=0, ownership=Ownership.BROUGHT_IN)


def test_records_are_stated_as_the_contracts_and_an_empty_one_states_nothing() -> None:
    facts = contract_facts(ADAPTER, UNIT, 0)

    assert {fact.source for fact in facts} == {Source.CONTRACT}
    assert {fact.name: fact.value for fact in facts} == {
        FactName.OWNERSHIP: Ownership.BROUGHT_IN,
        FactName.CHANNEL: Channel.DIRECT,
        FactName.ITEM: Item.ENTRY,
        FactName.OPTION: False,
    }


def test_without_a_unit_nobody_knows_whose_it_is() -> None:
    known = {fact.name for fact in contract_facts(msgspec.structs.replace(ADAPTER, coverage=Coverage.ISLAND), None, 0)}

    assert known == {FactName.ITEM, FactName.OPTION, FactName.COVERAGE}


def test_only_what_has_changed_since_is_stated_again() -> None:
    before = contract_facts(ADAPTER, UNIT, 0)
    now = contract_facts(msgspec.structs.replace(ADAPTER, option=True), UNIT, 10)
    back = contract_facts(ADAPTER, UNIT, 20)

    assert unstated(contract_facts(ADAPTER, UNIT, 5), before) == ()
    changed = unstated(now, before)
    assert [fact.name for fact in changed] == [FactName.OPTION]
    assert [fact.value for fact in unstated(back, (*before, *changed))] == [False]
