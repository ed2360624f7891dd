"""The evidence of a fault that the machine has already: what was seen of the unit, of its neighbours and of ourselves.

A function of what the store keeps and of the time; nothing here asks a person. Neighbours are adapters of the same
management contract: another customer's silence is nobody's business.
"""

import enum
import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.fault import Fault
from servicehost.domain.presence import OUR_OWN, Lease, Presence, SessionRow, presence
from servicehost.domain.push import Push
from servicehost.domain.status import Status
from servicehost.domain.symptom import Boot, SymptomKind, silent_since
from servicehost.domain.triage_question import Answer

__all__ = [
    "Evidence",
    "Nearness",
    "Neighbour",
    "NeighbourCount",
    "OurTrouble",
    "PushBefore",
    "SymptomSeen",
    "TriageFinding",
    "TriagePolicy",
    "TriageRecord",
    "UnitRecord",
    "evidence_of",
]

_ATTEMPTS_SHOWN: Final = 5
_BOOTS_SHOWN: Final = 10
_CERTIFICATE_REASONS: Final = frozenset(
    {"certificate_expired", "certificate_not_yet_valid", "certificate_unknown", "revoked", "tls_refused"}
)
"""Reasons of the connection log that speak of a unit's certificate."""


class TriagePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Within which times things belong together. Figures of our own: no source names any."""

    together_ms: int = 600_000
    """Adapters that fell silent within this time of each other fell silent together."""
    push_before_ms: int = 1_800_000
    """A config that was pushed no longer than this before the trouble may have caused it."""


class SymptomSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A symptom of the fault, first and last seen."""

    kind: SymptomKind
    component: str
    evidence: str
    first_at: int
    last_at: int
    times: int


class UnitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of the unit that served the adapter when the fault opened. `address` is where it last dialled from,
    `gaps_ms` are the times between its last reports, oldest first."""

    session: SessionRow
    address: str | None = None
    boot_cause: str | None = None
    status: Status | None = None
    gaps_ms: tuple[int, ...] = ()
    certificate_ends_at: int | None = None
    certificate_revoked: bool = False


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Another adapter of the contract: its declared location, where it dials from, its last session."""

    location: str
    address: str | None
    session: SessionRow


class TriageFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided, beside what had been proposed to them. `seen` is JSON: the evidence as it stood then."""

    fault: int
    author: str
    at: int
    cause: str
    proposed: str | None
    rule: str | None
    reason: str
    seen: str = "{}"


class TriageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the store has for one fault, as it has it."""

    fault: Fault
    location: str
    symptoms: tuple[SymptomSeen, ...] = ()
    unit: UnitRecord | None = None
    boots: tuple[Boot, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    """The newest, newest first."""
    pushes: tuple[Push, ...] = ()
    """The newest of the adapter, newest first."""
    neighbours: tuple[Neighbour, ...] = ()
    neighbours_complete: bool = True
    """False when the contract has more adapters than were read."""
    leases: dict[str, Lease] = {}
    answers: tuple[Answer, ...] = ()
    findings: tuple[TriageFinding, ...] = ()


class OurTrouble(enum.StrEnum):
    """What was wrong with this side when the unit was last heard."""

    HOST_GONE = "host_gone"
    """The host that held its session does not answer."""
    HOST_RESTARTED = "host_restarted"
    """The host has just started; the unit may still be on its way back."""
    HOST_LET_GO = "host_let_go"
    """The host ended the session for a reason of its own: it was leaving, full, at fault, or hard of hearing."""


class Nearness(enum.StrEnum):
    """How a neighbour is near."""

    SITE = "site"
    """It has the same declared location."""
    NETWORK = "network"
    """It dials from the same address, or the same /64 of IPv6: most likely over the same line."""
    CONTRACT = "contract"
    """Neither: it is of the same contract."""


class NeighbourCount(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbours of one nearness; each is counted once, where it is nearest. `gone_together` fell silent with the
    unit, `gone` at another time, `unknown` are hidden by a fault of ours or were never heard."""

    nearness: Nearness
    heard: int = 0
    gone_together: int = 0
    gone: int = 0
    unknown: int = 0


class PushBefore(msgspec.Struct, frozen=True, kw_only=True):
    """The last config that went to the unit before the trouble began."""

    push: int
    revision: int
    phase: str
    kind: str
    changed_at: int
    ordered_by: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known without asking. `began_at` is the earliest sign of the trouble; instants are milliseconds."""

    began_at: int
    symptoms: tuple[SymptomSeen, ...] = ()
    presence: Presence = Presence.NEVER
    heard_at: int | None = None
    silent_since: int | None = None
    """None while the unit is heard, or while our own fault hides what it does."""
    ending: str | None = None
    """The name of the code with which its last session was closed."""
    our_trouble: OurTrouble | None = None
    boot_cause: str | None = None
    boots: tuple[Boot, ...] = ()
    status: Status | None = None
    gaps_ms: tuple[int, ...] = ()
    neighbours: tuple[NeighbourCount, ...] = ()
    neighbours_complete: bool = True
    push: PushBefore | None = None
    attempts: tuple[Attempt, ...] = ()
    """Attempts to dial since the trouble began, newest first."""
    certificate_trouble: str | None = None
    """A stable word."""
    certificate_ends_at: int | None = None

    def has(self, *kinds: SymptomKind) -> bool:
        """Whether one of these was seen."""
        return any(symptom.kind in kinds for symptom in self.symptoms)


def evidence_of(record: TriageRecord, now: int, policy: TriagePolicy) -> Evidence:
    """Total. The same record, time and policy give the same evidence."""
    unit = record.unit
    lease = None if unit is None else record.leases.get(unit.session.host)
    since = None if unit is None else silent_since(unit.session, lease, now)
    began = min([record.fault.opened_at, *(one.first_at for one in record.symptoms), *([since] if since else [])])
    tries = tuple(one for one in record.attempts if one.at > began)[:_ATTEMPTS_SHOWN]
    return Evidence(
        began_at=began,
        symptoms=record.symptoms,
        presence=Presence.NEVER if unit is None else presence(unit.session, lease, now),
        heard_at=None if unit is None or unit.session.epoch == 0 else unit.session.heard_at,
        silent_since=since,
        ending=None if unit is None else unit.session.ending,
        our_trouble=None if unit is None else _our_trouble(unit.session, lease, now),
        boot_cause=None if unit is None else unit.boot_cause,
        boots=record.boots[-_BOOTS_SHOWN:],
        status=None if unit is None else unit.status,
        gaps_ms=() if unit is None else unit.gaps_ms,
        neighbours=_counted(record, began, now, policy),
        neighbours_complete=record.neighbours_complete,
        push=_push_before(record.pushes, began, policy),
        attempts=tries,
        certificate_trouble=_certificate_trouble(unit, tries, now),
        certificate_ends_at=None if unit is None else unit.certificate_ends_at,
    )


def _our_trouble(row: SessionRow, lease: Lease | None, now: int) -> OurTrouble | None:
    if row.epoch == 0 or presence(row, lease, now) is not Presence.UNKNOWN:
        return None
    if row.ended_at is not None and row.ending in OUR_OWN:
        return OurTrouble.HOST_LET_GO
    return OurTrouble.HOST_RESTARTED if lease is not None and lease.alive(now) else OurTrouble.HOST_GONE


def _counted(record: TriageRecord, began: int, now: int, policy: TriagePolicy) -> tuple[NeighbourCount, ...]:
    counts: dict[Nearness, dict[str, int]] = {}
    for one in record.neighbours:
        near = _nearness(one, record)
        word = _how(one, record.leases.get(one.session.host), began, now, policy)
        counts.setdefault(near, {}).setdefault(word, 0)
        counts[near][word] += 1
    return tuple(NeighbourCount(nearness=near, **counts[near]) for near in Nearness if near in counts)


def _nearness(one: Neighbour, record: TriageRecord) -> Nearness:
    if record.location and one.location == record.location:
        return Nearness.SITE
    mine = None if record.unit is None else _network(record.unit.address)
    return Nearness.NETWORK if mine is not None and _network(one.address) == mine else Nearness.CONTRACT


def _how(one: Neighbour, lease: Lease | None, began: int, now: int, policy: TriagePolicy) -> str:
    standing = presence(one.session, lease, now)
    if standing is Presence.CONNECTED:
        return "heard"
    since = silent_since(one.session, lease, now)
    if since is None:
        return "unknown"
    return "gone_together" if abs(since - began) <= policy.together_ms else "gone"


def _network(address: str | None) -> str | None:
    """The line that an address with its port stands for; None for what is none."""
    host = (address or "").rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)  # noqa: PLR2004


def _push_before(pushes: Iterable[Push], began: int, policy: TriagePolicy) -> PushBefore | None:
    """What a unit has never held (queued, offered, refused …) has changed nothing on it."""
    reached = {"stored", "running", "confirmed", "reverted"}
    for push in pushes:
        if (
            push.phase.value in reached
            and push.ordered_at <= began
            and began - push.changed_at <= policy.push_before_ms
        ):
            return PushBefore(
                push=push.push,
                revision=push.revision,
                phase=push.phase.value,
                kind=push.kind,
                changed_at=push.changed_at,
                ordered_by=push.ordered_by,
            )
    return None


def _certificate_trouble(unit: UnitRecord | None, tries: Sequence[Attempt], now: int) -> str | None:
    newest = tries[0] if tries else None
    if newest is not None and newest.outcome is AttemptOutcome.REFUSED and newest.reason in _CERTIFICATE_REASONS:
        return newest.reason
    if unit is None or (newest is not None and newest.outcome is AttemptOutcome.WELCOMED):
        return None
    if unit.certificate_revoked:
        return "revoked"
    ends = unit.certificate_ends_at
    return "certificate_expired" if ends is not None and ends <= now else None
