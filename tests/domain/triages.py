"""Evidence and answers for triages, as short as a table needs them."""

from typing import Any, Final

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.evidence import Evidence, Nearness, NeighbourCount, OurTrouble, PushBefore, SymptomSeen
from servicehost.domain.presence import Presence
from servicehost.domain.status import Status
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage_question import Answer, AnswerSource, Question, Reply

NOW: Final = 10_000_000
SINCE: Final = NOW - 900_000


def symptom(kind: SymptomKind) -> SymptomSeen:
    return SymptomSeen(kind=kind, component="flash", evidence="seen", first_at=SINCE, last_at=SINCE, times=1)


def heard(*kinds: SymptomKind, **known: Any) -> Evidence:
    """Of a unit that is heard."""
    plain: dict[str, Any] = {
        "began_at": SINCE,
        "symptoms": tuple(symptom(kind) for kind in kinds),
        "presence": Presence.CONNECTED,
        "boot_cause": "power_on",
    }
    return Evidence(**(plain | known))


def silent(*kinds: SymptomKind, **known: Any) -> Evidence:
    """Of a unit that is not."""
    gone = {"presence": Presence.DISCONNECTED, "silent_since": SINCE, "ending": "connection_lost"}
    return heard(SymptomKind.SILENCE, *kinds, **(gone | known))


def neighbours(nearness: Nearness, **counts: int) -> tuple[NeighbourCount, ...]:
    return (NeighbourCount(nearness=nearness, **counts),)


def attempt(reason: str, outcome: AttemptOutcome = AttemptOutcome.REFUSED, at: int = SINCE + 1) -> Attempt:
    return Attempt(at=at, host="h", remote_address="127.0.0.1:1", outcome=outcome, reason=reason)


def said(
    question: Question, reply: Reply, source: AnswerSource = AnswerSource.OPERATION_MANAGER, at: int = NOW
) -> Answer:
    return Answer(fault=1, question=question, reply=reply, source=source, author="anna", at=at)


PUSH: Final = PushBefore(
    push=7, revision=3, phase="confirmed", kind="operator", changed_at=SINCE - 60_000, ordered_by="anna"
)
FAILING: Final = Status(reported_at=SINCE, uptime_s=9, health={"flash": "failed", "fan": "ok"})
OURS: Final = {"presence": Presence.UNKNOWN, "our_trouble": OurTrouble.HOST_GONE}
