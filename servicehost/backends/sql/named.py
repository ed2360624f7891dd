"""What people have given a name that no other of its kind has in the contract."""

from typing import Any

from sqlalchemy import Table, select

from servicehost.backends.sql.rows import Scoped
from servicehost.domain.errors import Conflict

__all__ = ["Named"]


class Named(Scoped):
    """Tables with the columns `number`, `management_code` and `name`."""

    def _free_name(self, table: Table, code: str, row: dict[str, Any], number: int) -> None:
        """Raises Conflict `code` when another thing of the contract has the row's name."""
        taken = select(table.c.number).where(
            table.c.management_code == row["management_code"],
            table.c.name == row["name"],
            table.c.number != number,
            *self._within(table.c.management_code),
        )
        if self._on.execute(taken).first() is not None:
            raise Conflict(code, f"{row['management_code']} has one of that name already; choose another")
