"""Presence, stage and drift as SQL: what `domain.presence`, `domain.config_state` and `domain.module` judge in Python.

A unit's module states and the modules of a startup config are JSON in their rows, read by the database's own functions
(SQLite's; another dialect has its own names for them).
"""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select

from servicehost.backends.sql import tables
from servicehost.domain.attempt import AttemptOutcome
from servicehost.domain.config_state import Stage
from servicehost.domain.presence import LEASE_LIFE_MS, OUR_OWN, REDIAL_CAP_MS, Presence
from servicehost.domain.push import OPEN_PHASES, Phase
from servicehost.domain.query import NO_UNIT

__all__ = ["drift_in", "presence_in", "stage_in"]

_adapter = tables.adapter.c
_binding = tables.binding.c
_session = tables.session.c
_lease = tables.lease.c
_push = tables.push.c
_attempt = tables.attempt.c


def presence_in(now: int) -> ColumnElement[str]:
    """One of the words of `domain.presence`, or `no_unit`; never NULL."""
    dead = or_(_lease.host.is_(None), now - _lease.renewed_at > LEASE_LIFE_MS)
    ours = func.coalesce(_session.ending, "").in_(sorted(OUR_OWN))
    since = case((_lease.started_at > _session.ended_at, _lease.started_at), else_=_session.ended_at)
    over = _session.ended_at.is_not(None)
    return case(
        (_binding.unit_id.is_(None), NO_UNIT),
        (func.coalesce(_session.epoch, 0) == 0, Presence.NEVER.value),
        (and_(over, ~ours), Presence.DISCONNECTED.value),
        (dead, Presence.UNKNOWN.value),
        (and_(over, now - since <= REDIAL_CAP_MS), Presence.UNKNOWN.value),
        (over, Presence.DISCONNECTED.value),
        (_lease.run == _session.run, Presence.CONNECTED.value),
        (now - _lease.started_at <= REDIAL_CAP_MS, Presence.UNKNOWN.value),
        else_=Presence.DISCONNECTED.value,
    )


def stage_in(now: int, tenant: str | None) -> ColumnElement[str]:
    """How far the unit's boot has come; empty without a unit. Of attempts a tenant sees their own."""
    here, phase, kind = presence_in(now), _of_newest_push(_push.phase), _of_newest_push(_push.kind)
    trial, failed = _of_main("$.trial"), _of_main("$.last_failed.digest")
    startup = func.coalesce(_adapter.startup_digest, "")
    runs = and_(startup != "", func.coalesce(_of_main("$.confirmed.digest"), "") == startup)
    away, idle = here != Presence.CONNECTED.value, func.coalesce(phase, "").not_in(sorted(OPEN_PHASES))
    settled = and_(idle, trial.is_(None))
    proving = and_(
        here != Presence.UNKNOWN.value, ~_refused(tenant), phase.in_([Phase.STORED.value, Phase.RUNNING.value])
    )
    return case(
        (_binding.unit_id.is_(None), ""),
        (and_(away, func.coalesce(proving, 0) == 1), Stage.CONFIRMING.value),
        (away, Stage.INITIAL.value),
        (and_(settled, or_(startup == "", runs)), Stage.READY.value),
        (and_(settled, failed == startup), Stage.PULLED.value),
        (settled, Stage.INITIAL.value),
        (and_(runs, or_(idle, kind != "startup")), Stage.OPERATING.value),
        (or_(trial.is_not(None), phase == Phase.RUNNING.value), Stage.CONFIRMING.value),
        (phase == Phase.STORED.value, Stage.PULLED.value),
        else_=Stage.INITIAL.value,
    )


def drift_in() -> ColumnElement[str]:
    """`yes`, `no`, or `unknown` while nothing was confirmed or no unit has said what it runs."""
    states = func.json_each(_session.modules).table_valued("value")
    says = exists(select(states.c.value).where(func.json_extract(states.c.value, "$.running").is_not(None)))
    wanted = func.json_each(_adapter.startup_modules).table_valued("value")
    module, digest = (func.json_extract(wanted.c.value, path) for path in ("$[0]", "$[2]"))
    some = exists(select(wanted.c.value).where(_differs(module, digest)))
    one = and_(func.coalesce(_adapter.startup_modules, "[]") == "[]", _differs(0, _adapter.startup_digest))
    return case(
        (or_(_adapter.startup_revision.is_(None), _adapter.startup_digest.is_(None), ~_here(says)), "unknown"),
        (or_(_here(some), one), "yes"),
        else_="no",
    )


def _differs(module: Any, digest: Any) -> ColumnElement[bool]:
    running = _of_module(module, "$.running.digest")
    return and_(_of_module(module, "$.trial").is_(None), func.coalesce(running, "") != digest)


def _here(found: Any) -> Any:
    return found.correlate(tables.adapter, tables.session)


def _of_main(path: str) -> ScalarSelect[Any]:
    return _of_module(0, path)


def _of_module(module: Any, path: str) -> ScalarSelect[Any]:
    """What the unit has said of a module; a field that has its default is left out of the JSON."""
    state = func.json_each(_session.modules).table_valued("value")
    of = func.coalesce(func.json_extract(state.c.value, "$.module"), 0) == module
    return select(func.json_extract(state.c.value, path)).select_from(state).where(of).limit(1).scalar_subquery()


def _of_newest_push(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    newest = select(column).where(_push.service_code == _adapter.service_code).order_by(_push.push.desc()).limit(1)
    return newest.correlate(tables.adapter).scalar_subquery()


def _refused(tenant: str | None) -> ColumnElement[bool]:
    """Whether the last that was heard of the unit is that it was turned away."""
    later = tables.attempt.alias("later")
    newest = select(func.max(later.c.attempt)).where(later.c.unit_id == _binding.unit_id)
    refused = exists().where(
        _attempt.attempt == newest.correlate(tables.binding).scalar_subquery(),
        _attempt.outcome == AttemptOutcome.REFUSED.value,
        _attempt.at >= _session.heard_at,
    )
    if tenant is not None:
        refused = refused.where(_attempt.management_code == tenant)
    return refused.correlate(tables.binding, tables.session)
