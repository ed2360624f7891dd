"""What happens to simulated units, told to whoever watches: counters, logs, the fleet's standard output."""

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

__all__ = ["Happening", "Tell", "What"]

What: TypeAlias = Literal[
    "powered_on",
    "powered_off",
    "dialing",
    "dial_failed",
    "welcomed",
    "ended",
    "moved",
    "offered",
    "offer_postponed",
    "download_began",
    "download_failed",
    "downloaded",
    "upload_cut",
    "upload_failed",
    "uploaded",
    "trial_began",
    "confirmed",
    "reverted",
    "event_lost",
    "task_ran",
    "task_ended",
    "task_postponed",
    "anchors_named",
    "anchors_dropped",
    "request_postponed",
    "request_dropped",
    "renewal_asked",
    "renewal_began",
    "renewal_failed",
    "candidate_kept",
    "candidate_refused",
    "renewed",
    "went_back",
    "credential_unreadable",
    "location_learned",
    "location_refused",
    "location_failed",
]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one unit; `fields` are plain values fit for JSON."""

    unit: str
    what: What
    fields: dict[str, object] = {}


Tell: TypeAlias = Callable[[Happening], None]
