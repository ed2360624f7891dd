"""What somebody did: the event that tells it, and the record that proves it."""

from collections.abc import Mapping
from typing import Any

from servicehost.domain.audit import Action, AuditEntry, Personal, Whose
from servicehost.domain.config import Revision
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor
from servicehost.domain.push import Push
from servicehost.domain.unit import Binding, Unit

__all__ = ["deed", "named", "of_person", "of_push", "of_unit", "recorded", "saved"]


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
    note: str = "",
    **detail: Any,
) -> Event:
    """An event of the actor, seen by the contract it concerns: the one named, else the actor's own.

    `reason` is a stable word; what a person wrote is a `note`, kept in the detail.
    """
    return Event(
        at=at,
        class_=class_,
        sub_type=sub_type,
        severity=severity,
        management_code=actor.management_code if management_code is None else management_code,
        service_code=service_code,
        unit_id=unit_id,
        actor=actor.author,
        reason=reason,
        detail={**detail, "note": note} if note else detail,
    )


def of_person(actor: Actor, text: str) -> Personal:
    """The actor's own words, or where they are: kept under their key."""
    return Personal(whose=Whose.person(actor.master_id, actor.management_code), text=text)


def named(name: str, management_code: str) -> Personal | None:
    """Somebody of a contract who is known by name alone; None for nobody."""
    return Personal(whose=Whose.named(name, management_code), text=name) if name.strip() else None


def recorded(
    actor: Actor,
    at: int,
    action: Action,
    subject: str,
    *,
    management_code: str | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """The record of the actor's deed, for the chain of that contract (None: the system's). Never holds a secret.

    `note` is what the actor wrote, in their own words. A deed under a consent carries its number.
    """
    return AuditEntry(
        management_code=management_code,
        at=at,
        action=action,
        subject=subject,
        actor=actor.master_id,
        role=actor.role.value,
        consent=None if actor.warrant is None else actor.warrant.consent,
        token=actor.token or None,
        source=of_person(actor, actor.source) if actor.source else None,
        before=before or {},
        after=after or {},
        reason=of_person(actor, note) if note else None,
    )


def of_unit(
    actor: Actor,
    at: int,
    action: Action,
    unit: Unit,
    binding: Binding | None,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    note: str = "",
) -> AuditEntry:
    """The record of what the actor did to a unit: in the chain of the contract it serves, else in that of the actor."""
    return recorded(
        actor,
        at,
        action,
        unit.distribution_id,
        management_code=actor.management_code if binding is None else binding.management_code,
        before=before,
        after={"unit": unit.unit_id, **after},
        note=note,
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
        note=revision.reason,
        revision=revision.revision,
        digest=revision.digest,
    )


def of_push(actor: Actor, push: Push, sub_type: str, *, reason: str | None = None, note: str = "") -> Event:
    """The actor did something to a push."""
    return deed(
        actor,
        push.changed_at,
        sub_type,
        class_=EventClass.CONFIGURATION,
        management_code=push.management_code,
        service_code=push.service_code,
        reason=reason,
        note=note,
        push=push.push,
        revision=push.revision,
    )
