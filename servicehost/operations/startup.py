"""What becomes of an adapter's startup config: confirmed, stored unproven, tried at a boot, given up."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.config import Mark
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.module import MAIN
from servicehost.domain.push import Phase, Push, Target
from servicehost.domain.startup import GivenUp, Startup, after_failure, is_final, stored
from servicehost.ports.store import Batch

__all__ = ["BY_DEFAULT", "BootOfStartup", "StartupPolicy", "note_boots_of_startup", "order_startup", "settle_startup"]

_HOST_ORDER = "startup"
"""Kind of the pushes that the host orders for units that lack their startup config."""


class StartupPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often a startup config may fail on a unit before it is given up, and how long each try lasts. (U)"""

    tries: int = 3
    confirm_timeout_s: int = 600


BY_DEFAULT: Final = StartupPolicy()


class BootOfStartup(msgspec.Struct, frozen=True, kw_only=True):
    """A unit booted with a startup config that had not proved itself. With a `reason` it failed, in that boot."""

    service_code: str
    unit_id: int
    boot_id: str | None = None
    reason: str | None = None


def settle_startup(
    batch: Batch, changed: Sequence[tuple[Push, int]], policy: StartupPolicy, now: int, *, at_hello: bool = False
) -> dict[str, Startup]:
    """What these pushes, each with its unit, have made of startup configs: those that changed, by service code.

    What takes the place of one that was given up is ordered at once; `at_hello` the caller does so itself.
    """
    confirmed = [push for push, _ in changed if push.phase is Phase.CONFIRMED]
    changes = _confirmed(batch, [push for push in confirmed if push.target is Target.BOTH])
    changes |= _stored(batch, [push for push in confirmed if push.target is Target.STARTUP])
    failed = [(push, unit_id) for push, unit_id in changed if _counts(push)]
    standing = batch.startups([push.service_code for push, _ in failed]) if failed else {}
    seen = []
    for push, unit_id in failed:
        startup = standing[push.service_code]
        if startup.mark is not None and startup.mark.digest == push.digest:
            final = is_final(push.phase, push.reason)
            seen.append((unit_id, after_failure(startup, unit_id=unit_id, tries=policy.tries, final=final)))
    given_up = _note(batch, seen, now)
    if not at_hello:
        better = [one for code, one in given_up.items() if one.mark != standing[code].mark]
        order_startup(batch, [(one, Target.BOTH) for one in better], policy, now)
    return changes | given_up


def note_boots_of_startup(
    batch: Batch, boots: Sequence[BootOfStartup], policy: StartupPolicy, now: int
) -> dict[str, Startup]:
    """What boots with unproven startup configs have made of them: those that changed, by service code."""
    if not boots:
        return {}
    standing = batch.startups([boot.service_code for boot in boots])
    proved = [standing[boot.service_code] for boot in boots if boot.reason is None]
    changes = _proved(batch, proved, now)
    failed = [boot for boot in boots if boot.reason is not None]
    events, seen = [], []
    for boot in failed:
        startup = standing[boot.service_code]
        final = is_final(Phase.REVERTED, boot.reason)
        outcome = after_failure(startup, unit_id=boot.unit_id, tries=policy.tries, final=final, boot_id=boot.boot_id)
        if outcome is not None:
            failures = outcome.proof.failures
            warning = _event(startup, "startup_failed", Severity.WARNING, boot.reason, now, failures=failures)
            events.append(msgspec.structs.replace(warning, unit_id=boot.unit_id))
            seen.append((boot.unit_id, outcome))
    batch.add_events(events)
    return changes | _note(batch, seen, now)


def order_startup(
    batch: Batch, wanted: Sequence[tuple[Startup, Target]], policy: StartupPolicy, now: int
) -> list[Push]:
    """Order for each adapter that its unit gets the startup config, in the order given."""
    return batch.add_pushes([_push(startup, target, policy, now) for startup, target in wanted])


def _counts(push: Push) -> bool:
    """A person's push that fails has its end and its event; the host's own stands for the startup config."""
    return push.kind == _HOST_ORDER and push.phase in (Phase.REVERTED, Phase.REFUSED) and push.reason != "denied"


def _confirmed(batch: Batch, pushes: Sequence[Push]) -> dict[str, Startup]:
    if not pushes:
        return {}
    modules = {push.service_code: push.modules for push in pushes if push.modules}
    batch.set_startup([(push.service_code, push.revision, push.digest) for push in pushes], modules)
    return {push.service_code: _as_startup(push) for push in pushes}


def _stored(batch: Batch, pushes: Sequence[Push]) -> dict[str, Startup]:
    # What the host orders to startup alone is what the unit runs already: it has proved itself.
    pushes = [push for push in pushes if push.kind != _HOST_ORDER]
    if not pushes:
        return {}
    before = batch.startups([push.service_code for push in pushes])
    proofs = {push.service_code: stored(before[push.service_code], push) for push in pushes}
    changes = _confirmed(batch, pushes)
    batch.save_startup_proofs(list(proofs.values()))
    return {code: msgspec.structs.replace(one, proof=proofs[code]) for code, one in changes.items()}


def _proved(batch: Batch, startups: Sequence[Startup], now: int) -> dict[str, Startup]:
    _set(batch, startups)
    batch.add_events([_event(one, "startup_proved", Severity.INFO, None, now) for one in startups])
    return {one.service_code: msgspec.structs.replace(one, proof=None) for one in startups}


def _note(batch: Batch, seen: Sequence[tuple[int, GivenUp | None]], now: int) -> dict[str, Startup]:
    outcomes = [(unit_id, outcome) for unit_id, outcome in seen if outcome is not None]
    given_up = {one.startup.service_code: one.startup for _, one in outcomes if one.startup is not None}
    _set(batch, list(given_up.values()))
    batch.save_startup_proofs([outcome.proof for _, outcome in outcomes])
    batch.add_events([_told(outcome, unit_id, now) for unit_id, outcome in outcomes if outcome.startup is not None])
    return given_up


def _set(batch: Batch, startups: Sequence[Startup]) -> None:
    marks = [(one.service_code, one.mark.revision, one.mark.digest) for one in startups if one.mark is not None]
    if marks:
        batch.set_startup(marks, {one.service_code: one.modules for one in startups if one.modules})


def _told(outcome: GivenUp, unit_id: int, now: int) -> Event:
    startup, failed = outcome.startup, outcome.proof.failed
    assert startup is not None  # noqa: S101 - the caller has looked
    served = startup.mark.revision if startup.mark and failed and startup.mark.digest != failed.digest else None
    event = _event(
        startup,
        "startup_given_up",
        Severity.ERROR,
        "no_good_config" if served is None else "last_good_served",
        now,
        revision=failed.revision if failed else None,
        failures=outcome.proof.failures,
        served=served,
    )
    return msgspec.structs.replace(event, unit_id=unit_id)


def _event(startup: Startup, sub_type: str, severity: Severity, reason: str | None, now: int, **more: object) -> Event:
    return Event(
        at=now,
        class_=EventClass.CONFIGURATION,
        sub_type=sub_type,
        severity=severity,
        management_code=startup.management_code,
        service_code=startup.service_code,
        actor="unit",
        reason=reason,
        detail={"revision": startup.mark.revision if startup.mark else None} | more,
    )


def _as_startup(push: Push) -> Startup:
    return Startup(
        service_code=push.service_code,
        management_code=push.management_code,
        mark=Mark(revision=push.revision, digest=push.digest),
        modules=push.modules,
    )


def _push(startup: Startup, target: Target, policy: StartupPolicy, now: int) -> Push:
    assert startup.mark is not None  # noqa: S101 - nobody lacks what there is not
    return Push(
        push=0,
        service_code=startup.service_code,
        management_code=startup.management_code,
        module=MAIN,
        revision=startup.mark.revision,
        digest=startup.mark.digest,
        phase=Phase.QUEUED,
        kind=_HOST_ORDER,
        ordered_by="host",
        ordered_at=now,
        changed_at=now,
        confirm_timeout_s=policy.confirm_timeout_s,
        modules=startup.modules,
        target=target,
    )
