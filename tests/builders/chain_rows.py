"""The audit as it lies in a database file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from servicehost.domain.audit_check import ChainRow

__all__ = ["chain_rows"]


def chain_rows(database: Path) -> list[ChainRow]:
    """Of every chain, in the order of chain and number."""
    chosen = "SELECT chain, number, at, management_code, record, hash FROM audit ORDER BY chain, number"
    with closing(sqlite3.connect(database)) as connection:
        return [
            ChainRow(chain=chain, number=number, at=at, management_code=code, record=record.encode(), hash=hashed)
            for chain, number, at, code, record, hashed in connection.execute(chosen)
        ]
