"""Approved charges for billing as CSV: UTF-8 with a byte order mark, so that Excel reads Japanese; one line an item.

Columns: charge, approved_at (RFC 3339, Japan), management_code, customer, service_code, exchange, distribution_id,
model_serial, rule, part, part_ja, why, amount (whole units, negative: given back), currency, tax (excluded or
included), approved_by, reason, corrects (the charge to which this is the difference).

A text that a spreadsheet would take for a formula gets an apostrophe before it. Amounts and numbers are ours and stay.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from servicehost.domain.contract import Scope
from servicehost.domain.custody import PART_WORDS
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.ports.custody import BilledCharge, CustodyReads

__all__ = ["COLUMNS", "charges_csv", "defused", "span"]

COLUMNS: Final = (
    "charge",
    "approved_at",
    "management_code",
    "customer",
    "service_code",
    "exchange",
    "distribution_id",
    "model_serial",
    "rule",
    "part",
    "part_ja",
    "why",
    "amount",
    "currency",
    "tax",
    "approved_by",
    "reason",
    "corrects",
)
_JAPAN: Final = timezone(timedelta(hours=9))
_BOM: Final = "\ufeff"
_AT_ONCE: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EVER: Final = 2**53


def defused(text: str) -> str:
    """The text; with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) else text


def span(since: date | None, until: date | None) -> tuple[int, int]:
    """The instants from the beginning of the one day in Japan to the end of the other, exclusive."""
    first = 0 if since is None else from_datetime(datetime.combine(since, time(), _JAPAN))
    last = _EVER if until is None else from_datetime(datetime.combine(until, time(), _JAPAN)) + 86_400_000
    return first, last


async def charges_csv(reads: CustodyReads, scope: Scope, since: int, before: int) -> AsyncIterator[bytes]:
    """The file in parts, each of the charges of one read: never all of it in memory.

    The first read has been made when this returns, so what is wrong is answered before anything is sent.
    """
    first = await reads.approved_charges(scope, since=since, before=before, limit=_AT_ONCE)
    return _parts(reads, scope, (since, before), first)


async def _parts(
    reads: CustodyReads, scope: Scope, when: tuple[int, int], found: Sequence[BilledCharge]
) -> AsyncIterator[bytes]:
    yield (_BOM + _lines([COLUMNS])).encode()
    while found:
        yield _lines(row for charge in found for row in _rows(charge)).encode()
        if len(found) < _AT_ONCE:
            return
        after = found[-1].proposal.proposal
        found = await reads.approved_charges(scope, since=when[0], before=when[1], after=after, limit=_AT_ONCE)


def _lines(rows: "Iterator[Sequence[object]] | Sequence[Sequence[object]]") -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _rows(charge: BilledCharge) -> Iterator[Sequence[object]]:
    one, unit = charge.proposal, charge.unit
    at = "" if one.decided_at is None else as_datetime(one.decided_at).astimezone(_JAPAN).isoformat(timespec="seconds")
    for item in one.items:
        cells: tuple[object, ...] = (
            one.proposal,
            at,
            one.management_code,
            charge.customer,
            one.service_code,
            one.exchange,
            unit.distribution_id,
            f"{unit.model}-{unit.serial}",
            one.rule,
            item.part.value,
            PART_WORDS[item.part].ja,
            item.why.value,
            item.amount,
            one.currency,
            one.tax,
            one.decided_by or "",
            one.reason,
            one.corrects,
        )
        yield [defused(cell) if isinstance(cell, str) else cell for cell in cells]
