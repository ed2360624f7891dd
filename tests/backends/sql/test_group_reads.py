"""What the event loop would be held by is put together beside it."""

import threading
from pathlib import Path
from typing import Any

import pytest

from servicehost.backends.sql import group_reads
from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.query_text import parse_query
from servicehost.domain.selection import Selection
from tests.builders.databases import fresh_database


async def test_queries_become_statements_beside_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def noted(name: str) -> None:
        original = getattr(group_reads, name)

        def build(*arguments: Any, **named: Any) -> Any:
            threads.append(threading.current_thread().name)
            return original(*arguments, **named)

        monkeypatch.setattr(group_reads, name, build)

    noted("question_of")
    noted("adapters_asked_for")
    reads = open_reads(fresh_database(tmp_path))
    found = await reads.select_adapters(EVERYTHING, Selection(query="state:ready"), 0)
    views = await reads.adapters_found(EVERYTHING, parse_query("drift:yes"), 0)
    await reads.close()
    assert (found.service_codes, views) == ((), [])
    assert len(threads) == 2
    assert threading.current_thread().name not in threads
