"""The outbox: reactions, written with what caused them."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.case_rows import reaction_row, to_reaction
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.reaction import Reaction

__all__ = ["Outbox"]

_row = case_tables.outbox.c
_earlier = case_tables.outbox.alias("earlier")
_BLOCKED = (
    select(_earlier.c.number)
    .where(
        _earlier.c.service_code == _row.service_code, _earlier.c.number < _row.number, _earlier.c.parked_at.is_(None)
    )
    .exists()
)


class Outbox(Scoped):
    """Table `outbox`."""

    def add_reactions(self, reactions: Sequence[Reaction]) -> None:
        if reactions:
            self._own([reaction.management_code for reaction in reactions])
            self._on.execute(insert(case_tables.outbox), [reaction_row(reaction) for reaction in reactions])

    def due_reactions(self, now: int, limit: int) -> list[Reaction]:
        chosen = (
            select(case_tables.outbox)
            .where(_row.parked_at.is_(None), _row.next_try_at <= now, ~_BLOCKED, *self._within(_row.management_code))
            .order_by(_row.number)
            .limit(limit)
        )
        return [to_reaction(row) for row in self._on.execute(chosen).mappings()]

    def reaction(self, number: int) -> Reaction | None:
        chosen = select(case_tables.outbox).where(_row.number == number, *self._within(_row.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_reaction(row)

    def save_reaction(self, reaction: Reaction) -> None:
        self._own([reaction.management_code])
        chosen = update(case_tables.outbox).where(_row.number == reaction.number, *self._within(_row.management_code))
        self._on.execute(chosen.values(reaction_row(reaction)))

    def drop_reaction(self, number: int) -> None:
        self._on.execute(delete(case_tables.outbox).where(_row.number == number, *self._within(_row.management_code)))
