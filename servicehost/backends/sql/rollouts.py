"""Rollouts and their members, on one connection."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, case, func, insert, literal_column, null, or_, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.pushes import Pushes
from servicehost.backends.sql.rollout_rows import (
    CANDIDATES,
    FREE,
    IN_SESSION,
    MEMBERS,
    faulty,
    member_row,
    rollout_row,
    to_candidate,
    to_member,
    to_rollout,
)
from servicehost.backends.sql.rollout_tables import rollout, rollout_count, rollout_member
from servicehost.domain.config import Revision
from servicehost.domain.errors import NotFound
from servicehost.domain.module import MAIN
from servicehost.domain.push import Push
from servicehost.domain.rollout import Member, MemberState, Rollout, Tally
from servicehost.domain.rollout_freeze import Target
from servicehost.domain.rollout_rules import Candidate
from servicehost.ports.rollouts import Move

__all__ = ["RolloutRows"]

_rollout = rollout.c
_member = rollout_member.c
_count = rollout_count.c
_push = tables.push.c
_adapter = tables.adapter.c
_revision = tables.revision.c
_M = MemberState
_KEPT_AS_BORN: Final = ("rollout", "management_code", "plan", "created_at", "created_by", "author")
_MOVING: Final = (
    "state",
    "changed_at",
    "reason",
    "push",
    "started_at",
    "due_at",
    "former_revision",
    "former_digest",
    "undo_push",
)
_ADD: Final = Many(insert(rollout_member), [*Member.__struct_fields__, "unfinished_of"])
_MOVE = (
    update(rollout_member)
    .where(_member.rollout == bindparam("of_rollout"), _member.position == bindparam("of_position"))
    .values({**{name: bindparam(f"new_{name}") for name in _MOVING}, "unfinished_of": bindparam("new_unfinished_of")})
)
_MOVE_MANY: Final = Many(_MOVE)
_elsewhere = rollout_member.alias("elsewhere")
_other = _elsewhere.c
_later = tables.revision.alias("later").c
_MAIN: Final[ColumnElement[int]] = literal_column(str(MAIN))
_NEWEST: Final = (
    select(func.max(_later.revision))
    .where(
        _later.management_code == _adapter.management_code,
        _later.service_code == _adapter.service_code,
        _later.module == _MAIN,
    )
    .correlate(tables.adapter)
    .scalar_subquery()
)
_WORKING: Final = and_(
    _revision.management_code == _adapter.management_code,
    _revision.service_code == _adapter.service_code,
    _revision.module == _MAIN,
    _revision.revision == _NEWEST,
)
_TARGETS: Final = ByKeys(
    select(
        _adapter.service_code,
        _adapter.management_code,
        _adapter.declared_location,
        _adapter.site_name,
        _adapter.item,
        _adapter.out_of_service_at,
        _adapter.startup_revision,
        _adapter.startup_digest,
        _revision.revision.label("working_revision"),
        _revision.digest.label("working_digest"),
        _other.rollout,
    )
    .select_from(tables.adapter)
    .outerjoin(tables.revision, _WORKING)
    .outerjoin(_elsewhere, _other.unfinished_of == _adapter.service_code),
    (_adapter.service_code,),
    _adapter.management_code,
)
_AT: Final = ByKeys(
    select(*(_revision[name] for name in Revision.__struct_fields__)).where(_revision.module == _MAIN),
    (_revision.service_code, _revision.revision),
    _revision.management_code,
)
_targets: Final = msgspec.json.Decoder(list[Target])
_revisions: Final = msgspec.json.Decoder(list[Revision])


class RolloutRows(Pushes):
    """Tables `rollout`, `rollout_member` and `rollout_count`."""

    def add_rollout(self, made: Rollout) -> Rollout:
        self._own([made.management_code])
        statement = insert(rollout).values(rollout_row(made)).returning(_rollout.rollout)
        return msgspec.structs.replace(made, rollout=self._on.execute(statement).scalar_one())

    def rollout(self, number: int) -> Rollout | None:
        chosen = select(rollout).where(_rollout.rollout == number, *self._within(_rollout.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_rollout(row)

    def save_rollout(self, made: Rollout) -> None:
        changed = {name: value for name, value in rollout_row(made).items() if name not in _KEPT_AS_BORN}
        mine = (_rollout.rollout == made.rollout, *self._within(_rollout.management_code))
        self._on.execute(update(rollout).where(*mine).values(changed))

    def rollouts_to_look_at(self, now: int, limit: int) -> list[int]:
        chosen = (
            select(_rollout.rollout)
            .where(_rollout.due_at.is_not(None), or_(_rollout.due_at <= now, _rollout.in_flight > 0))
            .where(*self._within(_rollout.management_code))
            .order_by(_rollout.due_at, _rollout.rollout)
            .limit(limit)
        )
        return list(self._on.execute(chosen).scalars())

    def next_rollout_due(self) -> int | None:
        chosen = select(func.min(_rollout.due_at)).where(_rollout.due_at.is_not(None))
        return self._on.execute(chosen.where(*self._within(_rollout.management_code))).scalar()

    def rollout_targets(self, service_codes: Collection[str]) -> dict[str, Target]:
        found = _TARGETS.structs(self._on, service_codes, _targets, tenant=self._scope.management_code)
        return {target.service_code: target for target in found}

    def main_revisions_at(self, wanted: Collection[tuple[str, int]]) -> dict[str, Revision]:
        found = _AT.structs(self._on, wanted, _revisions, tenant=self._scope.management_code)
        return {one.service_code: one for one in found}

    def add_rollout_members(self, members: Sequence[Member]) -> None:
        self._own([one.management_code for one in members])
        for number in sorted({one.rollout for one in members}):
            self._demand(number)
        _ADD.run_tuples(self._on, [member_row(one) for one in members])
        for number in sorted({one.rollout for one in members}):
            self._recount(number)

    def move_members(self, moves: Sequence[Move]) -> None:
        self._own([one.after.management_code for one in moves])
        for number in sorted({one.after.rollout for one in moves}):
            self._demand(number)
        self._each(_MOVE, _MOVE_MANY, [_moving(one.after) for one in moves], _member.management_code)
        changed: Counter[tuple[int, str, int, str]] = Counter()
        for one in moves:
            whose = (one.after.rollout, one.after.management_code, one.after.wave)
            changed[*whose, one.before.state.value] -= 1
            changed[*whose, one.after.state.value] += 1
        for (number, code, wave, state), by in changed.items():
            if by:
                self._add_to_count(number, code, wave, state, by)

    def _add_to_count(self, number: int, management_code: str, wave: int, state: str, by: int) -> None:
        mine = (_count.rollout == number, _count.wave == wave, _count.state == state)
        statement = update(rollout_count).where(*mine).values(members=_count.members + by)
        if self._on.execute(statement).rowcount == 0:
            row = {"rollout": number, "wave": wave, "state": state, "members": by, "management_code": management_code}
            self._on.execute(insert(rollout_count).values(row))

    def end_members(self, number: int, states: Collection[MemberState], to: MemberState, reason: str, at: int) -> int:
        ended = {"state": to.value, "reason": reason, "changed_at": at, "due_at": None, "unfinished_of": None}
        mine = (_member.rollout == number, *self._within(_member.management_code))
        chosen = _member.state.in_([state.value for state in states])
        moved = self._on.execute(update(rollout_member).where(*mine, chosen).values(ended)).rowcount
        if moved:
            self._recount(number)
        return moved

    def mark_to_undo(self, number: int, failures: Collection[str], at: int) -> int:
        went_out = or_(
            _member.state.in_([_M.CONFIRMED.value, _M.SOAKING.value]),
            and_(_member.state == _M.FAILED.value, _member.reason.in_(list(failures))),
        )
        mine = (_member.rollout == number, *self._within(_member.management_code))
        elsewhere = (
            select(_other.position)
            .where(_other.unfinished_of == _member.service_code, _other.rollout != number)
            .correlate(rollout_member)
            .exists()
        )
        values = {
            "state": case((elsewhere, _M.KEPT.value), else_=_M.TO_UNDO.value),
            "reason": case((elsewhere, "in_other_rollout"), else_=null()),
            "unfinished_of": case((elsewhere, null()), else_=_member.service_code),
            "changed_at": at,
            "due_at": None,
        }
        self._on.execute(update(rollout_member).where(*mine, went_out).values(values))
        self._recount(number)
        return Tally.sum_of(list(self.tallies(number).values())).of(_M.TO_UNDO)

    def _recount(self, number: int) -> None:
        mine = (_member.rollout == number, *self._within(_member.management_code))
        counted = (
            select(_member.rollout, _member.wave, _member.state, _member.management_code, func.count())
            .where(*mine)
            .group_by(_member.rollout, _member.wave, _member.state, _member.management_code)
        )
        self._on.execute(
            update(rollout_count)
            .where(_count.rollout == number, *self._within(_count.management_code))
            .values(members=0)
        )
        for rollout_number, wave, state, code, members in self._on.execute(counted).all():
            self._add_to_count(rollout_number, code, wave, state, members)

    def member_codes(self, number: int) -> list[str]:
        chosen = select(_member.service_code).where(_member.rollout == number, *self._within(_member.management_code))
        return list(self._on.execute(chosen.order_by(_member.position)).scalars())

    def tallies(self, number: int) -> dict[int, Tally]:
        chosen = select(_count.wave, _count.state, _count.members).where(
            _count.rollout == number, *self._within(_count.management_code)
        )
        found: dict[int, dict[MemberState, int]] = {}
        for wave, state, members in self._on.execute(chosen).all():
            if members:
                found.setdefault(wave, {})[MemberState(state)] = members
        return {wave: Tally(counts=counts) for wave, counts in sorted(found.items())}

    def ended_members(self, number: int, limit: int) -> list[tuple[Member, Push]]:
        forth = and_(_member.state == _M.PUSHED.value, _push.push == _member.push)
        back = and_(_member.state == _M.UNDOING.value, _push.push == _member.undo_push)
        return self._with_pushes(number, forth, limit) + self._with_pushes(number, back, limit)

    def _with_pushes(self, number: int, which: Any, limit: int, *, ended: bool = True) -> list[tuple[Member, Push]]:
        over = _push.open_of.is_(None) if ended else _push.phase.in_(["queued", "offered"])
        chosen = (
            select(*MEMBERS)
            .join(tables.push, which)
            .where(_member.rollout == number, over, *self._within(_member.management_code))
            .order_by(_member.position)
            .limit(limit)
        )
        members = [to_member(row) for row in self._on.execute(chosen).all()]
        numbers = [_tried(one) for one in members]
        pushes = self.pushes(numbers)
        return [(one, pushes[push]) for one, push in zip(members, numbers, strict=True)]

    def recallable_members(self, number: int, limit: int) -> list[tuple[Member, Push]]:
        forth = and_(_member.state == _M.PUSHED.value, _push.push == _member.push)
        return self._with_pushes(number, forth, limit, ended=False)

    def overdue_members(self, number: int, now: int, limit: int) -> list[Member]:
        return self._members(_member.rollout == number, _member.due_at <= now, by=_member.due_at, limit=limit)

    def next_member_due(self, number: int) -> int | None:
        chosen = select(func.min(_member.due_at)).where(_member.rollout == number, _member.due_at.is_not(None))
        return self._on.execute(chosen.where(*self._within(_member.management_code))).scalar()

    def faulty_members(self, number: int, limit: int) -> list[Member]:
        chosen = faulty(number).where(*self._within(_member.management_code)).order_by(_member.position).limit(limit)
        return [to_member(row) for row in self._on.execute(chosen).all()]

    def silent_members(self, number: int, limit: int) -> list[Candidate]:
        tried = _member.state.in_([_M.PUSHED.value, _M.SOAKING.value])
        return self._candidates(number, tried, func.coalesce(~IN_SESSION, True), limit=limit)

    def waiting_members(self, number: int, wave: int, limit: int) -> list[Candidate]:
        return self._candidates(number, _member.state == _M.WAITING.value, _member.wave == wave, FREE, limit=limit)

    def returned_members(self, number: int, limit: int) -> list[Candidate]:
        return self._candidates(number, _member.state == _M.AWAY.value, IN_SESSION, FREE, limit=limit)

    def members_to_undo(self, number: int, limit: int) -> list[Candidate]:
        waits = _member.state == _M.TO_UNDO.value
        return self._candidates(number, waits, IN_SESSION, FREE, limit=limit, last_first=True)

    def _candidates(self, number: int, *which: Any, limit: int, last_first: bool = False) -> list[Candidate]:
        chosen = CANDIDATES.where(_member.rollout == number, *which, *self._within(_member.management_code))
        order = _member.position.desc() if last_first else _member.position
        return [to_candidate(row) for row in self._on.execute(chosen.order_by(order).limit(limit)).all()]

    def _members(self, *which: Any, by: Any, limit: int) -> list[Member]:
        chosen = select(*MEMBERS).where(*which, *self._within(_member.management_code))
        rows = self._on.execute(chosen.order_by(by, _member.position).limit(limit)).all()
        return [to_member(row) for row in rows]

    def _demand(self, number: int) -> None:
        if self.rollout(number) is None:
            raise NotFound("rollout_not_found", f"There is no rollout {number}")


def _tried(member: Member) -> int:
    push = member.undo_push if member.state is _M.UNDOING else member.push
    assert push is not None  # noqa: S101 - the statement that found it joined them
    return push


def _moving(member: Member) -> dict[str, Any]:
    values = {f"new_{name}": getattr(member, name) for name in _MOVING}
    return values | {
        "new_state": member.state.value,
        "new_unfinished_of": member_row(member)[-1],
        "of_rollout": member.rollout,
        "of_position": member.position,
    }
