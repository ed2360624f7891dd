"""Units that start are remembered for a while; too many starts of one unit are a symptom."""

from collections.abc import Sequence

from servicehost.domain.symptom import Boot, BootLimit, Symptom, SymptomKind, boot_loop
from servicehost.operations.note_symptoms import note_symptoms
from servicehost.ports.session_rows import Place
from servicehost.ports.store import Batch

__all__ = ["note_boots"]


def note_boots(batch: Batch, starts: Sequence[tuple[Place, Boot]], limit: BootLimit, now: int) -> None:
    """Take the starts among hellos: those whose boot differs from the one of the unit's hello before."""
    fresh = [(place, boot) for place, boot in starts if place.boot_id != boot.boot_id]
    if not fresh:
        return
    batch.add_boots([boot for _, boot in fresh], drop_before=now - limit.within_s * 1000)
    known = batch.boots({place.unit_id for place, _ in fresh if place.service_code is not None})
    looping = [(place, why) for place, _ in fresh if (why := boot_loop(known.get(place.unit_id, []), now, limit))]
    note_symptoms(batch, [symptom for place, why in looping if (symptom := _symptom(place, why, now)) is not None])


def _symptom(place: Place, evidence: str, now: int) -> Symptom | None:
    if place.service_code is None or place.management_code is None:
        return None
    return Symptom(
        kind=SymptomKind.BOOT_LOOP,
        service_code=place.service_code,
        management_code=place.management_code,
        unit_id=place.unit_id,
        seen_at=now,
        evidence=evidence,
    )
