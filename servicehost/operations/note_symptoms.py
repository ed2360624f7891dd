"""Symptoms open a fault or join the one there is. They order nothing."""

from collections.abc import Sequence

from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.fault import Fault, FaultPhase, news_of, next_phase, opened
from servicehost.domain.symptom import Symptom, symptom_of
from servicehost.operations.casework import HOST, Word, fault_event, fault_moves, tell
from servicehost.ports.store import Batch

__all__ = ["note_symptoms", "symptoms_in"]


def symptoms_in(events: Sequence[Event]) -> list[Symptom]:
    """The symptoms among units' own events."""
    return [symptom for event in events if (symptom := symptom_of(event)) is not None]


def note_symptoms(batch: Batch, symptoms: Sequence[Symptom]) -> list[Fault]:
    """The fault of each symptom, in order. One already on its fault is counted there and tells nothing again."""
    faults = batch.open_faults({symptom.service_code for symptom in symptoms})
    noted = []
    for symptom in symptoms:
        fault = _fault_for(batch, faults.get(symptom.service_code), symptom)
        faults[symptom.service_code] = fault
        if batch.add_symptom(fault.fault, symptom):
            tell(batch, [_seen(fault, symptom)])
        noted.append(fault)
    return noted


def _fault_for(batch: Batch, fault: Fault | None, symptom: Symptom) -> Fault:
    phase = next_phase(fault, news_of(symptom.kind))
    word = Word(by=HOST, at=symptom.seen_at, reason=symptom.kind)
    if fault is not None:
        return fault if phase is None else fault_moves(batch, fault, phase, word)
    assert phase is not None  # noqa: S101 - every symptom opens a fault where there is none
    new = opened(symptom.service_code, symptom.management_code, symptom.unit_id, phase, symptom.seen_at)
    fault = batch.add_fault(new)
    sub_type = "fault_suspected" if phase is FaultPhase.SUSPECTED else "fault_opened"
    tell(batch, [fault_event(fault, sub_type, word)])
    return fault


def _seen(fault: Fault, symptom: Symptom) -> Event:
    return Event(
        at=symptom.seen_at,
        class_=EventClass.MONITOR,
        sub_type="symptom_seen",
        severity=Severity.WARNING,
        management_code=symptom.management_code,
        service_code=symptom.service_code,
        unit_id=symptom.unit_id,
        reason=symptom.kind,
        detail={"fault": fault.fault, "component": symptom.component, "evidence": symptom.evidence},
    )
