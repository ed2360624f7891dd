"""Bodies and queries of requests about rollouts. Optional fields are left out, never null."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.config import MAX_BODY_BYTES
from servicehost.domain.errors import Conflict
from servicehost.domain.maintenance import MaintenanceWindows
from servicehost.domain.module import MAIN, MAX_MODULE, TEXT
from servicehost.domain.rollout import (
    Gate,
    MemberState,
    Pace,
    RolloutPlan,
    RolloutState,
    Stop,
    Wave,
)
from servicehost.domain.selection import Selection
from servicehost.operations.create_rollout import RolloutOrder
from servicehost.operations.revising import ModuleDraft
from servicehost.web.call import MAX_NUMBER
from servicehost.web.errand_orders import instant
from servicehost.web.orders import Instant, Limit, Line, Name, Number, ServiceCode
from servicehost.web.schedule_orders import MaintenanceForm

__all__ = [
    "RolloutBody",
    "RolloutMembersQuery",
    "RolloutWord",
    "RolloutsQuery",
    "StartBody",
]

After = Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")]
Percent = Annotated[int, Meta(ge=1, le=100)]
Seconds = Annotated[int, Meta(ge=0, le=30 * 86_400)]


class RolloutTargets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which adapters, by exactly one of these. A list keeps its order: the first of it are the first to be tried."""

    service_codes: (
        Annotated[list[ServiceCode], Meta(min_length=1, max_length=10_000, extra_json_schema={"uniqueItems": True})]
        | UnsetType
    ) = UNSET
    group: Number | UnsetType = UNSET
    tag: Name | UnsetType = UNSET
    query: Annotated[str, Meta(min_length=1, max_length=1_000)] | UnsetType = UNSET
    saved_query: Number | UnsetType = UNSET

    def selection(self) -> Selection:
        """As it is kept."""
        said = {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not UNSET}
        if "service_codes" in said:
            said["service_codes"] = tuple(said["service_codes"])
        return Selection(**said)


class ModuleContentForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One module that is set to the same text in each adapter, saved as a new revision of each at the start. Name and
    version left out stay what they are."""

    module: Annotated[int, Meta(ge=0, le=MAX_MODULE)]
    body: Annotated[str, Meta(max_length=MAX_BODY_BYTES)]
    name: Line | UnsetType = UNSET
    version: Line | UnsetType = UNSET

    def draft(self) -> ModuleDraft:
        """As it is saved."""
        return ModuleDraft(
            module=self.module,
            raw=self.body.encode(),
            kind=TEXT,
            name=None if self.name is UNSET else self.name[:64],
            version=None if self.version is UNSET else self.version[:64],
        )


class WaveForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many adapters, or so many of a hundred of all of them, rounded up. Exactly one is said."""

    count: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    percent: Percent | UnsetType = UNSET


class PaceForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many adapters are tried at the same time, and how many are begun in a minute (left out: no bound)."""

    concurrency: Annotated[int, Meta(ge=1, le=5_000)] = 50
    per_minute: Annotated[int, Meta(ge=1, le=60_000)] | UnsetType = UNSET


class GateForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a wave must show before the next begins: each adapter is watched so long after it confirmed, and so many of
    a hundred that were tried must have come through."""

    soak_s: Seconds = 300
    confirmed_percent: Percent = 95


class StopForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the host pauses by itself: as soon as so many have failed; or so many of a hundred tried, once `at_least`
    were tried (0: never). Lost sessions, new faults and time-outs count as much as reverts and refusals."""

    failed: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    failed_percent: Annotated[int, Meta(ge=0, le=100)] = 10
    at_least: Annotated[int, Meta(ge=1, le=10_000)] = 10


class RolloutBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rollout: to whom, what, and how. Without `content` each adapter gets its working config as it stands at the
    start. Adapters beyond the waves named are the last wave. `absent_for_s`: so long whoever is away is waited for.
    """

    name: Name
    targets: RolloutTargets
    content: ModuleContentForm | UnsetType = UNSET
    waves: Annotated[list[WaveForm], Meta(max_length=20)] = []
    pace: PaceForm = PaceForm()
    gate: GateForm = GateForm()
    stop: StopForm = StopForm()
    windows: MaintenanceForm | UnsetType = UNSET
    confirm_timeout_s: Annotated[int, Meta(ge=5, le=86_400)] = 600
    absent_for_s: Annotated[int, Meta(ge=60, le=31_536_000)] = 7 * 86_400
    start_at: Instant | UnsetType = UNSET
    approval: bool = False
    note: Line = ""

    def order(self) -> RolloutOrder:
        """Raises Invalid `time_malformed`, and as `MaintenanceForm.maintenance`."""
        plan = RolloutPlan(
            targets=self.targets.selection(),
            waves=tuple(_wave(one) for one in self.waves),
            pace=Pace(concurrency=self.pace.concurrency, per_minute=_or_none(self.pace.per_minute)),
            gate=Gate(soak_s=self.gate.soak_s, confirmed_percent=self.gate.confirmed_percent),
            stop=Stop(
                failed=_or_none(self.stop.failed),
                failed_percent=self.stop.failed_percent or None,
                at_least=self.stop.at_least,
            ),
            windows=MaintenanceWindows() if self.windows is UNSET else self.windows.maintenance(),
            confirm_timeout_s=self.confirm_timeout_s,
            absent_for_s=self.absent_for_s,
            start_at=None if self.start_at is UNSET else instant("start_at", self.start_at),
            approval=self.approval,
        )
        draft = None if self.content is UNSET else self.content.draft()
        if draft is not None and draft.module == MAIN and not draft.raw:
            raise Conflict("main_module_empty", "The main module is empty; an adapter cannot run nothing")
        return RolloutOrder(name=self.name, plan=plan, note=self.note, draft=draft)


class StartBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`through_acknowledged`: start it although the caller's own address is that of one of its adapters."""

    through_acknowledged: bool = False


class RolloutWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in the caller's words."""

    note: Line = ""


class RolloutsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rollouts in the order of their numbers, in one state or any."""

    state: RolloutState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class RolloutMembersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members in the order of their turns, in one state or any, of one wave or all (0: those skipped at the start)."""

    state: MemberState | UnsetType = UNSET
    wave: Annotated[int, Meta(ge=0, le=21)] | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


def _wave(form: WaveForm) -> Wave:
    return Wave(count=_or_none(form.count), percent=_or_none(form.percent))


def _or_none(value: int | UnsetType) -> int | None:
    return None if value is UNSET else value
