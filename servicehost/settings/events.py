"""Settings of events."""

from typing import Annotated

import msgspec

__all__ = ["EventsSettings"]


class EventsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[events]`: how long events are kept."""

    kept_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 400
    """Days that events are kept, a year and a month; 0: for ever. Whoever comes for older ones is told."""
