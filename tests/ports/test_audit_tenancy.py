"""The audit outside a scope: a customer reads and writes no chain but their own."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from servicehost.domain.audit import SYSTEM, Personal, Whose
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.ports.audit import AuditBatch, AuditReads, AuditTransaction
from servicehost.ports.store import Batch, Transaction
from tests.builders.audit_chains import an_entry
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend

NOTHING: tuple[Any, ...] = (None, [], {}, set(), False, 0)
ATTENDEE = "Sato"

# Each is called within the scope of `m` (mine) and speaks of what belongs to `t` (theirs).
TRANSACTION: Mapping[str, Callable[[Transaction, Estate, Estate], Any]] = {
    "append_audit": lambda tx, t, m: tx.append_audit([an_entry(t.management_code)]),
    "erase_person": lambda tx, t, m: tx.erase_person(t.person.master_id, "hash", 9),
    "erase_named": lambda tx, t, m: tx.erase_named(t.management_code, ATTENDEE, 9),
    "attends_open_exchange": lambda tx, t, m: tx.attends_open_exchange(t.management_code, ATTENDEE),
}
BATCH: Mapping[str, Callable[[Batch, Estate, Estate], Any]] = {
    "append_audit": lambda b, t, m: b.append_audit([an_entry(t.management_code)]),
}
READS: Mapping[str, Callable[[Any, Estate, Estate], Any]] = {
    "audit": lambda r, t, m: r.audit(m.scope, t.management_code),
    "audit_heads": lambda r, t, m: _of(t, r.audit_heads(m.scope, 0, 99)),
    "audit_begins": lambda r, t, m: _earlier(r.audit_begins(m.scope), t),
}


async def _of(theirs: Estate, heads: Any) -> list[Any]:
    return [head for head in await heads if head.chain == theirs.management_code]


async def _earlier(begins: Any, theirs: Estate) -> bool:
    """Whether it is the other one's first record that is told of."""
    found: bool = await begins == _at(theirs)
    return found


def _at(estate: Estate) -> int:
    return int(estate.management_code[-1])


async def build(backend: Backend, number: int) -> Estate:
    """With a record, a person who has a key, and somebody who attends an open exchange."""
    estate = await build_estate(backend.store, number)
    code, mid = estate.management_code, estate.person.master_id
    entry = an_entry(
        code,
        at=_at(estate),
        source=Personal(whose=Whose.person(mid, code), text="192.0.2.1"),
        after={"attendee": Personal(whose=Whose.named(ATTENDEE, code), text=ATTENDEE)},
    )
    await backend.store.batch(EVERYTHING, lambda batch: batch.append_audit([entry]))
    return estate


async def attended(backend: Backend, estate: Estate) -> None:
    from tests.ports.test_case_tenancy import an_exchange  # noqa: PLC0415 - the short form of an exchange

    exchange = an_exchange(estate, attendee=ATTENDEE)
    await backend.store.batch(EVERYTHING, lambda batch: batch.add_exchange(exchange))


def verbs_of(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}


@pytest.mark.parametrize(
    ("protocol", "table"), [(AuditTransaction, TRANSACTION), (AuditBatch, BATCH), (AuditReads, READS)]
)
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", TRANSACTION)
async def test_a_transaction_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    await attended(real, theirs)
    before = real.dump()
    with suppress(NotFound):
        async with real.store.transaction(mine.scope) as tx:
            assert await TRANSACTION[verb](tx, theirs, mine) in NOTHING
    assert real.dump() == before


async def test_a_batch_appends_to_no_other_customers_chain_nor_to_the_systems(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    for code in (theirs.management_code, None):
        with pytest.raises(NotFound):
            await real.store.batch(mine.scope, lambda batch, c=code: batch.append_audit([an_entry(c)]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS[verb](real.reads, theirs, mine) in NOTHING
    assert await READS[verb](real.reads, mine, mine) not in NOTHING


async def test_the_systems_chain_is_the_providers(real: Backend) -> None:
    mine = await build(real, 1)
    await real.store.batch(EVERYTHING, lambda batch: batch.append_audit([an_entry(None)]))
    assert await real.reads.audit(mine.scope, SYSTEM) == []
    assert len(await real.reads.audit(EVERYTHING, SYSTEM)) == 1


@pytest.mark.parametrize("verb", TRANSACTION)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine = await build(real, 1)
    if verb == "attends_open_exchange":
        await attended(real, mine)
    before = real.dump()
    async with real.store.transaction(mine.scope) as tx:
        found = await TRANSACTION[verb](tx, mine, mine)
    assert real.dump() != before or found not in NOTHING


async def test_where_the_providers_people_call_from_is_not_told_to_a_customer(real: Backend) -> None:
    mine = await build(real, 1)
    dispatcher = Whose.person("MID00000099", None)
    entry = an_entry(
        mine.management_code,
        source=Personal(whose=dispatcher, text="10.0.0.1"),
        reason=Personal(whose=dispatcher, text="no driver today"),
    )
    await real.store.batch(EVERYTHING, lambda batch: batch.append_audit([entry]))
    (told,) = await real.reads.audit(mine.scope, mine.management_code, after=1)
    (known,) = await real.reads.audit(EVERYTHING, mine.management_code, after=1)
    assert told.personal == {"reason": "no driver today"}
    assert known.personal == {"reason": "no driver today", "source": "10.0.0.1"}
