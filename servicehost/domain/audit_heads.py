"""The files that carry the audit's heads out of the database: one a day, one signed line for each chain.

Each line is a JSON object in the audit's canonical encoding: `chain`, `day`, `hash`, `number`, and `signature`, which
covers the same object without it. The first line is the file's own: its chain is `heads` and its number the number of
lines below. It makes a file without a line, and a file with a line taken out, two different things.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import msgspec

from servicehost.domain.audit import canonical
from servicehost.domain.audit_check import Head

__all__ = ["HeadsFileError", "day_of", "days_due", "heads_file", "read_heads", "span_of"]

_FILE: Final = "heads"
_DAY_MS: Final = 86_400_000


class HeadsFileError(ValueError):
    """A file of heads that is not what the host wrote."""


def day_of(instant: int) -> date:
    """The day of an instant, UTC."""
    return datetime.fromtimestamp(instant // 1000, UTC).date()


def span_of(day: date) -> tuple[int, int]:
    """From its first instant on, and before the first of the next."""
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    return start, start + _DAY_MS


def days_due(first: date, today: date, there: Collection[date], limit: int) -> list[date]:
    """Days from `first` on that are over and have no file yet: the earliest `limit` of them."""
    missing = (day for number in range((today - first).days) if (day := first + timedelta(days=number)) not in there)
    return list(islice(missing, limit))


def heads_file(day: date, heads: Sequence[Head], sign: Callable[[bytes], str]) -> bytes:
    """The file of a day."""
    below = b"".join(_line(day, head, sign) for head in heads)
    return _line(day, Head(chain=_FILE, number=len(heads), hash=sha256(below).hexdigest()), sign) + below


def _line(day: date, head: Head, sign: Callable[[bytes], str]) -> bytes:
    said = msgspec.structs.asdict(head) | {"day": day.isoformat()}
    return canonical(said | {"signature": sign(canonical(said))}) + b"\n"


def read_heads(day: date, content: bytes, signed: Callable[[bytes, str], bool]) -> list[Head]:
    """The heads of the file of a day. Raises HeadsFileError for one that is not as it was signed."""
    lines = list(_lines(day, content, signed))
    below = content.partition(b"\n")[2]
    whole = Head(chain=_FILE, number=len(lines) - 1, hash=sha256(below).hexdigest())
    if lines[:1] != [whole]:
        raise HeadsFileError("lines were added, changed or taken out")
    return lines[1:]


def _lines(day: date, content: bytes, signed: Callable[[bytes, str], bool]) -> Iterator[Head]:
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            said: dict[str, Any] = json.loads(line)
            signature = said.pop("signature")
            if said.pop("day") != day.isoformat():
                raise HeadsFileError(f"line {number} is of another day")
            head = msgspec.convert(said, Head)
            good = signed(canonical(said | {"day": day.isoformat()}), signature)
        except HeadsFileError:
            raise
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise HeadsFileError(f"line {number} is no signed head") from error
        if not good:
            raise HeadsFileError(f"the signature of line {number} is not this host's")
        yield head
