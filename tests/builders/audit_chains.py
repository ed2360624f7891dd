"""Chains of the audit as rows, without a store."""

from collections.abc import Sequence
from typing import Any

from servicehost.domain.audit import BEGINNING, Action, AuditEntry, Personal, Sealed, assemble, chain_of, follow_hash
from servicehost.domain.audit_check import ChainRow, Head

__all__ = ["an_entry", "head_of", "rows_of"]


def an_entry(management_code: str | None = None, **fields: Any) -> AuditEntry:
    plain: dict[str, Any] = {"at": 5, "action": Action.ADD_CONTRACT, "subject": "s", "actor": "MID00000001"}
    return AuditEntry(management_code=management_code, **(plain | fields))


def _plainly(personal: Personal, place: str) -> Sealed:
    return Sealed(key=1, sealed=f"{personal.text}@{place}")


def rows_of(entries: Sequence[AuditEntry]) -> list[ChainRow]:
    """The rows of one chain, as a store would have them."""
    previous, rows = BEGINNING, []
    for number, entry in enumerate(entries, start=1):
        record = assemble(entry, number, _plainly)
        previous = follow_hash(previous, record)
        rows.append(
            ChainRow(
                chain=chain_of(entry.management_code),
                number=number,
                at=entry.at,
                management_code=entry.management_code,
                record=record,
                hash=previous.hex(),
            )
        )
    return rows


def head_of(row: ChainRow) -> Head:
    return Head(chain=row.chain, number=row.number, hash=row.hash)
