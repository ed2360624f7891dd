"""Fences, certificates, holds and the connection log: outside its scope a caller finds and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.unit import Binding
from servicehost.ports.attempts import AttemptReads, Attempts, AttemptsWanted
from servicehost.ports.fences import AsyncFenceWrites, FenceChange, FenceReads, FenceWrites
from servicehost.ports.holds import Holds
from servicehost.ports.revocations import CertificateReads, Revocations
from servicehost.ports.store import Batch
from tests.builders.databases import dump, fresh_database, opened
from tests.builders.estate import Estate, build_estate

NOTHING: tuple[Any, ...] = (None, [], {}, set(), False, 0)
FENCE = 4004


def attempt_of(e: Estate) -> Attempt:
    return Attempt(
        at=5,
        host="h",
        remote_address="192.0.2.1",
        outcome=AttemptOutcome.REFUSED,
        reason="revoked",
        unit_id=e.unit.unit_id,
        management_code=e.management_code,
        distribution_id=e.unit.distribution_id,
    )


def fingerprint(e: Estate) -> str:
    return f"fingerprint-{e.management_code[-1]}"


def fence_of(e: Estate) -> FenceChange:
    return FenceChange(unit_id=e.unit.unit_id, code=FENCE, at=5)


BATCH: Mapping[str, Callable[[Any, Estate], Any]] = {
    "add_fence_changes": lambda b, theirs: b.add_fence_changes([fence_of(theirs)]),
    "drop_fence_changes": lambda b, theirs: b.drop_fence_changes(9),
    "certificates_shown": lambda b, theirs: b.certificates_shown([fingerprint(theirs)]),
    "certificates_of": lambda b, theirs: b.certificates_of(theirs.unit.unit_id),
    "certificates_numbered": lambda b, theirs: b.certificates_numbered(theirs.management_code[-1]),
    "revoke_certificates": lambda b, theirs: b.revoke_certificates([fingerprint(theirs)], 7, "superseded"),
    "add_revoked": lambda b, theirs: b.add_revoked(theirs.unit.unit_id, "stray", 7, "superseded"),
    "certificates_used": lambda b, theirs: b.certificates_used([(theirs.unit.unit_id, fingerprint(theirs), 7)]),
    "session_certificate": lambda b, theirs: b.session_certificate(theirs.unit.unit_id),
    "hold_units": lambda b, theirs: b.hold_units([theirs.unit.unit_id], 7),
    "release_unit": lambda b, theirs: b.release_unit(theirs.unit.unit_id),
    "move_unit": lambda b, theirs: b.move_unit(theirs.unit.unit_id, ["wss://a.example"]),
    "add_attempts": lambda b, theirs: b.add_attempts([attempt_of(theirs)]),
    "owners": lambda b, theirs: b.owners([theirs.unit.distribution_id]),
    "last_attempt": lambda b, theirs: b.last_attempt(),
    "prune_attempts": lambda b, theirs: b.prune_attempts(0, 9, of_unit=0, of_strangers=0),
}
READS: Mapping[str, Callable[[Any, Estate, Estate], Any]] = {
    "certificates": lambda r, theirs, mine: r.certificates(mine.scope, theirs.unit.distribution_id),
    "attempts": lambda r, theirs, mine: r.attempts(mine.scope, AttemptsWanted()),
}
OF_THE_HOSTS = {"fence_changes_after", "last_fence_change"}
"""A fence says nothing of a customer but a number, and is read by hosts alone."""


def verbs_of(*protocols: type) -> set[str]:
    return {name for one in protocols for name, value in vars(one).items() if callable(value) and name[0] != "_"}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(FenceWrites, Revocations, Holds, Attempts) == set(BATCH)
    assert verbs_of(FenceReads, CertificateReads, AttemptReads) == {*READS, *OF_THE_HOSTS}
    assert verbs_of(AsyncFenceWrites) == {"add_fence_changes"}


def furnish(batch: Batch, theirs: Estate) -> None:
    """Something of each kind."""
    batch.add_fence_changes([fence_of(theirs)])
    batch.add_attempts([attempt_of(theirs)])
    batch.hold_units([theirs.unit.unit_id], 3)


@pytest.mark.parametrize("verb", BATCH)
async def test_nothing_of_another_customer_is_reached(verb: str, tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, _):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        await store.batch(EVERYTHING, lambda batch: furnish(batch, theirs))
        before = dump(database)
        with suppress(NotFound):
            assert await store.batch(mine.scope, lambda batch: BATCH[verb](batch, theirs)) in NOTHING
        assert dump(database) == before


@pytest.mark.parametrize("verb", sorted(set(BATCH) - {"session_certificate"}))
async def test_in_ones_own_scope_the_same_call_reaches_something(verb: str, tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, _):
        mine = await build_estate(store, 1)
        await store.batch(EVERYTHING, lambda batch: furnish(batch, mine))
        if verb == "hold_units":
            await store.batch(EVERYTHING, lambda batch: batch.release_unit(mine.unit.unit_id))
        before = dump(database)
        scope = EVERYTHING if verb in ("drop_fence_changes", "prune_attempts") else mine.scope
        found = await store.batch(scope, lambda batch: BATCH[verb](batch, mine))
        assert dump(database) != before or found not in NOTHING


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(verb: str, tmp_path: Path) -> None:
    async with opened(fresh_database(tmp_path)) as (store, reads):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        await store.batch(EVERYTHING, lambda batch: furnish(batch, theirs))
        assert await READS[verb](reads, theirs, mine) == []
        assert await READS[verb](reads, theirs, theirs) != []


async def test_an_async_block_adds_fences_within_its_scope_alone(tmp_path: Path) -> None:
    async with opened(fresh_database(tmp_path)) as (store, reads):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        async with store.transaction(mine.scope) as tx:
            added = await tx.add_fence_changes([fence_of(theirs), fence_of(mine)])
        assert [(one.unit_id, one.below_epoch) for one in added] == [(mine.unit.unit_id, 1)]
        assert await reads.fence_changes_after(0, 9) == added


async def test_a_unit_that_changes_hands_leaves_its_log_behind(tmp_path: Path) -> None:
    """Where it stood before is nobody's business."""
    async with opened(fresh_database(tmp_path)) as (store, reads):
        theirs, mine = await build_estate(store, 1), await build_estate(store, 2)
        await store.batch(EVERYTHING, lambda batch: furnish(batch, theirs))
        async with store.transaction(EVERYTHING) as tx:
            await tx.unbind(mine.binding.number, 9)
            await tx.unbind(theirs.binding.number, 9)
            await tx.bind(_handed_over(theirs, mine))
        assert await reads.attempts(mine.scope, AttemptsWanted()) == []
        assert len(await reads.attempts(theirs.scope, AttemptsWanted())) == 1


def _handed_over(theirs: Estate, mine: Estate) -> Binding:
    return Binding(
        number=0,
        service_code=mine.service_code,
        management_code=mine.management_code,
        unit_id=theirs.unit.unit_id,
        bound_at=9,
        reason="",
    )
