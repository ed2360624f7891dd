"""The clock's door: long silence becomes a suspected fault, and a suspicion whose unit is heard again ends."""

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.fault import FaultEnd, FaultNews, FaultPhase, next_phase
from servicehost.domain.presence import Presence, presence
from servicehost.domain.symptom import Symptom, SymptomKind, silence
from servicehost.operations.casework import HOST, Word, fault_moves
from servicehost.operations.note_symptoms import note_symptoms
from servicehost.ports.cases import Watched
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["SilenceRound", "suspect_silence"]


class SilenceRound(msgspec.Struct, frozen=True, kw_only=True):
    """How many silences were noted, and how many suspicions ended."""

    noted: int
    came_back: int


async def suspect_silence(after_ms: int, limit: int = 10_000, *, store: Store, clock: Clock) -> SilenceRound:
    """Note every unit that has been silent for `after_ms`, at most `limit`. Harmless twice.

    Silence that our own host or network explains is none. It opens a suspicion, or joins the fault there is.
    """
    now = clock.wall()

    def work(batch: Batch) -> SilenceRound:
        return SilenceRound(noted=_note(batch, now, after_ms, limit), came_back=_close(batch, now, limit))

    return await store.batch(EVERYTHING, work)


def _note(batch: Batch, now: int, after_ms: int, limit: int) -> int:
    leases = batch.leases()
    symptoms = [
        _symptom(one, evidence, now)
        for one in batch.unheard_since(now - after_ms, limit)
        if (evidence := silence(one.row, leases.get(one.row.host), now, after_ms))
    ]
    return len(note_symptoms(batch, symptoms))


def _symptom(one: Watched, evidence: str, now: int) -> Symptom:
    return Symptom(
        kind=SymptomKind.SILENCE,
        service_code=one.service_code,
        management_code=one.management_code,
        unit_id=one.unit_id,
        seen_at=now,
        evidence=evidence,
    )


def _close(batch: Batch, now: int, limit: int) -> int:
    leases = batch.leases()
    back = [
        one.service_code
        for one in batch.waiting_to_come_back(limit)
        if presence(one.row, leases.get(one.row.host), now) is Presence.CONNECTED
    ]
    closed = 0
    for code, fault in sorted(batch.open_faults(back).items()):
        ends = next_phase(fault, FaultNews.CAME_BACK) is FaultPhase.CLOSED
        if ends and batch.open_exchange_of(code) is None:
            fault_moves(batch, fault, FaultPhase.CLOSED, Word(by=HOST, at=now), FaultEnd.CAME_BACK)
            closed += 1
    return closed
