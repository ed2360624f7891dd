"""Shipping addresses: outside its scope a caller finds nothing, changes nothing and erases nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.address import Address
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation
from servicehost.domain.errors import NotFound
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.ports.addresses import Addresses, AddressReads
from servicehost.ports.place_writes import PlaceWrites
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

ADDRESS = Address(
    postal_code="1020071",
    municipality_code="13101",
    prefecture="東京都",
    municipality="千代田区",
    rest="1-1",
    addressee="佐藤",
    telephone="0312345678",
)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    case: Case
    address: ShippingAddress


async def build(backend: Backend, number: int) -> Held:
    case = await build_case(backend, number)
    said = ShippingAddress(
        number=0,
        service_code=case.code,
        management_code=case.tenant,
        address=ADDRESS,
        said_at=5,
        said_by="anna",
        word="by telephone",
    )
    added = await backend.store.batch(EVERYTHING, lambda batch: batch.add_shipping_address(said))
    return Held(case=case, address=added)


ADDRESSES: Mapping[str, Callable[[Any, Held], Any]] = {
    "add_shipping_address": lambda b, t: b.add_shipping_address(t.address),
    "shipping_address": lambda b, t: b.shipping_address(t.case.code),
    "erase_shipping_addresses": lambda b, t: b.erase_shipping_addresses(t.case.tenant),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(Addresses) == set(ADDRESSES)
    assert verbs_of(AddressReads) == {"shipping_addresses"}


@pytest.mark.parametrize("verb", ADDRESSES)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: ADDRESSES[verb](batch, theirs)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", ADDRESSES)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine = await build(real, 1)
    before = real.dump()
    found = await real.store.batch(mine.case.scope, lambda batch: ADDRESSES[verb](batch, mine))
    assert real.dump() != before or found not in NOTHING


async def test_reads_show_nothing_of_another_customer(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await real.reads.shipping_addresses(mine.case.scope, theirs.case.code) == []
    assert await real.reads.shipping_addresses(theirs.case.scope, theirs.case.code) == [theirs.address]


async def test_erased_is_every_address_of_the_contract_and_the_words_beside_it_and_no_other(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)

    def work(batch: Any) -> tuple[int, int, object, object]:
        first = batch.erase_shipping_addresses(mine.case.tenant)
        again = batch.erase_shipping_addresses(mine.case.tenant)
        return first, again, batch.shipping_address(mine.case.code), batch.shipping_address(theirs.case.code)

    assert await real.store.batch(EVERYTHING, work) == (1, 0, None, theirs.address)
    (line,) = await real.reads.shipping_addresses(EVERYTHING, mine.case.code)
    assert (line.address, line.word, line.said_at) == (None, "", 5)


def declared(held: Held) -> DeclaredLocation:
    return DeclaredLocation(
        number=0,
        service_code=held.case.code,
        management_code=held.case.tenant,
        location="Osaka 1-2-3",
        effective_at=3,
        declared_at=2,
        declared_by="anna",
        source=DeclaredBy.OPERATION_MANAGER,
        applied_at=4,
    )


async def test_a_transaction_says_where_within_its_scope_only(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert verbs_of(PlaceWrites) == {"add_declared_location", "add_shipping_address"}
    before = real.dump()
    for verb, said in (("add_declared_location", declared(theirs)), ("add_shipping_address", theirs.address)):
        with pytest.raises(NotFound):
            async with real.store.transaction(mine.case.scope) as tx:
                await getattr(tx, verb)(said)
    assert real.dump() == before
    async with real.store.transaction(mine.case.scope) as tx:
        await tx.add_declared_location(declared(mine))
        again = await tx.add_shipping_address(mine.address)
    assert again.number > mine.address.number
    told = await real.reads.declared_locations(mine.case.scope, mine.case.code)
    assert [(one.location, one.applied_at) for one in told] == [("Osaka 1-2-3", 4)]
