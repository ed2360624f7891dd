"""What a page of one scope shows, as plain values that compare: one moment's picture, made of what is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from servicehost.domain.event import Event
from servicehost.domain.presence import REDIAL_CAP_MS, Presence
from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import UNFINISHED, Tally
from servicehost.domain.rule import Text
from servicehost.domain.task import Task
from servicehost.ports.reads import AdapterView
from servicehost.ports.rollouts import RolloutView
from servicehost.web.fleet_answers import Moment
from servicehost.web.panel.cases import CaseView
from servicehost.web.panel.event_notes import notes_of
from servicehost.web.panel.knowledge import Knowledge
from servicehost.web.panel.state_words import NO_UNIT, PHASES, PRESENCES, TRYING

__all__ = ["CaseRow", "EventRow", "FleetRow", "Picture", "PushRow", "RolloutRow", "TaskRow", "picture_of"]

FAILED: Final = frozenset({Phase.REVERTED, Phase.REFUSED, Phase.EXPIRED})
"""Endings of the newest push that somebody should look at."""
_ORDER: Final = {presence: place for place, presence in enumerate(PRESENCES)}
PUSHES_SHOWN: Final = 10


class PushRow(msgspec.Struct, frozen=True, kw_only=True):
    """One push."""

    push: int
    service_code: str
    site: str
    revision: int
    phase: str
    reason: str | None
    kind: str
    ordered_by: str
    changed_at: int
    rejected: tuple[str, ...]
    target: str = "both"


class FleetRow(msgspec.Struct, frozen=True, kw_only=True):
    """One adapter. `attention`: somebody should look at it."""

    service_code: str
    site: str
    customer: str
    unit: str
    distribution_id: str
    presence: str
    heard_at: int | None
    startup: int | None
    working: int | None
    push: PushRow | None
    attention: bool


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    event: int
    at: int
    severity: int
    sub_type: str
    reason: str | None
    service_code: str
    site: str
    unit: str
    actor: str
    notes: tuple[Text, ...]


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case and its site's name."""

    site: str
    case: CaseView


class RolloutRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rollout. `done`: of its `members`, those whose turn is over, however it ended."""

    rollout: int
    name: str
    customer: str
    state: str
    state_since: int
    reason: str | None
    wave: int
    waves: int
    members: int
    done: int
    failed: int
    in_flight: int


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One task."""

    task: int
    service_code: str
    site: str
    kind: str
    state: str
    reason: str
    changed_at: int
    ordered_by: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. Fleet rows are in the order of attention; counts are of the whole scope."""

    fleet: tuple[FleetRow, ...]
    complete: bool
    presences: tuple[tuple[str, int], ...]
    phases: tuple[tuple[str, int], ...]
    disconnected: int
    unknown: int
    failed_pushes: int
    open_cases: int
    held_units: int
    enrolment_requests: int
    attention: int
    """Adapters that somebody should look at."""
    pushes_open: tuple[PushRow, ...]
    pushes_ended: tuple[PushRow, ...]
    rollouts: tuple[RolloutRow, ...]
    tasks: tuple[TaskRow, ...]
    cases: tuple[CaseRow, ...]
    events: tuple[EventRow, ...]
    event: int


def picture_of(known: Knowledge, moment: Moment) -> Picture:
    """What is known, at this moment."""
    sites = {code: view.adapter.memo or code for code, view in known.adapters.items()}
    troubled = known.cases.open_at
    fleet = sorted((_fleet_row(view, known, moment, troubled) for view in known.adapters.values()), key=_place)
    presences = Counter(row.presence for row in fleet)
    pushes = _pushes(known, sites)
    return Picture(
        fleet=tuple(fleet),
        complete=known.complete,
        presences=tuple((presence, presences[presence]) for presence in PRESENCES),
        phases=tuple((phase, known.push_counts.get(phase, 0)) for phase in PHASES),
        disconnected=presences[Presence.DISCONNECTED],
        unknown=presences[Presence.UNKNOWN],
        failed_pushes=sum(1 for row in fleet if row.push is not None and row.push.phase in FAILED),
        open_cases=known.cases.open_faults,
        held_units=known.concerns.held_units,
        enrolment_requests=known.concerns.enrolment_requests,
        attention=sum(1 for row in fleet if row.attention),
        pushes_open=tuple(row for row in pushes if not Phase(row.phase).ended)[:PUSHES_SHOWN],
        pushes_ended=_ended(pushes),
        rollouts=tuple(_rollout_row(view, known) for view in known.rollouts),
        tasks=tuple(_task_row(task, sites) for task in known.tasks),
        cases=tuple(CaseRow(site=sites.get(one.service_code, one.service_code), case=one) for one in known.cases.shown),
        events=_events(known, sites),
        event=known.event,
    )


def _ended(rows: Iterable[PushRow]) -> tuple[PushRow, ...]:
    ended = [row for row in rows if Phase(row.phase).ended]
    return tuple(sorted(ended, key=lambda row: (-row.changed_at, -row.push))[:PUSHES_SHOWN])


def _place(row: FleetRow) -> tuple[bool, int, str, str]:
    return (not row.attention, _ORDER[row.presence], row.site, row.service_code)


def _fleet_row(view: AdapterView, known: Knowledge, moment: Moment, troubled: frozenset[str]) -> FleetRow:
    adapter, unit = view.adapter, view.unit
    site = adapter.memo or adapter.service_code
    presence: str = NO_UNIT if unit is None else moment.presence(unit.session)
    if presence == Presence.DISCONNECTED and _on_trial(view.push, moment.now):
        presence = TRYING
    push = None if view.push is None else _push_row(view.push, site)
    return FleetRow(
        service_code=adapter.service_code,
        site=site,
        customer=known.customers.get(adapter.management_code, ""),
        unit="" if unit is None else f"{unit.unit.model}-{unit.unit.serial}",
        distribution_id="" if unit is None else unit.unit.distribution_id,
        presence=presence,
        heard_at=unit.session.heard_at if unit is not None and unit.session.epoch else None,
        startup=adapter.startup_revision,
        working=view.working_revision,
        push=push,
        attention=presence == Presence.DISCONNECTED
        or (push is not None and push.phase in FAILED)
        or adapter.service_code in troubled,
    )


def _on_trial(push: Push | None, now: int) -> bool:
    """Whether the unit tries a config: then it has left to come back over a new connection, or to restore the old.

    Either is done when the time of the trial and one redial are over; a unit that is still away then is just away.
    """
    if push is None or push.phase not in (Phase.STORED, Phase.RUNNING):
        return False
    return now - push.changed_at <= push.confirm_timeout_s * 1000 + REDIAL_CAP_MS


def _pushes(known: Knowledge, sites: Mapping[str, str]) -> list[PushRow]:
    """The newest of all and the newest of each adapter, without repetition, newest first."""
    newest = [view.push for view in known.adapters.values() if view.push is not None]
    every = {push.push: push for push in [*newest, *known.pushes]}
    rows = [every[number] for number in sorted(every, reverse=True)]
    return [_push_row(push, sites.get(push.service_code, push.service_code)) for push in rows]


def _push_row(push: Push, site: str) -> PushRow:
    return PushRow(
        push=push.push,
        service_code=push.service_code,
        site=site,
        revision=push.revision,
        phase=push.phase.value,
        reason=push.reason,
        kind=push.kind,
        ordered_by=push.ordered_by,
        changed_at=push.changed_at,
        rejected=tuple(one.parameter for one in push.rejected),
        target=push.target.value,
    )


def _rollout_row(view: RolloutView, known: Knowledge) -> RolloutRow:
    rollout, tally = view.rollout, Tally.sum_of(list(view.tallies.values()))
    return RolloutRow(
        rollout=rollout.rollout,
        name=rollout.name,
        customer=known.customers.get(rollout.management_code, ""),
        state=rollout.state.value,
        state_since=rollout.state_since,
        reason=rollout.reason,
        wave=rollout.wave,
        waves=rollout.waves,
        members=rollout.members,
        done=tally.size - tally.of(*UNFINISHED),
        failed=tally.failed,
        in_flight=tally.in_flight,
    )


def _task_row(task: Task, sites: Mapping[str, str]) -> TaskRow:
    return TaskRow(
        task=task.task,
        service_code=task.service_code,
        site=sites.get(task.service_code, task.service_code),
        kind=task.kind.value,
        state=task.state.value,
        reason=task.reason,
        changed_at=task.changed_at,
        ordered_by=task.ordered_by,
    )


def _events(known: Knowledge, sites: Mapping[str, str]) -> tuple[EventRow, ...]:
    units = {
        view.unit.unit.unit_id: f"{view.unit.unit.model}-{view.unit.unit.serial}"
        for view in known.adapters.values()
        if view.unit is not None
    }
    return tuple(_event_row(event, sites, units) for event in known.events)


def _event_row(event: Event, sites: Mapping[str, str], units: Mapping[int, str]) -> EventRow:
    code = event.service_code or ""
    return EventRow(
        event=event.event,
        at=event.at,
        severity=event.severity,
        sub_type=event.sub_type,
        reason=event.reason,
        service_code=code,
        site=sites.get(code, code),
        unit=units.get(event.unit_id or 0, ""),
        actor=event.actor,
        notes=notes_of(event),
    )
