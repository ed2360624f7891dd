"""What an on-site right rests on, gathered for the adapters of a scope."""

from collections.abc import Sequence
from typing import Final

from servicehost.domain.contract import Scope
from servicehost.domain.standing import NOTHING_RECORDED, Standing
from servicehost.ports.reads import AdapterView, Reads

__all__ = ["all_standings", "standings_of"]

_PART: Final = 500


async def all_standings(reads: Reads, scope: Scope) -> list[Standing]:
    """Of every adapter in the scope, in the order of their service codes."""
    found, after = list[Standing](), ""
    while part := await reads.adapters(scope, after=after, limit=_PART):
        found += await standings_of(reads, scope, part)
        after = part[-1].adapter.service_code
    return found


async def standings_of(reads: Reads, scope: Scope, views: Sequence[AdapterView]) -> list[Standing]:
    """In the order given."""
    records = await reads.right_records(scope, [view.adapter.service_code for view in views])
    return [
        Standing(
            adapter=view.adapter,
            unit=None if view.unit is None else view.unit.unit,
            record=records.get(view.adapter.service_code, NOTHING_RECORDED),
        )
        for view in views
    ]
