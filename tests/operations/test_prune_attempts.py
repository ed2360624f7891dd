"""The connection log: one row an attempt, filters, a cursor, and its bounds."""

from typing import Any

import pytest

from protocol.codes import CloseCode
from servicehost.backends.sql.batch import SqlBatch
from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.contract import EVERYTHING
from servicehost.operations.end_sessions import FailedAttempt, list_attempts
from servicehost.operations.prune_attempts import LogBounds, PruneAttempts
from servicehost.ports.attempts import AttemptsWanted
from servicehost.ports.store import Batch
from tests.operations.conftest import World


def row(at: int, unit_id: int | None = None, **fields: Any) -> Attempt:
    plain: dict[str, Any] = {"host": "h", "remote_address": "192.0.2.1:4000", "outcome": AttemptOutcome.REFUSED}
    return Attempt(at=at, unit_id=unit_id, **({"reason": "revoked"} | plain | fields))


async def add(world: World, *rows: Attempt) -> None:
    await world.batch(lambda batch: batch.add_attempts(rows))


async def instants(world: World, **wanted: Any) -> list[int]:
    return [one.at for one in await world.reads.attempts(EVERYTHING, AttemptsWanted(**wanted))]


async def test_each_unit_and_all_strangers_keep_their_newest_rows(world: World) -> None:
    one, two = world.one.unit.unit_id, world.two.unit.unit_id
    prune = PruneAttempts(world.store, LogBounds(of_unit=3, of_strangers=2))
    await prune.look()
    await add(world, *(row(at, one) for at in range(10)), *(row(at, two) for at in range(20, 22)))
    await add(world, *(row(at) for at in range(30, 35)))
    await prune.look()
    assert sorted(await instants(world)) == [7, 8, 9, 20, 21, 33, 34]
    await add(world, row(50, one))
    await prune.look()
    assert sorted(await instants(world)) == [8, 9, 20, 21, 33, 34, 50]


async def test_more_rows_than_one_transaction_looks_at_are_pruned_to_the_last(world: World) -> None:
    prune = PruneAttempts(world.store, LogBounds(of_unit=10, of_strangers=10))
    await prune.look()
    await add(world, *(row(at) for at in range(450)))
    await prune.look()
    assert await instants(world, newest_first=False) == list(range(440, 450))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"since": 2}, [3, 2]),
        ({"outcome": "welcomed"}, [2]),
        ({"reason": "busy"}, [3]),
        ({"address": "2001:db8::1"}, [3]),
        ({"address": "[2001:db8::1]:5000"}, [3]),
        ({"address": "192.0.2.1"}, [2, 1]),
        ({"address": "192.0.2"}, []),
        ({"address": "192.0.2._"}, []),
        ({"distribution_id": "D-1"}, [2]),
        ({"limit": 1}, [3]),
        ({"after": 3}, [2, 1]),
        ({"after": 1, "newest_first": False}, [2, 3]),
    ],
)
async def test_the_log_is_searched(world: World, wanted: dict[str, Any], found: list[int]) -> None:
    await add(
        world,
        row(1),
        row(2, outcome=AttemptOutcome.WELCOMED, reason="serving", distribution_id="D-1"),
        row(3, reason="busy", remote_address="[2001:db8::1]:5000"),
    )
    assert await instants(world, **wanted) == found


async def test_what_failed_before_a_hello_is_logged_with_whom_it_was(world: World) -> None:
    def failed(code: CloseCode, unit: str | None, *, logged: bool = False) -> FailedAttempt:
        return FailedAttempt(
            remote_address="192.0.2.1",
            code=code,
            reason="x",
            distribution_id=unit,
            at=5,
            certificate="c",
            logged=logged,
        )

    known = world.one.unit.distribution_id
    failures = [
        failed(CloseCode.TLS_REFUSED, None),
        failed(CloseCode.CERTIFICATE_EXPIRED, known),
        failed(CloseCode.GREETING_TIMEOUT, known),
        failed(CloseCode.UNKNOWN_UNIT, "D-9"),
        failed(CloseCode.REVOKED, known, logged=True),
    ]
    await world.batch(lambda batch: list_attempts(batch, failures, 0, 5, "host-7"))
    rows = await world.reads.attempts(EVERYTHING, AttemptsWanted(newest_first=False))
    mine = world.one.unit.unit_id
    assert [(one.reason, one.outcome.value, one.unit_id) for one in rows] == [
        ("tls_refused", "refused", None),
        ("certificate_expired", "refused", mine),
        ("greeting_timeout", "broken", mine),
        ("unknown_unit", "refused", None),
    ]
    assert {(one.host, one.detail, one.certificate) for one in rows} == {("host-7", "x", "c")}
    assert await world.reads.attempts(world.two.scope, AttemptsWanted()) == []


async def test_however_many_units_dialled_their_logs_are_pruned_by_one_statement(world: World) -> None:
    units = [world.one.unit.unit_id, world.two.unit.unit_id]
    await add(world, *(row(at, unit) for unit in units for at in range(5)))
    deletions: list[str] = []

    def look(batch: Batch) -> None:
        assert isinstance(batch, SqlBatch)
        sqlite = batch._on.connection.driver_connection
        assert sqlite is not None
        sqlite.set_trace_callback(lambda sql: deletions.append(sql) if sql.startswith("DELETE") else None)
        batch.prune_attempts(0, 100, of_unit=3, of_strangers=3)
        sqlite.set_trace_callback(None)

    await world.batch(look)
    assert len(deletions) == 1
    assert len(await instants(world)) == 6
