"""Triage: a person of the provider says what caused a fault, and by what evidence."""

from typing import Final

import msgspec

from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Cause, FactName, Source
from servicehost.domain.fault import Fault, FaultNews, next_phase
from servicehost.domain.instant import as_datetime

__all__ = ["MAX_EVIDENCE", "triage"]

MAX_EVIDENCE: Final = 1_000


def triage(fault: Fault, cause: Cause, evidence: str, author: str, now: int) -> tuple[Fault, Fact]:
    """The fault after it, and the statement of the cause. A later triage corrects an earlier one.

    Raises Invalid `no_evidence` or `evidence_too_long`; Conflict `fault_closed`.
    """
    if not evidence.strip():
        raise Invalid("no_evidence", "Say by what evidence the cause was found")
    if len(evidence) > MAX_EVIDENCE:
        raise Invalid("evidence_too_long", f"Evidence has at most {MAX_EVIDENCE} characters")
    phase = next_phase(fault, FaultNews.TRIAGED)
    if phase is None:
        raise Conflict("fault_closed", f"Fault {fault.fault} is closed: {fault.reason}")
    after = msgspec.structs.replace(fault, phase=phase, cause=cause, changed_at=now)
    return after, Fact(name=FactName.CAUSE, value=cause, source=Source.TRIAGE, time=as_datetime(now), author=author)
