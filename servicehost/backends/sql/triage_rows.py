"""Everything that is evidence of a fault: the questions to the store, and what their answers make."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, Select, and_, case, select

from servicehost.backends.sql import case_tables, tables
from servicehost.backends.sql.attempts import to_attempt
from servicehost.backends.sql.case_rows import to_symptom
from servicehost.backends.sql.rows import PUSH_COLUMNS, read_status, to_push, to_session
from servicehost.backends.sql.triage_tables import triage_answer, triage_finding
from servicehost.domain.evidence import Neighbour, SymptomSeen, TriageFinding, TriageRecord, UnitRecord
from servicehost.domain.fault import Fault
from servicehost.domain.presence import Lease
from servicehost.domain.symptom import Boot
from servicehost.domain.triage_question import Answer, AnswerSource, Question, Reply

__all__ = ["GAPS_LENGTH", "made_record", "questions", "written"]

GAPS_LENGTH: Final = 56
"""So much of the older gaps between reports is kept beside the newest."""
_GAPS: Final = 8
_NEIGHBOURS: Final = 500
_ATTEMPTS: Final = 20
_PUSHES: Final = 10

_adapter = tables.adapter.c
_binding = tables.binding.c
_session = tables.session.c
_certificate = tables.certificate.c
_symptom = case_tables.symptom.c
_boot = case_tables.boot.c
_attempt = tables.attempt.c
_push = tables.push.c

_Rows = Mapping[str, Sequence[RowMapping]]


def questions(fault: Fault) -> Mapping[str, Select[Any]]:
    """What `made_record` reads, by its name there. A unit that has gone to another contract shows nothing of that."""
    tenant, unit_id = fault.management_code, fault.unit_id
    return {
        "adapter": select(_adapter.declared_location).where(_adapter.service_code == fault.service_code),
        "symptoms": select(case_tables.symptom).where(_symptom.fault == fault.fault).order_by(_symptom.first_at),
        "unit": _unit(tenant, unit_id),
        "boots": select(case_tables.boot)
        .where(_boot.unit_id == unit_id, _boot.management_code == tenant)
        .order_by(_boot.at),
        "attempts": select(tables.attempt)
        .where(_attempt.unit_id == unit_id, _attempt.management_code == tenant)
        .order_by(_attempt.attempt.desc())
        .limit(_ATTEMPTS),
        "pushes": select(*PUSH_COLUMNS)
        .where(_push.service_code == fault.service_code)
        .order_by(_push.push.desc())
        .limit(_PUSHES),
        "neighbours": _neighbours(fault),
        "leases": select(tables.lease),
        "answers": select(triage_answer).where(triage_answer.c.fault == fault.fault).order_by(triage_answer.c.number),
        "findings": select(triage_finding)
        .where(triage_finding.c.fault == fault.fault)
        .order_by(triage_finding.c.number),
    }


def _unit(tenant: str, unit_id: int | None) -> Select[Any]:
    return (
        select(tables.session, _certificate.not_after, _certificate.revoked_at)
        .outerjoin(tables.certificate, _certificate.fingerprint == _session.certificate)
        .where(_session.unit_id == unit_id, _session.management_code == tenant)
    )


def _neighbours(fault: Fault) -> Select[Any]:
    """Those of the same declared location first."""
    code = fault.service_code
    mine = select(_adapter.declared_location).where(_adapter.service_code == code).scalar_subquery()
    near = case((_adapter.declared_location == mine, 0), else_=1)
    return (
        select(tables.session, _adapter.declared_location)
        .join(tables.binding, and_(_binding.unit_id == _session.unit_id, _binding.unbound_at.is_(None)))
        .join(tables.adapter, _adapter.service_code == _binding.service_code)
        .where(_binding.management_code == fault.management_code, _binding.service_code != code)
        .order_by(near, _binding.service_code)
        .limit(_NEIGHBOURS + 1)
    )


def made_record(fault: Fault, rows: _Rows) -> TriageRecord:
    """The record, from the answers to `questions`."""
    neighbours = rows["neighbours"]
    return TriageRecord(
        fault=fault,
        location=next((row["declared_location"] for row in rows["adapter"]), ""),
        symptoms=tuple(_symptoms(rows["symptoms"])),
        unit=next((_unit_record(row) for row in rows["unit"]), None),
        boots=tuple(_each(rows["boots"], _to_boot)),
        attempts=tuple(_each(rows["attempts"], to_attempt)),
        pushes=tuple(to_push(tuple(row.values())) for row in rows["pushes"]),
        neighbours=tuple(_each(neighbours[:_NEIGHBOURS], _to_neighbour)),
        neighbours_complete=len(neighbours) <= _NEIGHBOURS,
        leases={row["host"]: _to_lease(row) for row in rows["leases"]},
        answers=tuple(_each(rows["answers"], _to_answer)),
        findings=tuple(_each(rows["findings"], _to_finding)),
    )


def _each(rows: Sequence[RowMapping], made: Callable[[RowMapping], Any]) -> Iterator[Any]:
    return (made(row) for row in rows)


def _symptoms(rows: Sequence[RowMapping]) -> Iterator[SymptomSeen]:
    for row in rows:
        seen = to_symptom(row)
        yield SymptomSeen(**{name: getattr(seen, name) for name in SymptomSeen.__struct_fields__})


def _unit_record(row: RowMapping) -> UnitRecord:
    return UnitRecord(
        session=to_session(row),
        address=row["remote_address"],
        boot_cause=row["boot_cause"],
        status=read_status(row["status"]),
        gaps_ms=_gaps(row["report_gaps"]),
        certificate_ends_at=row["not_after"],
        certificate_revoked=row["revoked_at"] is not None,
    )


def _gaps(text: str) -> tuple[int, ...]:
    """The first number of a text that was cut may be half of one."""
    numbers = text.split()
    whole = numbers[1:] if len(text) > GAPS_LENGTH else numbers
    return tuple(int(number) for number in whole[-_GAPS:])


def _to_boot(row: RowMapping) -> Boot:
    return Boot(unit_id=row["unit_id"], boot_id=row["boot_id"], cause=row["cause"], at=row["at"])


def _to_neighbour(row: RowMapping) -> Neighbour:
    return Neighbour(location=row["declared_location"], address=row["remote_address"], session=to_session(row))


def _to_lease(row: RowMapping) -> Lease:
    return Lease(host=row["host"], run=row["run"], started_at=row["started_at"], renewed_at=row["renewed_at"])


def _to_answer(row: RowMapping) -> Answer:
    made = {"question": Question(row["question"]), "reply": Reply(row["reply"]), "source": AnswerSource(row["source"])}
    return Answer(**{name: row[name] for name in Answer.__struct_fields__} | made)


def _to_finding(row: RowMapping) -> TriageFinding:
    return TriageFinding(**{name: row[name] for name in TriageFinding.__struct_fields__})


def written(struct: Answer | TriageFinding, management_code: str) -> dict[str, Any]:
    """A row of its table, without its number."""
    return msgspec.structs.asdict(struct) | {"management_code": management_code}
