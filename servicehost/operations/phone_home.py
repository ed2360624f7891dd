"""Units phone home: each is admitted, its session gets an epoch, and its state is compared with what is wanted."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from protocol import messages
from servicehost.domain.admission import TurnedAway, gone, standing
from servicehost.domain.attempt import Attempt
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.delivery import lacks_startup
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.instant import from_rfc3339, rfc3339
from servicehost.domain.module import MAIN, MAX_MODULES, ModuleMark, as_one
from servicehost.domain.push import Greeting, Push, Target, after_hello, met_by_hello, next_to_offer
from servicehost.domain.startup import Startup, is_given_up
from servicehost.domain.symptom import Boot, BootLimit
from servicehost.domain.task import TaskLimits
from servicehost.operations.admit import Doorkeeper, logged, not_admitted
from servicehost.operations.ask_renewals import renewal_wanted
from servicehost.operations.note_boots import note_boots
from servicehost.operations.push_events import changed, told
from servicehost.operations.startup import (
    BootOfStartup,
    StartupPolicy,
    note_boots_of_startup,
    order_startup,
    settle_startup,
)
from servicehost.operations.swapping import swap_at_hello
from servicehost.operations.translate import module_states, wire_mark
from servicehost.ports.desk import Caller, Fence, NotAdmitted, Welcomed
from servicehost.ports.session_rows import Arrival, Place
from servicehost.ports.store import Batch

__all__ = ["Call", "HostIdentity", "phone_home"]

CAPABILITIES = ("config", "modules", "tasks")


class HostIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Which run of which host takes the call, and what it tells every unit."""

    host: str
    run: int
    report_interval_s: int = 30
    redial: messages.Redial = messages.Redial()
    startup: StartupPolicy = StartupPolicy()
    boot_loop: BootLimit = BootLimit()
    tasks: TaskLimits = TaskLimits()
    known_certificates: bool = False
    """Whether a certificate must be on record here: see `domain.certificate_standing`."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One hello."""

    caller: Caller
    hello: messages.Hello


class _Visit(msgspec.Struct, kw_only=True):
    """What one call comes to while the batch is worked through."""

    call: Call
    place: Place
    states: tuple[ModuleState, ...]
    epoch: int
    pushes: list[Push]
    greeting: Greeting = Greeting()
    lacks_startup: bool = False
    task_waits: bool = False


def phone_home(batch: Batch, calls: Sequence[Call], us: HostIdentity, now: int) -> list[Welcomed | NotAdmitted]:
    """The answer to each call, in order. Two calls of one unit in a batch get two epochs; the later one wins.

    A call that is turned away changes nothing but the connection log, which every call gets one row of.
    """
    known = batch.places_by_distribution_id({call.caller.distribution_id for call in calls})
    keeper = Doorkeeper(batch, [call.caller for call in calls], must_be_known=us.known_certificates, now=now)
    turned = [keeper.judge(one.caller, one.hello.boot_id, known.get(one.caller.distribution_id)) for one in calls]
    places = swap_at_hello(batch, _heard(calls, turned, known), now)
    # After the swaps: it is they that make one unit serve and have the other's place taken.
    turned = [
        away or _turned_by_standing(places[call.caller.distribution_id], now)
        for call, away in zip(calls, turned, strict=True)
    ]
    serving = {place.service_code for place in places.values() if place.service_code is not None}
    open_pushes = batch.open_pushes(serving)
    visits = _visits(calls, turned, places, open_pushes)
    tasked = batch.task_heads(serving)
    newest = {visit.place.unit_id: visit for visit in visits if isinstance(visit, _Visit)}
    for visit in newest.values():
        visit.task_waits = visit.place.service_code in tasked
    note_boots(batch, [(visit.place, _boot(visit, now)) for visit in newest.values()], us.boot_loop, now)
    _settle_pushes(batch, list(newest.values()), us, now)
    batch.note_anchors(_changed_anchors(newest.values()))
    batch.arrive([_arrival(visit, keeper, us, now) for visit in newest.values()])
    keeper.write(welcomed=newest)
    batch.add_events([_opened(visit, now) for visit in newest.values()])
    batch.add_attempts([_logged(*one, known, us, now) for one in zip(calls, visits, strict=True)])
    return [_answer(visit, keeper, us, now) if isinstance(visit, _Visit) else not_admitted(visit) for visit in visits]


def _heard(calls: Sequence[Call], turned: Sequence[TurnedAway | None], known: Mapping[str, Place]) -> dict[str, Place]:
    """Units that are let in, or kept out by nothing but their life: an exchange is told when its old unit dials."""
    heard: dict[str, Place] = {}
    for call, away in zip(calls, turned, strict=True):
        place = known.get(call.caller.distribution_id)
        if place is not None and (away is None or away is gone(place.life)):
            heard[place.distribution_id] = place
    return heard


def _turned_by_standing(place: Place, now: int) -> TurnedAway | None:
    answer = standing(place, now)
    return answer if isinstance(answer, TurnedAway) else None


def _logged(call: Call, visit: _Visit | TurnedAway, known: Mapping[str, Place], us: HostIdentity, now: int) -> Attempt:
    if isinstance(visit, _Visit):
        return logged(call.caller, visit.place, us.host, now, came_of_it=_standing(visit.place))
    return logged(call.caller, known.get(call.caller.distribution_id), us.host, now, came_of_it=visit)


def _standing(place: Place) -> messages.Standing:
    return "standby" if place.binding is None else "serving"


def _visits(
    calls: Sequence[Call],
    turned: Sequence[TurnedAway | None],
    places: Mapping[str, Place],
    open_pushes: Mapping[str, list[Push]],
) -> list[_Visit | TurnedAway]:
    visits: list[_Visit | TurnedAway] = []
    epochs = {place.unit_id: place.epoch for place in places.values()}
    for call, away in zip(calls, turned, strict=True):
        if away is not None:
            visits.append(away)
            continue
        place = places[call.caller.distribution_id]
        epochs[place.unit_id] += 1
        visits.append(
            _Visit(
                call=call,
                place=place,
                states=module_states(call.hello.modules),
                epoch=epochs[place.unit_id],
                pushes=list(open_pushes.get(place.service_code or "", ())),
            )
        )
    return visits


def _settle_pushes(batch: Batch, visits: Sequence[_Visit], us: HostIdentity, now: int) -> None:
    """Write what the hellos mean for open pushes, and order the startup config for units that lack it."""
    saved: list[tuple[Push, int]] = []
    events: list[Event] = []
    for visit in visits:
        visit.greeting = _greet(visit)
        if visit.greeting.change is not None:
            push = _spoken_of(visit)
            after = changed(push, visit.greeting.change, now)
            visit.pushes = [after if one is push else one for one in visit.pushes]
            saved.append((after, visit.place.unit_id))
            event = told(after, actor="unit", unit_id=visit.place.unit_id)
            events.extend([event] if event else [])
        visit.pushes = [push for push in visit.pushes if not push.phase.ended]
    batch.save_pushes([push for push, _ in saved])
    batch.add_events(events)
    changes = settle_startup(batch, saved, us.startup, now, at_hello=True)
    boots = [boot for visit in visits if (boot := _boot_of_startup(visit))]
    changes |= note_boots_of_startup(batch, boots, us.startup, now)
    for visit in visits:
        visit.place = _with_startup(visit.place, changes.get(visit.place.service_code or ""))
    _order_startup(batch, visits, us, now)


def _with_startup(place: Place, startup: Startup | None) -> Place:
    """What a hello has just changed holds from here on: what was there before it is not lacking."""
    if startup is None:
        return place
    proof = startup.proof
    return msgspec.structs.replace(
        place,
        startup_revision=startup.mark.revision if startup.mark else None,
        startup_digest=startup.mark.digest if startup.mark else None,
        startup_modules=startup.modules,
        unproven_push=proof.push if proof else None,
        startup_failed=proof.failed.digest if proof and proof.failed else None,
        startup_failed_on=proof.unit_id if proof else None,
    )


def _boot_of_startup(visit: _Visit) -> BootOfStartup | None:
    """A boot with a startup config that had not proved itself: it did, or it failed."""
    place, boot_id = visit.place, visit.call.hello.boot_id
    if place.binding is None or place.service_code is None or place.unproven_push is None:
        return None
    said = as_one(visit.states, place.startup_modules)
    if said.trial is not None:
        # Saying yes is the proof: it runs, and has reached a host.
        proved = visit.greeting.confirm == said.trial and _tries_startup(place, said)
        return BootOfStartup(service_code=place.service_code, unit_id=place.unit_id) if proved else None
    failed = said.last_failed
    if failed is None or failed.push != place.unproven_push or boot_id == place.startup_failed_boot:
        return None
    return BootOfStartup(
        service_code=place.service_code, unit_id=place.unit_id, boot_id=boot_id, reason=failed.reason or "reverted"
    )


def _tries_startup(place: Place, said: ModuleState) -> bool:
    runs = None if said.running is None else said.running.digest
    return said.trial is not None and runs is not None and runs == place.startup_digest


def _spoken_of(visit: _Visit) -> Push:
    push = met_by_hello(visit.pushes, as_one(visit.states, ()))
    assert push is not None  # noqa: S101 - a change without a push would be a bug of domain.push
    return push


def _greet(visit: _Visit) -> Greeting:
    if visit.place.binding is None:
        # On stand-by: whatever a unit tried for the adapter it served before is no longer wanted.
        return Greeting(revert=as_one(visit.states, ()).trial)
    tries_startup = _tries_startup(visit.place, as_one(visit.states, visit.place.startup_modules))
    push = met_by_hello(visit.pushes, as_one(visit.states, ()))
    newer_waits = push is not None and any(other.push > push.push for other in visit.pushes)
    said = as_one(visit.states, push.modules if push else ())
    return after_hello(push, said, newer_waits=newer_waits, tries_startup=tries_startup)


def _order_startup(batch: Batch, visits: Sequence[_Visit], us: HostIdentity, now: int) -> None:
    lacking = [visit for visit in visits if _lacks(visit)]
    added = order_startup(batch, [_wanted(visit) for visit in lacking], us.startup, now)
    for visit, push in zip(lacking, added, strict=True):
        visit.pushes.append(push)


def _lacks(visit: _Visit) -> bool:
    if visit.place.binding is None or visit.greeting.confirm is not None:
        return False
    said = as_one(visit.states, visit.place.startup_modules)
    place, startup = visit.place, _startup(visit.place)
    given_up = is_given_up(startup, place.startup_failed, place.startup_failed_on, place.unit_id)
    return lacks_startup(startup, said, next(iter(visit.pushes), None), given_up=given_up)


def _startup(place: Place) -> Mark | None:
    if place.startup_revision is None or place.startup_digest is None:
        return None
    return Mark(revision=place.startup_revision, digest=place.startup_digest)


def _wanted(visit: _Visit) -> tuple[Startup, Target]:
    place, startup = visit.place, _startup(visit.place)
    assert startup is not None  # noqa: S101 - lacks_startup() has looked
    assert place.service_code is not None  # noqa: S101
    assert place.management_code is not None  # noqa: S101
    said = as_one(visit.states, place.startup_modules)
    runs = said.running is not None and said.running.digest == startup.digest
    wanted = Startup(
        service_code=place.service_code,
        management_code=place.management_code,
        mark=startup,
        modules=place.startup_modules,
    )
    # What it runs already need not be tried again: it only has to start with it.
    return wanted, Target.STARTUP if runs else Target.BOTH


def _boot(visit: _Visit, now: int) -> Boot:
    hello = visit.call.hello
    return Boot(unit_id=visit.place.unit_id, boot_id=hello.boot_id, cause=hello.boot_cause, at=now)


def _arrival(visit: _Visit, keeper: Doorkeeper, us: HostIdentity, now: int) -> Arrival:
    caller, hello = visit.call.caller, visit.call.hello
    return Arrival(
        unit_id=visit.place.unit_id,
        epoch=visit.epoch,
        host=us.host,
        run=us.run,
        at=now,
        certificate=caller.certificate,
        remote_address=caller.remote_address,
        tls_version=caller.tls_version,
        firmware=hello.firmware,
        boot_id=hello.boot_id,
        boot_cause=hello.boot_cause,
        clock_skew_ms=_skew(hello.time, now),
        modules=visit.states,
        takeovers=keeper.takeovers(visit.place.unit_id),
        anchor=caller.anchor,
    )


def _changed_anchors(visits: Iterable[_Visit]) -> list[tuple[int, tuple[str, ...]]]:
    """What is to be noted: a unit that says nothing of its anchors leaves what is known of them."""
    said = ((visit.place, visit.call.hello.anchors) for visit in visits)
    return [(place.unit_id, held) for place, held in said if held is not None and held != place.anchors]


def _skew(unit_time: str | None, now: int) -> int | None:
    """How far the unit's clock is ahead of ours; None when it has none or says nonsense. Only ever noted."""
    if unit_time is None:
        return None
    try:
        return from_rfc3339(unit_time) - now
    except ValueError:
        return None


def _opened(visit: _Visit, now: int) -> Event:
    place, hello = visit.place, visit.call.hello
    return Event(
        at=now,
        class_=EventClass.MONITOR,
        sub_type="session_opened",
        severity=Severity.INFO,
        management_code=place.management_code,
        service_code=place.service_code,
        unit_id=place.unit_id,
        actor="unit",
        reason=_standing(place),
        detail={"epoch": visit.epoch, "boot_cause": hello.boot_cause, "address": visit.call.caller.remote_address},
    )


def _answer(visit: _Visit, keeper: Doorkeeper, us: HostIdentity, now: int) -> Welcomed:
    place, greeting = visit.place, visit.greeting
    fence = Fence(
        unit_id=place.unit_id,
        epoch=visit.epoch,
        binding=place.binding,
        service_code=place.service_code,
        management_code=place.management_code,
        runs_tasks="tasks" in visit.call.hello.capabilities,
    )
    welcome = messages.Welcome(
        standing=_standing(place),
        session_epoch=visit.epoch,
        binding=place.binding,
        service_code=place.service_code,
        report_interval_s=us.report_interval_s,
        redial=us.redial,
        capabilities=CAPABILITIES,
        desired=() if place.binding is None else _desired(visit),
        confirm=() if greeting.confirm is None else (greeting.confirm,),
        revert=() if greeting.revert is None else (greeting.revert,),
        time=rfc3339(now),
        renew=renewal_wanted(place, keeper.certificate(visit.call.caller)),
    )
    work_waits = visit.task_waits or next_to_offer(visit.pushes) is not None
    return Welcomed(fence=fence, welcome=welcome, work_waits=work_waits)


def _desired(visit: _Visit) -> tuple[messages.Desired, ...]:
    push = next(iter(visit.pushes), None)
    startup = wire_mark(_startup(visit.place))
    if visit.place.startup_modules or (push is not None and push.modules):
        return _desired_modules(visit.place.startup_modules, startup, push)
    if push is None:
        return (messages.Desired(startup=startup),)
    return (messages.Desired(startup=startup, push=push.push, revision=push.revision, digest=push.digest),)


def _desired_modules(
    startup: Sequence[ModuleMark], main: messages.Mark | None, push: Push | None
) -> tuple[messages.Desired, ...]:
    starts = {one.module: messages.Mark(revision=one.revision, digest=one.digest) for one in startup}
    if main is not None:
        starts[MAIN] = main
    pushed = {} if push is None else {one.module: one.digest for one in push.modules} or {MAIN: push.digest}
    return tuple(
        messages.Desired(
            module=module,
            startup=starts.get(module),
            push=push.push if push is not None and module in pushed else None,
            revision=push.revision if push is not None and module in pushed else None,
            digest=pushed.get(module),
        )
        for module in sorted({*starts, *pushed})[:MAX_MODULES]
    )
