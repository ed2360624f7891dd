"""How a push's change is told to people."""

from typing import Final

import msgspec

from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.push import Change, Phase, Push

__all__ = ["changed", "told"]

_SEVERITY: Final = {
    Phase.CONFIRMED: Severity.INFO,
    Phase.REVERTED: Severity.ERROR,
    Phase.REFUSED: Severity.ERROR,
    Phase.EXPIRED: Severity.WARNING,
    Phase.SUPERSEDED: Severity.NOTICE,
    Phase.CANCELLED: Severity.NOTICE,
}


def changed(push: Push, change: Change, now: int) -> Push:
    """The push after the change."""
    return msgspec.structs.replace(
        push,
        phase=change.phase,
        outcome=change.outcome,
        reason=change.reason,
        rejected=change.rejected,
        changed_at=now,
    )


def told(push: Push, *, actor: str, unit_id: int | None = None) -> Event | None:
    """The event of a push that has ended; None while it is open: its phase tells that already."""
    if not push.phase.ended:
        return None
    detail: dict[str, object] = {"push": push.push, "revision": push.revision}
    if push.rejected:
        detail["rejected"] = [parameter.parameter for parameter in push.rejected]
    return Event(
        at=push.changed_at,
        class_=EventClass.CONFIGURATION,
        sub_type=f"push_{push.phase.value}",
        severity=_SEVERITY[push.phase],
        management_code=push.management_code,
        service_code=push.service_code,
        unit_id=unit_id,
        actor=actor,
        reason=push.reason,
        detail=detail,
    )
