"""Binds the ports to their backends, and the doors to the use cases. It knows every room and decides nothing."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web

from servicehost.backends.authority.makers import read_makers
from servicehost.backends.differ import ProcessDiffer
from servicehost.backends.envelope import sealed_stream
from servicehost.backends.offered_modules import OfferedModules
from servicehost.backends.passwords import Argon2Hasher
from servicehost.backends.places.packaged import packaged_places
from servicehost.backends.result_files import beside
from servicehost.backends.seal_files import FolderOfHeads, open_seal
from servicehost.bootstrap.listener import BootstrapListener
from servicehost.bootstrapping import open_bootstrap_door
from servicehost.carrying import open_carrier
from servicehost.domain.instant import as_datetime
from servicehost.domain.places import Places
from servicehost.domain.symptom import BootLimit
from servicehost.door_trust import DoorTrust, ca_certificates
from servicehost.locating import redial_policy
from servicehost.opened import OurAuthority, Parts, Truth
from servicehost.operations.case_catalogue import CaseCatalogue, open_case_catalogue
from servicehost.operations.catalogue import Catalogue, open_catalogue
from servicehost.operations.config_catalogue import open_config_catalogue
from servicehost.operations.export_heads import export_heads
from servicehost.operations.forget_events import forget_events
from servicehost.operations.intake import Intake
from servicehost.operations.nudge_waiting import nudge_waiting
from servicehost.operations.phone_home import HostIdentity
from servicehost.operations.prune_attempts import LogBounds, PruneAttempts
from servicehost.operations.rollouts_catalogue import open_rollouts_catalogue
from servicehost.operations.rollover_catalogue import open_rollover_catalogue
from servicehost.operations.startup import StartupPolicy
from servicehost.operations.watch_fences import FenceWatch, drop_old_fences
from servicehost.policies import (
    area_policy,
    consent_policy,
    errand_policy,
    group_policy,
    retry_of,
    return_policy,
    rollout_policy,
    snapshot_policy,
    swap_policy,
    task_policy,
    triage_policy,
)
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.runtime.metrics import Metrics
from servicehost.sessions.door import AdaptersDoor
from servicehost.settings.enquiry_hours import enquiry_hours
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.settings.tables import Settings
from servicehost.tasking import Tasking, open_tasking
from servicehost.web.app import make_app
from servicehost.web.door import make_runner
from servicehost.workers.order_clock import REST_S as ORDER_CLOCK_REST_S
from servicehost.workers.order_clock import OrderClock
from servicehost.workers.rollouts import RolloutWorker
from servicehost.workers.rounds import (
    Round,
    Run,
    area_round,
    audit_round,
    case_rounds,
    contract_rounds,
    events_round,
    host_rounds,
    identity_rounds,
)

__all__ = ["Host", "bind_host", "operators_context"]


@dataclass(frozen=True, slots=True)
class Host:
    """Everything that runs, bound and not yet open."""

    us: Run
    intake: Intake
    catalogue: Catalogue
    cases: CaseCatalogue
    adapters_door: AdaptersDoor
    bootstrap_door: BootstrapListener
    operators_door: web.AppRunner
    rounds: tuple[Round, ...]


def operators_context(settings: OperatorsDoor) -> ssl.SSLContext | None:
    """None for plain HTTP. Raises OSError and ssl.SSLError."""
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.certificate_key)
    return context


async def bind_host(
    settings: Settings,
    truth: Truth,
    authority: OurAuthority,
    *,
    clock: Clock,
    metrics: Metrics,
    ready: Callable[[], bool],
) -> Host:
    """Begin a run and make every part of it. Nothing listens and nothing ticks before the caller says so.

    Raises AuthorityFileError, OSError and ssl.SSLError for the doors' certificate and makers' authorities,
    AuthorityUnavailable, StoreFull.
    """
    makers = read_makers(settings.enrolment.makers, await ca_certificates(authority))
    folder = settings.host.certificate_folder
    trust = DoorTrust(authority, folder, lambda: as_datetime(clock.wall()), makers=makers.pem)
    parts = Parts(settings, truth, authority, trust, clock, metrics, makers)
    for_units, for_strangers = await trust.contexts()
    started_at = clock.wall()
    us = Run(settings.host.name, await truth.store.begin_run(settings.host.name, started_at), started_at)
    rollouts = RolloutWorker(clock)
    intake = Intake(truth.store, clock, _identity(us, settings), stirred=rollouts.stir)
    adapters_door = AdaptersDoor(settings.adapters_door, intake, clock, for_units, metrics)
    tasking = open_tasking(
        settings.tasks,
        store=truth.store,
        reads=truth.reads,
        clock=clock,
        line=adapters_door.line,
        intake=intake,
        folder=beside(settings.store.database),
    )
    catalogue = _catalogue(parts, adapters_door.line, tasking, rollouts.stir)
    cases = _cases(parts, adapters_door.line, await asyncio.to_thread(packaged_places))
    offers = OfferedModules(parts.truth.reads, settings.store.database.with_name("files"))
    bootstrap_door = open_bootstrap_door(parts, for_strangers, catalogue, adapters_door, offers)
    await trust.serve(adapters_door, bootstrap_door)
    _watch(metrics, intake, settings.store.database)
    look = partial(nudge_waiting, reads=truth.reads, line=adapters_door.line)
    rounds = host_rounds(
        us,
        store=truth.store,
        clock=clock,
        intake=intake,
        expire_pushes=catalogue.expire_pushes,
        end_due_adapters=catalogue.end_due_adapters,
    )
    return Host(
        us=us,
        intake=intake,
        catalogue=catalogue,
        cases=cases,
        adapters_door=adapters_door,
        bootstrap_door=bootstrap_door,
        operators_door=_operators_door(parts, catalogue, cases, ready),
        rounds=(
            *rounds,
            *tasking.rounds,
            *case_rounds(cases, settings.exchanges),
            area_round(cases.areas.watch_areas, settings.areas.areas_every_s),
            *contract_rounds(catalogue.contracts, settings.contracts),
            *await _identity_rounds(parts, adapters_door.line),
            audit_round(_export_heads(parts)),
            events_round(partial(forget_events, store=truth.store, clock=clock, kept_days=settings.events.kept_days)),
            rollouts.round(catalogue.rollouts.step_rollouts),
            Round("order_clock", _order_clock(parts, catalogue).look, ORDER_CLOCK_REST_S),
            Round("nudge_waiting", look, settings.pushes.look_every_s),
            Round("renew_trust", trust.renew, 60.0),
        ),
    )


def _order_clock(parts: Parts, catalogue: Catalogue) -> OrderClock:
    return OrderClock(
        clock=parts.clock,
        next_due=parts.truth.reads.next_due_order,
        fire=catalogue.schedules.fire_schedules,
        sleep=asyncio.sleep,
    )


async def _identity_rounds(parts: Parts, line: Line) -> tuple[Round, ...]:
    store, reads, units = parts.truth.store, parts.truth.reads, parts.settings.units
    # This run has no session yet: what was said before it began concerns none of its.
    fences = FenceWatch(reads, line, await reads.last_fence_change())
    attempts = PruneAttempts(store, LogBounds(of_unit=units.attempts_kept, of_strangers=units.strangers_kept))
    return identity_rounds(fences, attempts, partial(drop_old_fences, store=store, clock=parts.clock))


def _export_heads(parts: Parts) -> Callable[[], Awaitable[int]]:
    audit = parts.settings.audit
    return partial(
        export_heads,
        reads=parts.truth.reads,
        clock=parts.clock,
        seal=open_seal(audit.key_file),
        folder=FolderOfHeads(audit.heads_folder),
    )


def _identity(us: Run, settings: Settings) -> HostIdentity:
    return HostIdentity(
        host=us.host,
        run=us.run,
        report_interval_s=settings.units.report_interval_s,
        redial=redial_policy(settings.units),
        startup=StartupPolicy(tries=settings.pushes.startup_tries, confirm_timeout_s=settings.pushes.confirm_timeout_s),
        boot_loop=BootLimit(boots=settings.exchanges.boot_loop_starts, within_s=settings.exchanges.boot_loop_within_s),
        known_certificates=settings.units.require_known_certificate,
        tasks=task_policy(settings.tasks).limits,
    )


def _catalogue(parts: Parts, line: Line, tasking: Tasking, stir_rollouts: Callable[[], None]) -> Catalogue:
    people = parts.settings.people
    hasher = Argon2Hasher(at_once=people.hashes_at_once, waiting=people.hashes_waiting)
    return open_catalogue(
        store=parts.truth.store,
        clock=parts.clock,
        line=line,
        hasher=hasher,
        authority=parts.authority,
        people=people,
        pushes=parts.settings.pushes,
        enrolment=parts.settings.enrolment,
        consents=consent_policy(parts.settings.consents),
        contracts=parts.settings.contracts,
        groups=group_policy(parts.settings.groups),
        returns=return_policy(parts.settings.exchanges),
        snapshots=snapshot_policy(parts.settings.snapshots),
        rollouts=open_rollouts_catalogue(
            store=parts.truth.store,
            clock=parts.clock,
            line=line,
            policy=rollout_policy(parts.settings.rollouts),
            changed=stir_rollouts,
        ),
        rollover=open_rollover_catalogue(
            store=parts.truth.store,
            clock=parts.clock,
            reads=parts.truth.reads,
            succession=parts.authority,
            trust_changed=parts.trust.renew,
        ),
        configs=open_config_catalogue(
            store=parts.truth.store,
            clock=parts.clock,
            reads=parts.truth.reads,
            differ=ProcessDiffer(),
            masks=parts.settings.masking.masks(),
            seal=sealed_stream,
            hasher=hasher,
        ),
        tasks=tasking.catalogue,
    )


def _cases(parts: Parts, line: Line, places: Places) -> CaseCatalogue:
    settings = parts.settings.exchanges
    carrier, bell = open_carrier(parts.settings, parts.clock)
    return open_case_catalogue(
        store=parts.truth.store,
        clock=parts.clock,
        line=line,
        carrier=carrier,
        retry=retry_of(settings),
        policy=return_policy(settings),
        replacing=swap_policy(settings),
        areas=area_policy(parts.settings.areas, places),
        triage=triage_policy(settings),
        bell=bell,
        targets=errand_policy(settings),
        desk_telephone=settings.desk_telephone,
    )


def _operators_door(
    parts: Parts, catalogue: Catalogue, cases: CaseCatalogue, ready: Callable[[], bool]
) -> web.AppRunner:
    app = make_app(
        catalogue,
        cases,
        parts.truth.reads,
        parts.clock,
        parts.settings.operators_door,
        ready=ready,
        metrics=parts.metrics.generate,
        observe=parts.metrics.observe_request,
        hours=enquiry_hours(parts.settings.enquiry_hours),
    )
    return make_runner(app)


def _watch(metrics: Metrics, intake: Intake, database: Path) -> None:
    log = database.with_name(f"{database.name}-wal")
    metrics.watch("intake_batches_total", lambda: intake.batches)
    metrics.watch("intake_items_total", lambda: intake.items)
    metrics.watch("offer_answers_total", lambda: intake.offer_answers)
    metrics.watch("task_ends_total", lambda: intake.task_ends)
    metrics.watch("tasks_in_flight", lambda: len(intake.slots.holders))
    metrics.watch("database_bytes", lambda: database.stat().st_size)
    metrics.watch("database_log_bytes", lambda: log.stat().st_size if log.exists() else 0)
