"""`ports.triage` on SQLite: the batch's part on its connection, and the reads' snapshot."""

from sqlalchemy import Select, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.case_rows import to_fault
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.triage_rows import made_record, questions, written
from servicehost.backends.sql.triage_tables import triage_answer, triage_finding
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.evidence import TriageFinding, TriageRecord
from servicehost.domain.fault import Fault
from servicehost.domain.triage_question import Answer

__all__ = ["SqlTriageReads", "Triages"]

_fault = case_tables.fault.c


def _the_fault(fault: int, scope: Scope) -> Select[tuple[object, ...]]:
    chosen = select(case_tables.fault).where(_fault.fault == fault)
    return chosen if scope.management_code is None else chosen.where(_fault.management_code == scope.management_code)


class Triages(Scoped):
    """Tables `triage_answer` and `triage_finding`, and everything that is evidence of a fault."""

    def triage_record(self, fault: int) -> TriageRecord | None:
        found = self._fault_of(fault)
        if found is None:
            return None
        rows = {name: self._on.execute(one).mappings().all() for name, one in questions(found).items()}
        return made_record(found, rows)

    def add_triage_answer(self, answer: Answer) -> None:
        self._put_triage(triage_answer, answer)

    def add_triage_finding(self, finding: TriageFinding) -> None:
        self._put_triage(triage_finding, finding)

    def _put_triage(self, table: Table, what: Answer | TriageFinding) -> None:
        found = self._fault_of(what.fault)
        if found is None:
            raise NotFound("no_fault", "No such fault")
        self._on.execute(insert(table).values(written(what, found.management_code)))

    def _fault_of(self, fault: int) -> Fault | None:
        row = self._on.execute(_the_fault(fault, self._scope)).mappings().first()
        return None if row is None else to_fault(row)


class SqlTriageReads:
    """One snapshot."""

    _engine: AsyncEngine

    async def triage_record(self, scope: Scope, fault: int) -> TriageRecord | None:
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            row = (await on.execute(_the_fault(fault, scope))).mappings().first()
            if row is None:
                return None
            found = to_fault(row)
            rows = {name: (await on.execute(one)).mappings().all() for name, one in questions(found).items()}
        return made_record(found, rows)
