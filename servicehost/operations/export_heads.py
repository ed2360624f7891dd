"""The clock's door carries the heads of the audit's chains out of the database, a file for each day that is over."""

from typing import Final

from servicehost.domain.audit_heads import day_of, days_due, heads_file, span_of
from servicehost.domain.contract import EVERYTHING
from servicehost.ports.audit import AuditReads
from servicehost.ports.clock import Clock
from servicehost.ports.seal import HeadsFolder, Seal

__all__ = ["export_heads"]

AT_ONCE: Final = 31
_DAY_MS: Final = 86_400_000


async def export_heads(*, reads: AuditReads, clock: Clock, seal: Seal, folder: HeadsFolder) -> int:
    """How many files were written, at most 31; days that were missed are made up, the earliest first. Harmless twice.

    A day's file holds, of every chain with a record of that day or the day before, the last one of that day or
    earlier: the day before, because a record may be committed a moment after its day was exported. Raises OSError.
    """
    begins = await reads.audit_begins(EVERYTHING)
    if begins is None:
        return 0
    due = days_due(day_of(begins), day_of(clock.wall()), set(await folder.days()), AT_ONCE)
    for day in due:
        start, end = span_of(day)
        heads = await reads.audit_heads(EVERYTHING, start - _DAY_MS, end)
        await folder.put(day, heads_file(day, heads, seal.sign))
    return len(due)
