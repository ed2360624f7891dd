"""Every backend of the store, under one suite."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from tests.builders.databases import dump, fresh_database, opened
from tests.fakes.shelf import Shelf, ShelfStore
from tests.fakes.shelf_reads import ShelfReads

BACKENDS = ["sqlite", "shelf"]


class Backend(msgspec.Struct, frozen=True, kw_only=True):
    """A store, its reads, and everything in them as plain values."""

    store: Store
    reads: Reads
    dump: Callable[[], Any]


@pytest.fixture(params=BACKENDS)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    if request.param == "shelf":
        shelf = Shelf()
        # No faults and exchanges lie on a shelf: those reads are tried on the real store alone.
        yield Backend(store=ShelfStore(shelf), reads=cast("Reads", ShelfReads(shelf)), dump=shelf.copy)
        return
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        yield Backend(store=store, reads=reads, dump=lambda: dump(database))


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Backend]:
    """The real store alone: where things lie that the shelf has no place for."""
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        yield Backend(store=store, reads=reads, dump=lambda: dump(database))


@pytest.fixture
def store(backend: Backend) -> Store:
    return backend.store


@pytest.fixture
def reads(backend: Backend) -> Reads:
    return backend.reads
