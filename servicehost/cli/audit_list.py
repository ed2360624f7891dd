"""`servicehost audit list`: records of the audit, through the API of a running host."""

from typing import Any, Final

import msgspec

from servicehost.cli.asking import UrlFlag, asked
from servicehost.cli.given import queried
from servicehost.cli.tables import OutputFlag, write_items
from servicehost.domain.instant import rfc3339

__all__ = ["list_records"]

COLUMNS: Final = ("number", "at", "actor", "action", "subject", "reason")


def list_records(
    *,
    chain: str | None = None,
    after: int = 0,
    limit: int = 100,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List records of one chain in the order of their numbers.

    Parameters
    ----------
    chain
        A management code, or system; without it that of your contract, else the system's.
    after
        Only records after this number.
    limit
        So many at most, up to 500.
    """
    raw = bytearray()
    asked(url).copy("audit", raw.extend, queried(chain=chain, after=after, limit=limit), seen=None)
    write_items([msgspec.json.decode(line) for line in raw.splitlines()], COLUMNS, output, line=_line)


def _line(read: dict[str, Any]) -> dict[str, Any]:
    """Of a record, what can be read of it without what was before and after."""
    record: dict[str, Any] = read["record"]
    reason = read["personal"].get("reason", record.get("reason"))
    return record | {"number": read["number"], "at": rfc3339(record["at"]), "reason": reason}
