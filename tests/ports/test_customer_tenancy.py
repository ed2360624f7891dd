"""Customers, delegates, links and ends: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.codes import customer_code
from servicehost.domain.contract import EVERYTHING, ManagementContract
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.errors import NotFound
from servicehost.domain.first_password import FirstPasswordLink
from servicehost.domain.people import Contact
from servicehost.ports.customers import CustomerReads, Customers
from servicehost.ports.store import Batch
from tests.builders.databases import dump, fresh_database, opened
from tests.builders.estate import an_event
from tests.domain.test_delegate import a_delegate
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of
from tests.ports.test_consent_tenancy import a_call

replace = msgspec.structs.replace


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with a contract that has ended, a delegate, a link, an option that ends."""

    case: Case
    customer: Customer
    delegate: Delegate
    link: FirstPasswordLink


def a_contract(number: int, customer: Customer | None) -> ManagementContract:
    code = None if customer is None else customer.customer_code
    return ManagementContract(management_code=f"nxm00000010{number}", label="", created_at=1, customer_code=code)


async def build(backend: Backend, number: int) -> Held:
    case = await build_case(backend, number)
    customer = Customer(customer_code=customer_code(number), name=f"Customer {number}", created_at=1)

    def work(batch: Batch) -> Held:
        batch.add_customer(customer)
        batch._on.exec_driver_sql(  # type: ignore[attr-defined]  # the SQL batch has it; a contract never changes hands
            "UPDATE management_contract SET customer_code = ? WHERE management_code = ?",
            (customer.customer_code, case.tenant),
        )
        link = FirstPasswordLink(
            link_hash=f"link-{number}",
            management_code=case.tenant,
            person_id=case.estate.person.person_id,
            made_at=1,
            made_by="dora",
            expires_at=99,
        )
        batch.add_link(link)
        batch.set_contract_end(case.tenant, 5, "moved away")
        batch.set_option_end(case.code, 5)
        batch.set_out_of_service(case.code, 5)
        batch.set_memo(case.code, "Osaka")
        batch.add_events([an_event(case.tenant, detail={"note": "Sato was here"})])
        batch.add_call(a_call(case.estate))
        named = replace(a_delegate(), management_code=case.tenant, name=f"Sato {number}")
        return Held(case=case, customer=customer, delegate=batch.add_delegate(named), link=link)

    return await backend.store.batch(EVERYTHING, work)


def _of(theirs: Held, found: list[Any]) -> list[Any]:
    return [one for one in found if one.management_code == theirs.case.tenant]


CUSTOMERS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "add_customer": lambda b, t, m: b.add_customer(Customer(customer_code=customer_code(9), name="", created_at=1)),
    "customer": lambda b, t, m: b.customer(t.customer.customer_code),
    "contract": lambda b, t, m: b.contract(t.case.tenant),
    "add_contract": lambda b, t, m: b.add_contract(a_contract(1, t.customer)),
    "adapters_of": lambda b, t, m: b.adapters_of(t.case.tenant),
    "set_memo": lambda b, t, m: b.set_memo(t.case.code, "mine"),
    "person": lambda b, t, m: b.person(t.case.estate.person.master_id),
    "people_of": lambda b, t, m: b.people_of(t.case.tenant),
    "choose_password": lambda b, t, m: b.choose_password(t.case.estate.person.person_id, "mine now"),
    "add_delegate": lambda b, t, m: b.add_delegate(t.delegate),
    "delegate": lambda b, t, m: b.delegate(t.delegate.number),
    "delegates_of": lambda b, t, m: b.delegates_of(t.case.tenant),
    "end_delegate": lambda b, t, m: b.end_delegate(replace(t.delegate, ended_at=3, end_reason="x")),
    "add_link": lambda b, t, m: b.add_link(replace(t.link, link_hash="new")),
    "link": lambda b, t, m: b.link(t.link.link_hash),
    "use_link": lambda b, t, m: b.use_link(t.link.link_hash, 2),
    "set_contract_end": lambda b, t, m: b.set_contract_end(t.case.tenant, 7, "x"),
    "ended_contracts": lambda b, t, m: _of(t, b.ended_contracts(9, 9)),
    "mark_contract_ended": lambda b, t, m: b.mark_contract_ended(t.case.tenant, 9),
    "set_option_end": lambda b, t, m: b.set_option_end(t.case.code, 9),
    "ended_options": lambda b, t, m: _of(t, b.ended_options(9, 9)),
    "ended_adapters": lambda b, t, m: _of(t, b.ended_adapters(9, 9)),
    "mark_adapter_ended": lambda b, t, m: b.mark_adapter_ended(t.case.code, 9),
    "contracts_to_erase": lambda b, t, m: (
        b.mark_contract_ended(m.case.tenant, 6) if t is m else None,
        _of(t, b.contracts_to_erase(9, 9)),
    )[1],
    "mark_contract_erased": lambda b, t, m: b.mark_contract_erased(t.case.tenant, 9),
    "erase_people_of": lambda b, t, m: b.erase_people_of(t.case.tenant, "nobody's", 9),
    "erase_named_of": lambda b, t, m: b.erase_named_of(t.case.tenant, 9),
    "erase_calls_of": lambda b, t, m: b.erase_calls_of(t.case.tenant, 9),
    "erase_places_of": lambda b, t, m: b.erase_places_of(t.case.tenant, 9),
    "erase_labels_of": lambda b, t, m: b.erase_labels_of(t.case.tenant),
    "erase_words_of": lambda b, t, m: b.erase_words_of(t.case.tenant),
}
PROVIDERS_OWN = {"add_customer", "add_contract"}
"""Which no scope of a customer reaches; their own people's events carry no words here."""
READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "customers": lambda r, t, s: _those(r.customers(s), t.customer),
    "customer": lambda r, t, s: r.customer(s, t.customer.customer_code),
    "contract": lambda r, t, s: r.contract(s, t.case.tenant),
    "people_of": lambda r, t, s: r.people_of(s, t.case.tenant),
    "delegates": lambda r, t, s: r.delegates(s, t.case.tenant),
}


async def _those(asked: Any, customer: Customer) -> list[Customer]:
    return [one for one in await asked if one == customer]


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Backend]:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        yield Backend(store=store, reads=reads, dump=lambda: dump(database))


@pytest.mark.parametrize(("protocol", "table"), [(Customers, CUSTOMERS), (CustomerReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", CUSTOMERS)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: CUSTOMERS[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", CUSTOMERS)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, _other = await build(real, 1), await build(real, 2)
    before = real.dump()
    scope = EVERYTHING if verb in PROVIDERS_OWN else mine.case.scope
    found = await real.store.batch(scope, lambda batch: CUSTOMERS[verb](batch, mine, mine))
    assert real.dump() != before or found not in NOTHING


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS[verb](real.reads, theirs, mine.case.scope) in NOTHING
    assert await READS[verb](real.reads, theirs, theirs.case.scope) not in NOTHING


async def test_a_contract_is_shown_with_its_customer_people_and_delegates(real: Backend) -> None:
    held, other = await build(real, 1), await build(real, 2)
    view = await real.reads.contract(EVERYTHING, held.case.tenant)
    assert view is not None
    assert (view.customer, view.delegates, view.adapters) == (held.customer, (held.delegate,), 1)
    assert [one.master_id for one in view.managers] == ["person-1"]
    assert view.managers[0].contact == Contact()
    assert [one.customer_code for one in await real.reads.customers(EVERYTHING, limit=1)] == [
        held.customer.customer_code
    ]
    assert await real.reads.customers(EVERYTHING, after=other.customer.customer_code) == []


async def test_a_link_that_was_made_later_voids_the_earlier_and_is_good_once(real: Backend) -> None:
    held = await build(real, 1)
    later = replace(held.link, link_hash="later", made_at=7)

    def work(batch: Batch) -> list[object]:
        batch.add_link(later)
        former = batch.link(held.link.link_hash)
        used = [batch.use_link(held.link.link_hash, 8), batch.use_link("later", 8), batch.use_link("later", 9)]
        return [former is not None and former.voided_at, *used]

    assert await real.store.batch(EVERYTHING, work) == [7, False, True, False]


async def test_a_contract_names_a_customer_that_there_is(real: Backend) -> None:
    nobody = Customer(customer_code=customer_code(77), name="", created_at=1)
    with pytest.raises(NotFound, match=nobody.customer_code):
        await real.store.batch(EVERYTHING, lambda batch: batch.add_contract(a_contract(3, nobody)))


async def test_a_label_goes_with_its_contract_and_the_customers_name_with_the_last_of_them(real: Backend) -> None:
    whose = customer_code(77)
    codes = ("nxm000000077", "nxm000000078")

    def work(batch: Batch) -> tuple[list[int], list[str]]:
        batch.add_customer(Customer(customer_code=whose, name="佐藤商店", created_at=1))
        for code in codes:
            batch.add_contract(
                ManagementContract(management_code=code, label="二号店", created_at=1, customer_code=whose)
            )
        counts, names = [], []
        for code in codes:
            counts += [batch.erase_labels_of(code), batch.erase_labels_of(code)]
            batch.mark_contract_erased(code, 9)
            names.append(getattr(batch.customer(whose), "name", "") + getattr(batch.contract(code), "label", ""))
        return counts, names

    assert await real.store.batch(EVERYTHING, work) == ([1, 0, 2, 0], ["佐藤商店", ""])
