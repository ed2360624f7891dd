"""The event that records what somebody did."""

from typing import Any

from servicehost.domain.config import Revision
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor
from servicehost.domain.push import Push

__all__ = ["deed", "of_push", "saved"]


def deed(
    actor: Actor,
    at: int,
    sub_type: str,
    *,
    class_: EventClass = EventClass.OPERATION,
    severity: Severity = Severity.INFO,
    management_code: str | None = None,
    service_code: str | None = None,
    unit_id: int | None = None,
    reason: str | None = None,
    **detail: Any,
) -> Event:
    """An event of the actor, seen by the contract it concerns: the one named, else the actor's own."""
    return Event(
        at=at,
        class_=class_,
        sub_type=sub_type,
        severity=severity,
        management_code=actor.management_code if management_code is None else management_code,
        service_code=service_code,
        unit_id=unit_id,
        actor=actor.master_id,
        reason=reason or None,
        detail=detail,
    )


def saved(actor: Actor, revision: Revision) -> Event:
    """The actor saved a config."""
    return deed(
        actor,
        revision.saved_at,
        "config_saved",
        class_=EventClass.CONFIGURATION,
        management_code=revision.management_code,
        service_code=revision.service_code,
        reason=revision.reason,
        revision=revision.revision,
        digest=revision.digest,
    )


def of_push(actor: Actor, push: Push, sub_type: str, at: int, reason: str | None) -> Event:
    """The actor did something to a push."""
    return deed(
        actor,
        at,
        sub_type,
        class_=EventClass.CONFIGURATION,
        management_code=push.management_code,
        service_code=push.service_code,
        reason=reason,
        push=push.push,
        revision=push.revision,
    )
