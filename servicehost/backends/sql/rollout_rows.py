"""Rows of rollouts to nouns and back, and the statements that find members."""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Row, RowMapping, Select, and_, select, text

from servicehost.backends.sql import tables
from servicehost.backends.sql.case_tables import fault
from servicehost.backends.sql.rollout_tables import rollout_member
from servicehost.backends.sql.rows import as_text, to_session
from servicehost.domain.fault import FaultPhase
from servicehost.domain.presence import Lease
from servicehost.domain.rollout import UNFINISHED, Member, MemberState, Rollout, RolloutPlan, RolloutState
from servicehost.domain.rollout_rules import Candidate

__all__ = [
    "CANDIDATES",
    "FREE",
    "IN_SESSION",
    "MEMBERS",
    "faulty",
    "member_row",
    "rollout_row",
    "to_candidate",
    "to_member",
    "to_rollout",
]

_member = rollout_member.c
_adapter = tables.adapter.c
_binding = tables.binding.c
_session = tables.session.c
_lease = tables.lease.c
_fault = fault.c
_FIELDS: Final = Member.__struct_fields__
_plan: Final = msgspec.json.Decoder(RolloutPlan)
MEMBERS: Final = [_member[name] for name in _FIELDS]
_SESSION: Final = [_session[name] for name in ("epoch", "host", "run", "opened_at", "heard_at", "ended_at", "ending")]

IN_SESSION: Final = and_(_session.ended_at.is_(None), _session.run == _lease.run)
"""Of the rows of `CANDIDATES`: the unit is plainly in session."""

CANDIDATES: Final = (
    select(
        *MEMBERS,
        _adapter.startup_revision,
        _adapter.startup_digest,
        _adapter.out_of_service_at,
        _session.unit_id,
        *_SESSION,
        _lease.run.label("lease_run"),
        _lease.started_at.label("lease_started_at"),
        _lease.renewed_at.label("lease_renewed_at"),
    )
    .join(tables.adapter, _adapter.service_code == _member.service_code)
    .outerjoin(tables.binding, and_(_binding.service_code == _member.service_code, _binding.unbound_at.is_(None)))
    .outerjoin(tables.session, _session.unit_id == _binding.unit_id)
    .outerjoin(tables.lease, _lease.host == _session.host)
)


def _free() -> ColumnElement[bool]:
    """Nobody of the site is in flight, whichever rollout it belongs to, and the adapter tries no push."""
    near, push = rollout_member.alias("near"), tables.push.alias("tried")
    neighbour = select(near.c.position).where(
        near.c.management_code == _member.management_code,
        near.c.site == _member.site,
        # Word for word as the index of those in flight has it.
        text("near.state IN ('pushed', 'soaking', 'undoing')"),
    )
    on_trial = select(push.c.push).where(
        push.c.open_of == _member.service_code, push.c.phase.in_(["stored", "running"])
    )
    return and_(~neighbour.correlate(rollout_member).exists(), ~on_trial.correlate(rollout_member).exists())


FREE: Final = _free()


def faulty(number: int) -> Select[Any]:
    """From the open faults, which are few, to members."""
    hard = [FaultPhase.OPEN.value, FaultPhase.TRIAGED.value]
    return (
        select(*MEMBERS)
        .join(fault, _fault.service_code == _member.service_code)
        .where(_member.rollout == number, _member.state.in_([MemberState.PUSHED.value, MemberState.SOAKING.value]))
        .where(_fault.phase.in_(hard), _fault.opened_at >= _member.started_at)
    )


def to_rollout(row: RowMapping) -> Rollout:
    """A row of `rollout`."""
    fields = {name: row[name] for name in Rollout.__struct_fields__}
    kept = {"plan": _plan.decode(row["plan"]), "state": RolloutState(row["state"]), "undoing": bool(row["undoing"])}
    return Rollout(**fields | kept)


def rollout_row(rollout: Rollout) -> dict[str, Any]:
    """Without its number."""
    fields = {name: getattr(rollout, name) for name in Rollout.__struct_fields__ if name != "rollout"}
    return fields | {"plan": as_text(rollout.plan), "state": rollout.state.value}


def to_member(row: Row[*tuple[Any, ...]]) -> Member:
    """The first columns of a row, as `MEMBERS` has them."""
    fields = dict(zip(_FIELDS, row, strict=False))
    return Member(**fields | {"state": MemberState(fields["state"])})


def member_row(member: Member) -> tuple[Any, ...]:
    """In the order of the fields, and whose unfinished member it is."""
    unfinished_of = member.service_code if member.state in UNFINISHED else None
    return (
        *(str(one) if isinstance(one, MemberState) else one for one in msgspec.structs.astuple(member)),
        unfinished_of,
    )


def to_candidate(row: Row[*tuple[Any, ...]]) -> Candidate:
    """A row of `CANDIDATES`."""
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row by column
    return Candidate(
        member=to_member(row),
        startup_revision=fields["startup_revision"],
        startup_digest=fields["startup_digest"],
        out_of_service_at=fields["out_of_service_at"],
        unit_id=fields["unit_id"],
        session=None if fields["unit_id"] is None else to_session(fields),
        lease=_lease_of(fields),
    )


def _lease_of(fields: RowMapping) -> Lease | None:
    if fields["lease_run"] is None:
        return None
    return Lease(
        host=fields["host"],
        run=fields["lease_run"],
        started_at=fields["lease_started_at"],
        renewed_at=fields["lease_renewed_at"],
    )
