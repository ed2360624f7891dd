"""What enrolment keeps, on every backend of the store that has it, and that nobody sees another customer's."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.backends.sql.reads import SqlReads
from servicehost.backends.sql.store import SqlStore
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.errors import NotFound
from servicehost.ports.concerns import Concerns
from servicehost.ports.enrolments import EnrolmentReads, Enrolments, Particulars
from tests.builders.databases import dump, fresh_database, opened
from tests.builders.estate import Estate, build_estate

PARTICULARS = Particulars(not_before=3, anchor="a", key_fingerprint="k", way=Way.BIRTH, pem="PEM")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    store: SqlStore
    reads: SqlReads
    database: Path
    theirs: Estate
    mine: Estate


def request_of(estate: Estate, key: str = "k", **fields: Any) -> EnrolmentRequest:
    plain = EnrolmentRequest(
        unit_id=estate.unit.unit_id,
        distribution_id=estate.unit.distribution_id,
        model=estate.unit.model,
        serial=estate.unit.serial,
        key_fingerprint=key,
        way=Way.PERMISSION,
        state=RequestState.PENDING,
        asked_at=1,
        last_asked_at=2,
        remote_address="192.0.2.1",
    )
    return msgspec.structs.replace(plain, **fields)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        async with store.transaction(EVERYTHING) as tx:
            for estate in (theirs, mine):
                unit = estate.unit.unit_id
                await tx.add_certificate(unit, f"leaf-{unit}", "1", 1_000, 5, particulars=PARTICULARS)
                await tx.put_enrolment_request(request_of(estate))
        yield Kept(store=store, reads=reads, database=database, theirs=theirs, mine=mine)


# Each is called within the scope of `mine` and speaks of what belongs to `theirs`.
VERBS: Mapping[str, Callable[[Any, Estate], Any]] = {
    "unit_by_model_serial": lambda tx, theirs: tx.unit_by_model_serial(theirs.unit.model, theirs.unit.serial),
    "certificate": lambda tx, theirs: tx.certificate(f"leaf-{theirs.unit.unit_id}"),
    "certificate_for_key": lambda tx, theirs: tx.certificate_for_key(theirs.unit.unit_id, "k"),
    "all_revoked_at": lambda tx, theirs: tx.all_revoked_at(theirs.unit.unit_id),
    "enrolment_request": lambda tx, theirs: tx.enrolment_request(theirs.unit.unit_id, "k"),
    "enrolment_request_by_number": lambda tx, theirs: tx.enrolment_request_by_number(1),
    "waiting_requests": lambda tx, theirs: tx.waiting_requests(theirs.unit.unit_id),
    "put_enrolment_request": lambda tx, theirs: tx.put_enrolment_request(request_of(theirs, "new")),
}


async def _but_mine(reads: SqlReads, kept: Kept) -> list[EnrolmentRequest]:
    found = await reads.enrolment_requests(kept.mine.scope)
    assert found, "a scope shows at least its own"
    return [one for one in found if one.unit_id != kept.mine.unit.unit_id]


READS: Mapping[str, Callable[[SqlReads, Kept], Any]] = {
    "enrolment_requests": _but_mine,
    "enrolment_request": lambda reads, kept: reads.enrolment_request(kept.mine.scope, 1),
}


@pytest.mark.parametrize(("protocol", "table"), [(Enrolments, VERBS), (EnrolmentReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    verbs = {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}
    assert verbs == set(table)


@pytest.mark.parametrize("verb", VERBS)
async def test_nothing_of_another_customer_is_reached(kept: Kept, verb: str) -> None:
    async with kept.store.transaction(EVERYTHING) as tx:
        await tx._do(lambda rows: rows._on.exec_driver_sql("UPDATE certificate SET revoked_at = 7"))  # type: ignore[attr-defined]  # the real one's own
    before = dump(kept.database)
    with suppress(NotFound):
        async with kept.store.transaction(kept.mine.scope) as tx:
            assert await VERBS[verb](tx, kept.theirs) in (None, 0)
    assert dump(kept.database) == before


@pytest.mark.parametrize("read", READS)
async def test_nothing_of_another_customer_is_read(kept: Kept, read: str) -> None:
    assert await READS[read](kept.reads, kept) in (None, [])


async def test_a_certificate_comes_back_as_it_was_recorded(kept: Kept) -> None:
    async with kept.store.transaction(EVERYTHING) as tx:
        row = await tx.certificate("leaf-1")
        assert row is not None
        assert {name: getattr(row, name) for name in PARTICULARS.__struct_fields__} == msgspec.structs.asdict(
            PARTICULARS
        )
        assert (row.issued_at, row.not_after, row.revoked_at) == (5, 1_000, None)
        await tx.add_certificate(1, "newer", "2", 1_000, 6, particulars=PARTICULARS)
        newest = await tx.certificate_for_key(1, "k")
        assert newest is not None
        assert newest.fingerprint == "newer"


async def test_a_unit_is_revoked_when_none_that_outlives_the_revocation_is_left(kept: Kept) -> None:
    async def revoked(statement: str) -> int | None:
        async with kept.store.transaction(EVERYTHING) as tx:
            await tx._do(lambda rows: rows._on.exec_driver_sql(statement))  # type: ignore[attr-defined]  # the real one's own
            return await tx.all_revoked_at(1)

    assert await revoked("UPDATE certificate SET revoked_at = 7 WHERE fingerprint = 'leaf-1'") is None
    assert await revoked("UPDATE certificate SET revoked_at = 9 WHERE unit_id = 1") == 9
    assert await revoked("UPDATE certificate SET revoked_at = NULL, not_after = 9 WHERE fingerprint = 'leaf-1'") == 9
    assert await revoked("UPDATE certificate SET not_after = 10 WHERE fingerprint = 'leaf-1'") is None


async def test_a_request_comes_back_as_it_was_put_and_as_it_was_changed(kept: Kept) -> None:
    async with kept.store.transaction(EVERYTHING) as tx:
        request = await tx.put_enrolment_request(request_of(kept.theirs, "other"))
        assert request.request == 3
        changed = msgspec.structs.replace(
            request, state=RequestState.DENIED, decided_at=9, decided_by="dora", reason="no"
        )
        await tx.put_enrolment_request(changed)
        assert await tx.enrolment_request(1, "other") == changed
        assert await tx.waiting_requests(1) == 1
    assert await kept.reads.enrolment_request(EVERYTHING, 3) == changed
    assert [one.request for one in await kept.reads.enrolment_requests(EVERYTHING, after=1, limit=1)] == [2]
    denied = await kept.reads.enrolment_requests(EVERYTHING, state=RequestState.DENIED)
    assert [one.request for one in denied] == [3]


async def test_what_waits_for_the_providers_people_is_counted_within_the_scope(kept: Kept) -> None:
    assert await kept.reads.concerns(EVERYTHING) == Concerns(held_units=0, enrolment_requests=2)
    held = [kept.mine.unit.unit_id]
    await kept.store.batch(EVERYTHING, lambda batch: batch.hold_units(held, 7))
    async with kept.store.transaction(EVERYTHING) as tx:
        request = await tx.enrolment_request(kept.theirs.unit.unit_id, "k")
        assert request is not None
        await tx.put_enrolment_request(msgspec.structs.replace(request, state=RequestState.APPROVED))
    assert await kept.reads.concerns(EVERYTHING) == Concerns(held_units=1, enrolment_requests=1)
    assert await kept.reads.concerns(kept.mine.scope) == Concerns(held_units=1, enrolment_requests=1)
    assert await kept.reads.concerns(kept.theirs.scope) == Concerns()
