"""From what somebody selects to the adapters meant: within the scope of the block or the caller, in a stable order."""

from servicehost.domain.contract import Scope
from servicehost.domain.selection import MOST, Selection, check_selected
from servicehost.ports.groups import GroupReads, Groups, GroupTransaction

__all__ = ["selected", "selected_by", "selected_in"]


def selected(batch: Groups, selection: Selection, now: int, *, most: int = MOST) -> tuple[str, ...]:
    """The service codes, at least one: a list in its own order, each once, all else in the order of the codes.

    Raises NotFound `adapter_not_found` naming the codes of a list that are none, `group_not_found`, `query_not_found`;
    Conflict `selection_unclear`, `query_malformed`, `selection_empty`, `selection_too_large`.
    """
    return check_selected(batch.select_adapters(selection, now, most), most)


async def selected_in(tx: GroupTransaction, selection: Selection, now: int, *, most: int = MOST) -> tuple[str, ...]:
    """The same in a transaction."""
    return check_selected(await tx.select_adapters(selection, now, most), most)


async def selected_by(
    reads: GroupReads, scope: Scope, selection: Selection, now: int, *, most: int = MOST
) -> tuple[str, ...]:
    """The same of a snapshot: to show who would be meant."""
    return check_selected(await reads.select_adapters(scope, selection, now, most=most), most)
