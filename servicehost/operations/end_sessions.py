"""Sessions end, and attempts that never became one: every ending is written with its name."""

from collections.abc import Sequence
from typing import Final

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.ports.desk import Fence
from servicehost.ports.store import Batch, SessionEnd

__all__ = ["Attempt", "Ending", "end_sessions", "list_attempts"]

_QUIET: Final = {CloseCode.DONE, CloseCode.TAKEN_OVER, CloseCode.DRAINING, CloseCode.UNBOUND}


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """One session's end."""

    fence: Fence
    code: CloseCode
    reason: str
    at: int


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody dialled and got no session."""

    remote_address: str
    code: CloseCode
    reason: str
    distribution_id: str | None
    at: int


def end_sessions(batch: Batch, endings: Sequence[Ending]) -> list[None]:
    """Write them. An ending of a session that was taken over meanwhile leaves the newer one alone."""
    batch.end_sessions(
        [
            SessionEnd(unit_id=one.fence.unit_id, epoch=one.fence.epoch, at=one.at, ending=one.code.name.lower())
            for one in endings
        ]
    )
    batch.add_events([_ended(one) for one in endings])
    return [None] * len(endings)


def _ended(one: Ending) -> Event:
    return Event(
        at=one.at,
        class_=EventClass.MONITOR,
        sub_type="session_ended",
        severity=Severity.INFO if one.code in _QUIET else Severity.WARNING,
        management_code=one.fence.management_code,
        service_code=one.fence.service_code,
        unit_id=one.fence.unit_id,
        reason=one.code.name.lower(),
        detail={"epoch": one.fence.epoch, "text": one.reason} if one.reason else {"epoch": one.fence.epoch},
    )


def list_attempts(batch: Batch, attempts: Sequence[Attempt], unlisted: int, now: int) -> None:
    """Write them, and how many more there were than are listed one by one."""
    events = [
        Event(
            at=one.at,
            class_=EventClass.MONITOR,
            sub_type="attempt_failed",
            severity=Severity.NOTICE,
            reason=one.code.name.lower(),
            detail={"address": one.remote_address, "text": one.reason, "distribution_id": one.distribution_id},
        )
        for one in attempts
    ]
    if unlisted:
        events.append(
            Event(
                at=now,
                class_=EventClass.MONITOR,
                sub_type="attempts_unlisted",
                severity=Severity.WARNING,
                detail={"count": unlisted},
            )
        )
    batch.add_events(events)
