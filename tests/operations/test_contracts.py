"""Customers, memos and delegates on the real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound, Refused
from servicehost.domain.fact_kind import FactName, SiteState
from servicehost.operations.add_adapter import AdapterOrder
from servicehost.operations.add_delegate import Naming
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.state_fact import Statement
from tests.builders.audited import DORA, MINE, SAKI, Audited, open_audited
from tests.builders.world import CODE, MANAGER, OTHER_CODE, STRANGER, TENANT

SATO = Naming(name="Sato", telephone="06-1234-5678")


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


async def test_a_customer_has_one_contract_and_another(audited: Audited) -> None:
    customer = await audited.catalogue.contracts.add_customer(DORA, None, "鈴木商事")
    for label in ("Tokyo", "Osaka"):
        await audited.catalogue.add_contract(DORA, None, label, customer.customer_code)
    view = await audited.reads.customer(EVERYTHING, customer.customer_code)
    assert view is not None
    assert sorted(one.label for one in view.contracts) == ["Osaka", "Tokyo"]


async def test_a_customer_code_is_given_out_once_and_checked(audited: Audited) -> None:
    add = audited.catalogue.contracts.add_customer
    customer = await add(DORA, None, "x")
    with pytest.raises(Conflict, match="already"):
        await add(DORA, customer.customer_code, "y")
    for code, told in (("nxc000000011", "bad_check_digit"), ("nxm000000001", "bad_customer_code")):
        with pytest.raises(Refused) as refused:
            await add(DORA, code, "y")
        assert refused.value.code == told
    with pytest.raises(NotFound):
        await audited.catalogue.add_contract(DORA, None, "x", "nxc000000013")


async def test_the_memo_begins_with_the_site_name_and_goes_its_own_way(audited: Audited) -> None:
    adapter = await audited.catalogue.add_adapter(DORA, TENANT, None, "大阪支店")
    assert (adapter.site_name, adapter.memo) == ("大阪支店", "大阪支店")
    await audited.catalogue.contracts.write_memo(MINE, adapter.service_code, "2F の棚")
    view = await audited.reads.adapter(EVERYTHING, adapter.service_code)
    assert view is not None
    assert (view.adapter.site_name, view.adapter.memo) == ("大阪支店", "2F の棚")


async def test_nobody_but_the_contracts_own_managers_writes_its_memos(audited: Audited) -> None:
    for actor, code in ((DORA, "no_right"), (SAKI, "no_right"), (STRANGER, "adapter_not_found")):
        with pytest.raises(Refused) as refused:
            await audited.catalogue.contracts.write_memo(actor, CODE, "x")
        assert refused.value.code == code


async def test_a_unit_that_the_customer_brings_is_ordered_by_what_is_printed_on_it(audited: Audited) -> None:
    add, order = audited.catalogue.add_adapter, AdapterOrder(brought_in="SA-W2-000123")
    assert (await add(DORA, TENANT, None, "", order)).brought_in == "SA-W2-000123"
    with pytest.raises(Conflict, match="another adapter"):
        await add(DORA, TENANT, None, "", order)
    with pytest.raises(Refused) as refused:
        await add(DORA, TENANT, None, "", AdapterOrder(brought_in="no serial"))
    assert refused.value.code == "model_serial_malformed"


async def test_a_delegate_is_named_for_adapters_of_the_own_contract_alone(audited: Audited) -> None:
    add = audited.catalogue.contracts.add_delegate
    mine = await add(MINE, TENANT, msgspec.structs.replace(SATO, service_codes=(CODE, CODE)))
    assert (mine.service_codes, mine.named_by, mine.attends_from) == ((CODE,), MANAGER.master_id, mine.named_at)
    for actor, tenant, codes, told in (
        (MINE, TENANT, (OTHER_CODE,), "adapter_not_found"),
        (STRANGER, TENANT, (), "contract_not_found"),
        (DORA, TENANT, (), "no_right"),
    ):
        with pytest.raises(Refused) as refused:
            await add(actor, tenant, msgspec.structs.replace(SATO, service_codes=codes))
        assert refused.value.code == told


async def test_a_naming_ends_once_with_its_reason(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    named = await contracts.add_delegate(MINE, TENANT, SATO)
    ended = await contracts.end_delegate(DORA, named.number, "left")
    assert (ended.ended_by, ended.end_reason) == (DORA.master_id, "left")
    assert await contracts.end_delegate(MINE, named.number, "again") == ended
    for actor, number, reason, told in (
        (MINE, named.number, " ", "no_reason"),
        (STRANGER, named.number, "x", "delegate_not_found"),
        (SAKI, named.number, "x", "no_right"),
    ):
        with pytest.raises(Refused) as refused:
            await contracts.end_delegate(actor, number, reason)
        assert refused.value.code == told


async def test_who_attends_an_exchange_may_be_a_delegate_on_record(audited: Audited) -> None:
    named = await audited.catalogue.contracts.add_delegate(MINE, TENANT, SATO)
    request = ExchangeRequest(service_code=CODE, delegate=named.number, site=SiteState.STAFFED)
    assert (await audited.cases.request_exchange(MINE, request)).attendee == "Sato"
    hana = await audited.catalogue.contracts.add_delegate(MINE, TENANT, Naming(name="Hana", telephone="090-1"))
    stated = Statement(name=FactName.ATTENDEE, value=True, delegate=hana.number)
    assert (await audited.cases.state_fact(MINE, 1, stated)).attendee == "Hana"
    await audited.catalogue.contracts.end_delegate(MINE, hana.number, "ill")
    for statement, told in (
        (stated, "delegate_not_found"),
        (Statement(name=FactName.ATTENDEE, value=False, delegate=named.number), "attendance_contradicts"),
        (Statement(name=FactName.ATTENDEE, value=True, delegate=1, attendee="x"), "attendance_contradicts"),
    ):
        with pytest.raises(Refused) as refused:
            await audited.cases.state_fact(MINE, 1, statement)
        assert refused.value.code == told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"attended": False}, "attendance_contradicts"),
        ({"attendee": "Sato"}, "attendance_contradicts"),
        ({"delegate": 99}, "delegate_not_found"),
    ],
)
async def test_a_request_that_names_two_or_nobody_is_refused(
    audited: Audited, fields: dict[str, object], told: str
) -> None:
    await audited.catalogue.contracts.add_delegate(MINE, TENANT, SATO)
    request = msgspec.structs.replace(ExchangeRequest(service_code=CODE, delegate=1), **fields)
    with pytest.raises(Refused) as refused:
        await audited.cases.request_exchange(MINE, request)
    assert refused.value.code == told


async def test_a_delegate_who_is_erased_by_name_attends_no_more(audited: Audited) -> None:
    named = await audited.catalogue.contracts.add_delegate(MINE, TENANT, SATO)
    await audited.catalogue.erase_named(DORA, TENANT, " sato", "they asked")
    (erased,) = await audited.reads.delegates(EVERYTHING, TENANT)
    assert (erased.number, erased.name, erased.telephone) == (named.number, "", "")
    assert not erased.stands(audited.world.clock.wall())
