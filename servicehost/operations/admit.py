"""Which hellos are let in: the certificate that was shown, the unit's own standing, two boxes with one identity.

What is refused is written in the connection log like what is welcomed; nothing else of the unit changes.
"""

from collections.abc import Collection, Sequence

from protocol.codes import CloseCode
from servicehost.domain.admission import TurnedAway, gone
from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.certificate_standing import (
    Certificate,
    Why,
    certificate_standing,
    held,
    moved,
    turned_away,
)
from servicehost.domain.duplicate import Standing, Takeover, is_duplicate, remembered, takeover
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.ports.desk import Caller, NotAdmitted
from servicehost.ports.fences import FenceChange
from servicehost.ports.session_rows import Place
from servicehost.ports.store import Batch

__all__ = ["Doorkeeper", "logged", "not_admitted"]


def not_admitted(away: TurnedAway) -> NotAdmitted:
    """The desk's answer to such a hello."""
    return NotAdmitted(away.code, away.text, reason=away.reason, because=away.because, hosts=away.hosts)


class Doorkeeper:
    """Judges the hellos of one batch, each against what the ones before it have brought about."""

    def __init__(self, batch: Batch, callers: Sequence[Caller], *, must_be_known: bool, now: int) -> None:
        self._batch = batch
        self._must_be_known = must_be_known
        self._now = now
        self._certificates = batch.certificates_shown({caller.certificate for caller in callers})
        self._last: dict[int, Standing] = {}
        self._takeovers: dict[int, tuple[Takeover, ...]] = {}
        self._held_now: dict[int, Place] = {}
        self._used: dict[str, tuple[int, str, int]] = {}

    def judge(self, caller: Caller, boot_id: str, place: Place | None) -> TurnedAway | None:
        """None: the unit is let in, and its session is the one that the next hello finds."""
        if place is None:
            text = "No unit with this Distribution ID is registered here"
            return turned_away(Why.UNKNOWN_UNIT, text)
        certificate = self.certificate(caller)
        # The life first: it is the reason why certificates were revoked, and says more than they do.
        away = gone(place.life)
        away = away or certificate_standing(place.unit_id, certificate, must_be_known=self._must_be_known)
        away = away or self._held(place) or moved(place.moved_to) or self._duplicate(caller, boot_id, place)
        if away is None:
            self._let_in(caller, boot_id, place, certificate)
        return away

    def certificate(self, caller: Caller) -> Certificate | None:
        """The record of what was shown; None when there is none."""
        return self._certificates.get(caller.certificate)

    def takeovers(self, unit_id: int) -> tuple[Takeover, ...]:
        """What the session row shall remember of a unit that was let in."""
        return self._takeovers.get(unit_id, ())

    def write(self, *, welcomed: Collection[int]) -> None:
        """Write who is held from now on, and which certificates units that were welcomed used for the first time."""
        self._batch.certificates_used([used for used in self._used.values() if used[0] in welcomed])
        if not self._held_now:
            return
        self._batch.hold_units(list(self._held_now), self._now)
        ends = [FenceChange(unit_id=one, code=CloseCode.DUPLICATE, at=self._now) for one in self._held_now]
        self._batch.add_fence_changes(ends)
        events = [_found(place, self._takeovers[one], self._now) for one, place in self._held_now.items()]
        self._batch.add_events(events)
        self._batch.append_audit([_hold(place, self._now) for place in self._held_now.values()])

    def _held(self, place: Place) -> TurnedAway | None:
        return held(self._now if place.unit_id in self._held_now else place.held_at)

    def _duplicate(self, caller: Caller, boot_id: str, place: Place) -> TurnedAway | None:
        unit_id, now = place.unit_id, self._now
        last = self._last.get(unit_id)
        if last is None:
            last = Standing(boot_id=place.boot_id, heard_at=place.heard_at, ended=place.ended_at is not None)
        taken = takeover(last, boot_id, caller.remote_address, now)
        self._takeovers[unit_id] = remembered(self._takeovers.get(unit_id, place.takeovers), taken, now)
        if taken is None or not is_duplicate(self._takeovers[unit_id], now):
            return None
        self._held_now[unit_id] = place
        return held(now)

    def _let_in(self, caller: Caller, boot_id: str, place: Place, certificate: Certificate | None) -> None:
        self._last[place.unit_id] = Standing(boot_id=boot_id, heard_at=self._now, ended=False)
        if certificate is not None and certificate.first_used_at is None:
            self._used.setdefault(caller.certificate, (place.unit_id, caller.certificate, self._now))


def logged(caller: Caller, place: Place | None, host: str, at: int, *, came_of_it: TurnedAway | str) -> Attempt:
    """The row of the connection log for one hello, turned away or welcomed with this standing."""
    away = came_of_it if isinstance(came_of_it, TurnedAway) else None
    return Attempt(
        at=at,
        host=host,
        remote_address=caller.remote_address,
        outcome=AttemptOutcome.WELCOMED if away is None else AttemptOutcome.REFUSED,
        reason=came_of_it if isinstance(came_of_it, str) else came_of_it.reason,
        unit_id=None if place is None else place.unit_id,
        management_code=None if place is None else place.management_code,
        distribution_id=caller.distribution_id,
        certificate=caller.certificate,
        tls_version=caller.tls_version,
        detail=None if away is None else away.because,
    )


def _hold(place: Place, now: int) -> AuditEntry:
    return AuditEntry(
        management_code=place.management_code,
        at=now,
        action=Action.HOLD_UNIT,
        subject=place.distribution_id,
        before={"held_at": None},
        after={"unit": place.unit_id, "held_at": now},
        reason=Why.DUPLICATE.value,
    )


def _found(place: Place, takeovers: Sequence[Takeover], now: int) -> Event:
    addresses = list(dict.fromkeys(one.by_address for one in takeovers))
    return Event(
        at=now,
        class_=EventClass.MONITOR,
        sub_type="unit_held",
        severity=Severity.ERROR,
        management_code=place.management_code,
        service_code=place.service_code,
        unit_id=place.unit_id,
        reason=Why.DUPLICATE.value,
        detail={
            "distribution_id": place.distribution_id,
            "takeovers": len(takeovers),
            "boots": sorted({boot for one in takeovers for boot in (one.of_boot, one.by_boot)}),
            "address": ", ".join(addresses),
        },
    )
