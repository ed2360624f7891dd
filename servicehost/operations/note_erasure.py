"""A unit says that it has erased the customer's config: its return remembers it, and how it is known."""

from collections.abc import Collection
from typing import Final

import msgspec

from servicehost.domain.unit_return import Erasure, ReturnState
from servicehost.operations.casework import Word, tell
from servicehost.operations.returning import return_event
from servicehost.ports.store import Batch

__all__ = ["ERASED", "note_erasure"]

ERASED: Final = "config_erased"
"""The sub-type of the event by which a unit says so."""


def note_erasure(batch: Batch, unit_ids: Collection[int], now: int) -> int:
    """How many returns have it noted now. An inspection knows better than the unit, and a repetition is no news."""
    noted = 0
    for one in batch.returns_of_units(unit_ids) if unit_ids else ():
        if one.state is ReturnState.CALLED_OFF or one.erasure is not Erasure.UNKNOWN:
            continue
        after = msgspec.structs.replace(one, erased=True, erasure=Erasure.UNIT_SAID_ERASED)
        batch.save_return(after)
        tell(batch, [return_event(after, "unit_erased", Word(by="unit", at=now))])
        noted += 1
    return noted
