"""An export of any size is made part by part."""

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from servicehost.domain.config import Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.unit import Adapter
from servicehost.operations.contract_entries import ContractEntries
from servicehost.operations.export_tenant import PART_BYTES, _parts
from servicehost.ports.customers import ContractView
from servicehost.ports.reads import AdapterView
from tests.builders.estate import a_revision
from tests.builders.world import MANAGER, TENANT

ADAPTERS, REVISIONS, BODY = 2_000, 5, 8_000


class ManyAdapters:
    """Reads of a contract that is made up as it is read; it notes how much was asked for at once."""

    def __init__(self) -> None:
        self.largest_page = 0
        self.bodies = 0

    async def people_of(self, *_: object) -> list[Any]:
        return []

    async def delegates(self, *_: object, **__: object) -> list[Any]:
        return []

    groups = saved_queries = presets = snapshots = delegates
    config_proposals = scheduled_orders = pushes = tasks = rollouts = named_batches = delegates
    declared_locations = shipping_addresses = delegates

    async def sorted_into(self, *_: object) -> dict[str, Any]:
        return {}

    async def adapters(self, scope: Scope, *, after: str, limit: int) -> list[AdapterView]:
        self.largest_page = max(self.largest_page, limit)
        first = int(after[3:]) + 1 if after else 1
        codes = [f"nxe{number:09d}" for number in range(first, min(first + limit, ADAPTERS + 1))]
        return [
            AdapterView(adapter=Adapter(service_code=code, management_code=TENANT, memo="", created_at=1))
            for code in codes
        ]

    async def revision_history(
        self, scope: Scope, service_code: str, *, after: int, limit: int
    ) -> list[tuple[Revision, ...]]:
        self.largest_page = max(self.largest_page, limit)
        return [
            (a_revision(service_code, TENANT, revision=number, digest=f"sha256:{service_code[3:]}{number:055d}"),)
            for number in range(after + 1, REVISIONS + 1)
        ]

    async def module_body(self, *_: object) -> bytes:
        self.bodies += 1
        return os.urandom(BODY // 2).hex().encode()  # nothing that packs to nothing


async def export(reads: ManyAdapters) -> AsyncIterator[bytes]:
    contract = ManagementContract(management_code=TENANT, label="x", created_at=1)
    view = ContractView(contract=contract, customer=None, managers=(), delegates=(), adapters=ADAPTERS)
    archive = ContractEntries(reads, view, None)  # type: ignore[arg-type]  # as much of the reads as an export needs
    async for part in _parts(archive.entries(MANAGER, 1), None):
        yield part


@pytest.mark.slow
async def test_two_thousand_adapters_of_five_revisions_are_never_held_at_once() -> None:
    reads, whole, most = ManyAdapters(), io.BytesIO(), 0
    tracemalloc.start()
    try:
        async for part in export(reads):
            assert len(part) <= PART_BYTES
            whole.write(part)
            held, _ = tracemalloc.get_traced_memory()
            most = max(most, held - whole.getbuffer().nbytes)
    finally:
        tracemalloc.stop()
    assert (reads.bodies, reads.largest_page) == (ADAPTERS * REVISIONS, 100)
    assert whole.getbuffer().nbytes > ADAPTERS * REVISIONS * BODY // 3
    assert most < ADAPTERS * REVISIONS * BODY // 3  # names and digests, no bodies
    with zipfile.ZipFile(whole) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["counts"]["revisions"] == ADAPTERS * REVISIONS
        assert len(archive.namelist()) == 2 * ADAPTERS + ADAPTERS * REVISIONS + 7
