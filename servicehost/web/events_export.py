"""All events that fit, as JSON lines or as CSV, part by part: however many they are, no more than a part is held.

CSV is UTF-8 with a byte order mark, so that Excel reads Japanese; a text that a spreadsheet would take for a formula
gets an apostrophe before it. Columns: event, at (RFC 3339), event_class, severity (RFC 5424), sub_type,
management_code, service_code, actor, reason, detail (JSON).
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.event import Event, EventFilter
from servicehost.ports.events import EventReads, EventsWanted
from servicehost.web.charges_csv import defused
from servicehost.web.event_answers import EventAnswer

__all__ = ["COLUMNS", "as_csv", "as_lines", "exported"]

COLUMNS: Final = (
    "event",
    "at",
    "event_class",
    "severity",
    "sub_type",
    "management_code",
    "service_code",
    "actor",
    "reason",
    "detail",
)
_AT_ONCE: Final = 500
_BOM: Final = "\ufeff"


async def exported(
    reads: EventReads, scope: Scope, wanted: EventFilter, after: int, write: Callable[[Sequence[Event]], bytes]
) -> AsyncIterator[bytes]:
    """Events after the number `after`, oldest first, up to the newest there is when the last part is read."""
    head, following = write([]), after
    if head:
        yield head
    while True:
        part = EventsWanted(filter=wanted, after=following, limit=_AT_ONCE)
        page = await reads.find_events(scope, part)
        if page.items:
            yield write(page.items)
        if page.next is None:
            return
        following = page.next


def as_lines(events: Sequence[Event]) -> bytes:
    """A line of JSON each."""
    return b"".join(msgspec.json.encode(EventAnswer.of(one)) + b"\n" for one in events)


def as_csv(events: Sequence[Event]) -> bytes:
    """A line of CSV each; of none, the head of the table."""
    text = io.StringIO(newline="")
    if not events:
        text.write(_BOM)
        csv.writer(text).writerow(COLUMNS)
    for one in map(EventAnswer.of, events):
        row = msgspec.structs.asdict(one) | {"detail": msgspec.json.encode(one.detail).decode() if one.detail else ""}
        cells = ["" if row[name] is None else row[name] for name in COLUMNS]
        csv.writer(text).writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode()
