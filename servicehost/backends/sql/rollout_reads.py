"""`ports.rollouts.RolloutReads` on SQLite."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql.rollout_rows import MEMBERS, to_member, to_rollout
from servicehost.backends.sql.rollout_tables import rollout, rollout_count, rollout_member
from servicehost.domain.contract import Scope
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutState, Tally
from servicehost.ports.rollouts import RolloutView

__all__ = ["SqlRolloutsReads"]

_rollout = rollout.c
_member = rollout_member.c
_count = rollout_count.c


class SqlRolloutsReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rollouts(
        self,
        scope: Scope,
        *,
        states: Collection[RolloutState] = (),
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[RolloutView]:
        number = _rollout.rollout
        chosen = select(rollout).order_by(number.desc() if newest_first else number).limit(limit)
        if after or not newest_first:
            chosen = chosen.where(number < after if newest_first else number > after)
        if states:
            chosen = chosen.where(_rollout.state.in_([state.value for state in states]))
        return await self._rollout_views(chosen, scope)

    async def rollout_counts(self, scope: Scope) -> dict[str, int]:
        chosen = select(_rollout.state, func.count()).group_by(_rollout.state)
        if scope.management_code is not None:
            chosen = chosen.where(_rollout.management_code == scope.management_code)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen)).all()
        return {row[0]: row[1] for row in rows}

    async def rollout_view(self, scope: Scope, number: int) -> RolloutView | None:
        views = await self._rollout_views(select(rollout).where(_rollout.rollout == number), scope)
        return views[0] if views else None

    async def _rollout_views(self, chosen: Select[Any], scope: Scope) -> list[RolloutView]:
        if scope.management_code is not None:
            chosen = chosen.where(_rollout.management_code == scope.management_code)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # the driver begins nothing of its own accord for reads
            found = [to_rollout(row) for row in (await on.execute(chosen)).mappings()]
            counts = select(rollout_count).where(_count.rollout.in_([one.rollout for one in found]), _count.members > 0)
            rows = (await on.execute(counts)).mappings().all()
        return [_view(one, [row for row in rows if row["rollout"] == one.rollout]) for one in found]

    async def rollout_members(
        self,
        scope: Scope,
        number: int,
        *,
        states: Collection[MemberState] = (),
        wave: int | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Member]:
        chosen = select(*MEMBERS).where(_member.rollout == number, _member.position > after)
        if scope.management_code is not None:
            chosen = chosen.where(_member.management_code == scope.management_code)
        if states:
            chosen = chosen.where(_member.state.in_([state.value for state in states]))
        if wave is not None:
            chosen = chosen.where(_member.wave == wave)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_member.position).limit(limit))).all()
        return [to_member(row) for row in rows]


def _view(one: Rollout, rows: Sequence[Any]) -> RolloutView:
    counts: dict[int, dict[MemberState, int]] = {}
    for row in rows:
        counts.setdefault(row["wave"], {})[MemberState(row["state"])] = row["members"]
    return RolloutView(rollout=one, tallies={wave: Tally(counts=found) for wave, found in sorted(counts.items())})
