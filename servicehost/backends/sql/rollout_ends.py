"""Rollouts and members that the end of a contract stops, on one connection."""

from collections.abc import Collection

from sqlalchemy import select

from servicehost.backends.sql.rollout_rows import MEMBERS, to_member
from servicehost.backends.sql.rollout_tables import rollout, rollout_member
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.rollout import Member, RolloutState

__all__ = ["RolloutEndRows"]

_rollout = rollout.c
_member = rollout_member.c


class RolloutEndRows(Scoped):
    """`ports.rollout_ends.RolloutEnds`."""

    def rollouts_of(self, management_code: str, states: Collection[RolloutState]) -> list[int]:
        mine = (_rollout.management_code == management_code, *self._within(_rollout.management_code))
        chosen = select(_rollout.rollout).where(*mine, _rollout.state.in_([state.value for state in states]))
        return list(self._on.execute(chosen.order_by(_rollout.rollout)).scalars())

    def unfinished_members_of(self, service_codes: Collection[str]) -> list[Member]:
        named = _member.unfinished_of.in_(list(service_codes))
        chosen = select(*MEMBERS).where(named, *self._within(_member.management_code))
        return [to_member(row) for row in self._on.execute(chosen.order_by(_member.unfinished_of)).all()]
