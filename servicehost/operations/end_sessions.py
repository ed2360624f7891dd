"""Sessions end, and attempts that never became one: every ending is written with its name."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.ports.desk import Fence
from servicehost.ports.session_rows import SessionEnd
from servicehost.ports.store import Batch

__all__ = ["Ending", "FailedAttempt", "end_sessions", "list_attempts"]

_QUIET: Final = {CloseCode.DONE, CloseCode.TAKEN_OVER, CloseCode.DRAINING, CloseCode.UNBOUND}
_BROKEN: Final = {
    CloseCode.DONE,
    CloseCode.NOT_TEXT,
    CloseCode.NOT_UTF8,
    CloseCode.TOO_LARGE,
    CloseCode.HOST_FAULT,
    CloseCode.SILENT,
    CloseCode.SLOW,
    CloseCode.GREETING_TIMEOUT,
    CloseCode.CONNECTION_LOST,
    CloseCode.HANDSHAKE_TIMEOUT,
    CloseCode.HOST_UNHEARD,
    CloseCode.PROTOCOL_ERROR,
}
"""Attempts that came to nothing although nobody said no."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """One session's end."""

    fence: Fence
    code: CloseCode
    reason: str
    at: int


class FailedAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody dialled and got no session. `logged`: the connection log has it already."""

    remote_address: str
    code: CloseCode
    reason: str
    distribution_id: str | None
    at: int
    certificate: str | None = None
    tls_version: str | None = None
    logged: bool = False


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


def list_attempts(batch: Batch, attempts: Sequence[FailedAttempt], unlisted: int, now: int, host: str = "") -> None:
    """Write them, as events and in the connection log, and how many more there were than are listed one by one."""
    unlogged = [one for one in attempts if not one.logged]
    owners = batch.owners({one.distribution_id for one in unlogged if one.distribution_id is not None})
    batch.add_attempts([_logged(one, owners, host) for one in unlogged])
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


def _logged(one: FailedAttempt, owners: Mapping[str, tuple[int, str | None]], host: str) -> Attempt:
    unit_id, management_code = owners.get(one.distribution_id or "", (None, None))
    return Attempt(
        at=one.at,
        host=host,
        remote_address=one.remote_address,
        outcome=AttemptOutcome.BROKEN if one.code in _BROKEN else AttemptOutcome.REFUSED,
        reason=one.code.name.lower(),
        unit_id=unit_id,
        management_code=management_code,
        distribution_id=one.distribution_id,
        certificate=one.certificate,
        tls_version=one.tls_version,
        detail=one.reason or None,
    )
