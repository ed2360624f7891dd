"""Rollouts: a config change on its way to many adapters, in waves, each proved before the next begins.

    draft → waiting_approval → scheduled → running ⇄ paused
                                              │  └─────┴─ halted
                                              └─ finished
    running, paused, halted, finished → rolling_back → rolled_back

Each target is a *member* with one state and, once it has ended, a reason. Its push is an ordinary one. Beside what a
unit reports (reverted, refused) three things count as failure that no report tells: the session is lost, a fault
opens, the time is over.
"""

import enum
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.maintenance import MaintenanceWindows
from servicehost.domain.module import TEXT, ModuleContent
from servicehost.domain.selection import Selection

__all__ = [
    "DEEDS",
    "IN_FLIGHT",
    "UNFINISHED",
    "Gate",
    "Member",
    "MemberState",
    "Pace",
    "Rollout",
    "RolloutContent",
    "RolloutDeed",
    "RolloutPlan",
    "RolloutPolicy",
    "RolloutState",
    "Stop",
    "Tally",
    "Wave",
    "check_deed",
    "is_possible",
    "wave_sizes",
]


class RolloutState(enum.StrEnum):
    """Where a rollout is."""

    DRAFT = "draft"
    WAITING_APPROVAL = "waiting_approval"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    """By a person, or by the host for a named reason; nothing new begins, what is under way comes to its end."""
    HALTED = "halted"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    FINISHED = "finished"


class MemberState(enum.StrEnum):
    """Where one target is."""

    WAITING = "waiting"
    AWAY = "away"
    """Its turn has come and it is not in session: it follows when it comes, until the deadline."""
    PUSHED = "pushed"
    SOAKING = "soaking"
    """Confirmed, and watched for a while."""
    CONFIRMED = "confirmed"
    FAILED = "failed"
    ABSENT = "absent"
    """It did not come before the deadline."""
    SKIPPED = "skipped"
    """It was never tried, somebody put another push in its place, or its contract has ended."""
    TO_UNDO = "to_undo"
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"
    """The rollout was rolled back, this adapter was not: the reason says why."""


_S, _M = RolloutState, MemberState
UNFINISHED: Final = frozenset({_M.WAITING, _M.AWAY, _M.PUSHED, _M.SOAKING, _M.TO_UNDO, _M.UNDOING})
"""While a member is in one of these its adapter is in no other rollout."""
IN_FLIGHT: Final = frozenset({_M.PUSHED, _M.SOAKING, _M.UNDOING})
"""Of one site at most one adapter is in one of these."""


class RolloutContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What goes out: each adapter's working config as it stands at the start (`module` is None), or that module set
    to one content in each of them, saved as a new revision of each at the start.
    """

    module: int | None = None
    digest: str = ""
    size_bytes: int = 0
    kind: str = TEXT
    name: str | None = None
    version: str | None = None

    @property
    def set_to(self) -> ModuleContent | None:
        """What the module is set to; None for the working config."""
        if self.module is None:
            return None
        return ModuleContent(
            module=self.module,
            digest=self.digest,
            size_bytes=self.size_bytes,
            kind=self.kind,
            name=self.name,
            version=self.version,
        )


class Wave(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A count of adapters, or a percentage of all of them, rounded up. Exactly one is said."""

    count: int | None = None
    percent: int | None = None


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How many adapters are tried at the same time, and how many are begun in a minute (None: no bound)."""

    concurrency: int = 50
    per_minute: int | None = None


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What a wave must show before the next begins: so long is each adapter watched after it confirmed, and so many of
    a hundred that were tried must have come through.
    """

    soak_s: int = 300
    confirmed_percent: int = 95


class Stop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the host pauses by itself: so many failed, or so many of a hundred tried, once `at_least` were tried."""

    failed: int | None = None
    failed_percent: int | None = 10
    at_least: int = 10


class RolloutPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What its author said. Adapters that belong to no wave named are the last one."""

    targets: Selection
    content: RolloutContent = RolloutContent()
    waves: tuple[Wave, ...] = ()
    pace: Pace = Pace()
    gate: Gate = Gate()
    stop: Stop = Stop()
    windows: MaintenanceWindows = MaintenanceWindows()
    """Adapters are begun while one is open. Rolling back waits for none: what is broken is not left so until night."""
    confirm_timeout_s: int = 600
    absent_for_s: int = 7 * 86_400
    """So long after its start the rollout waits for adapters that are away."""
    start_at: int | None = None
    approval: bool = False


class RolloutPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """(U) values of the host. `lost_after_ms`: a session that stays away so long is lost; `answer_ms`: beyond its own
    trial time an adapter has this long; `look_ms`: how often the health of what is under way is looked at.
    """

    approval_required: bool = False
    max_adapters: int = 10_000
    lost_after_ms: int = 180_000
    answer_ms: int = 120_000
    look_ms: int = 5_000


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """One rollout as the store has it. `version` grows with every change of state."""

    rollout: int
    management_code: str
    name: str
    note: str
    plan: RolloutPlan
    state: RolloutState
    state_since: int
    state_by: str
    reason: str | None = None
    """Why it stands where it stands, when something other than a wish led there."""
    created_at: int
    created_by: str
    author: str
    """Master ID of who created it; `created_by` names the consent too."""
    consent: int | None = None
    """Under which it acts; None: by the author's own right."""
    starter: str | None = None
    started_at: int | None = None
    approved_by: str | None = None
    approved_at: int | None = None
    members: int = 0
    waves: int = 0
    wave: int = 0
    """The one that is tried now, from 1; 0 before the start."""
    undoing: bool = False
    deadline_at: int | None = None
    due_at: int | None = None
    """When the host looks at it again at the latest; None: it has nothing to do."""
    in_flight: int = 0
    paced_to: int = 0
    looked_at: int = 0
    gate_waived: int = 0
    """Waves up to this one have passed by a person's word."""
    forgiven_failed: int = 0
    forgiven_tried: int = 0
    """What a person has seen and resumed in spite of: the criteria count from there."""
    version: int = 1


class Member(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One target of a rollout. `former` is the startup config from before its push; `due_at` the end of its time: of
    the trial while it is pushed, of the watch while it soaks.

    As JSON it is an array of these fields, as rows are.
    """

    rollout: int
    position: int
    management_code: str
    service_code: str
    wave: int
    state: MemberState
    changed_at: int
    site: str | None = None
    reason: str | None = None
    revision: int | None = None
    digest: str | None = None
    push: int | None = None
    started_at: int | None = None
    due_at: int | None = None
    former_revision: int | None = None
    former_digest: str | None = None
    undo_push: int | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many members of a wave, or of all, are in each state."""

    counts: Mapping[MemberState, int] = {}

    def of(self, *states: MemberState) -> int:
        """In any of these."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def size(self) -> int:
        return sum(self.counts.values())

    @property
    def failed(self) -> int:
        return self.of(_M.FAILED)

    @property
    def tried(self) -> int:
        """Those of which is known how it went."""
        return self.of(_M.SOAKING, _M.CONFIRMED, _M.FAILED)

    @property
    def in_flight(self) -> int:
        return self.of(*IN_FLIGHT)

    @classmethod
    def sum_of(cls, tallies: "Sequence[Tally]") -> "Tally":
        """All together."""
        states = {state for one in tallies for state in one.counts}
        return cls(counts={state: sum(one.of(state) for one in tallies) for state in states})


class RolloutDeed(enum.StrEnum):
    """What people do to a rollout that there is."""

    START = "start"
    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    HALT = "halt"
    ROLL_BACK = "roll_back"


DEEDS: Final[Mapping[RolloutDeed, frozenset[RolloutState]]] = {
    RolloutDeed.START: frozenset({_S.DRAFT}),
    RolloutDeed.APPROVE: frozenset({_S.WAITING_APPROVAL}),
    RolloutDeed.PAUSE: frozenset({_S.SCHEDULED, _S.RUNNING, _S.ROLLING_BACK}),
    RolloutDeed.RESUME: frozenset({_S.PAUSED}),
    RolloutDeed.HALT: frozenset({_S.DRAFT, _S.WAITING_APPROVAL, _S.SCHEDULED, _S.RUNNING, _S.PAUSED, _S.ROLLING_BACK}),
    RolloutDeed.ROLL_BACK: frozenset({_S.RUNNING, _S.PAUSED, _S.HALTED, _S.FINISHED}),
}
"""In which states each is possible."""


def is_possible(rollout: Rollout, deed: RolloutDeed) -> bool:
    """As the rollout stands now; what was rolled back once is not rolled back again."""
    return rollout.state in DEEDS[deed] and not (deed is RolloutDeed.ROLL_BACK and rollout.undoing)


def check_deed(rollout: Rollout, deed: RolloutDeed) -> None:
    """Raises Conflict `rollout_state` where the deed is not possible now."""
    if not is_possible(rollout, deed):
        states = ", ".join(sorted(state.value for state in DEEDS[deed]))
        text = (
            f"Rollout {rollout.rollout} is {rollout.state.value}; {deed.value} is possible when it is one of {states}"
        )
        raise Conflict("rollout_state", text + (" and was not rolled back yet" if rollout.undoing else ""))


def wave_sizes(members: int, waves: Sequence[Wave]) -> tuple[int, ...]:
    """How many members each wave has, in order; their sum is `members`, and none is empty.

    A wave that asks for more than is left takes what is left; whoever is left after the last one is a wave more.
    """
    sizes: list[int] = []
    left = members
    for wave in waves:
        wanted = wave.count if wave.count is not None else -(-members * (wave.percent or 0) // 100)
        taken = min(left, max(0, wanted))
        left -= taken
        sizes.append(taken)
    return tuple(size for size in (*sizes, left) if size)
