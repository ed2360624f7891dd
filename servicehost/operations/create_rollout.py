"""Somebody who may writes down a rollout: what goes out to whom, and how. Nothing goes out before it is started."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict
from servicehost.domain.event import EventClass
from servicehost.domain.maintenance import check_windows
from servicehost.domain.module import travels_plainly
from servicehost.domain.people import Actor
from servicehost.domain.rollout import Rollout, RolloutContent, RolloutPlan, RolloutPolicy, RolloutState, Wave
from servicehost.domain.selection import check_selection
from servicehost.operations.deed import deed, recorded
from servicehost.operations.freezing import resolved
from servicehost.operations.grouping import demand_contract
from servicehost.operations.revising import ModuleDraft, checked
from servicehost.operations.steering import acting, rights_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["RolloutOrder", "create_rollout"]


class RolloutOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with a name; its content is `draft` where a module is set, else each adapter's working config."""

    name: str
    plan: RolloutPlan
    note: str = ""
    draft: ModuleDraft | None = None


async def create_rollout(
    actor: Actor, order: RolloutOrder, *, store: Store, clock: Clock, policy: RolloutPolicy
) -> Rollout:
    """The draft. Its targets are looked up once now, and again and for good when it is started.

    Raises Forbidden `no_right` or `consent_needed`; NotFound as `freezing.resolved`; Conflict `selection_unclear`,
    `query_malformed`, `wave_unclear`, `several_contracts`, `contract_ended`, `consents_differ`, and as `resolved`;
    Invalid for what is wrong with the draft's body or the maintenance windows.
    """
    plan = msgspec.structs.replace(order.plan, content=_content(order.draft))
    check_selection(plan.targets)
    check_windows(plan.windows)
    _check_waves(plan.waves)
    now = clock.wall()

    def work(batch: Batch) -> Rollout:
        codes = resolved(batch, plan, policy, now)
        management_code = _contract_of(batch, codes)
        acts = acting(batch, actor, rights_of(plan), lambda: codes, now)
        demand_contract(batch, management_code, now)
        if order.draft is not None:
            _keep(batch, management_code, order.draft, plan.content.digest)
        made = batch.add_rollout(_draft(acts, management_code, order, plan, now))
        _tell(batch, acts, made, len(codes), now)
        return made

    return await store.batch(actor.scope, work)


def _contract_of(batch: Batch, codes: Sequence[str]) -> str:
    contracts = sorted({adapter.management_code for adapter in batch.adapters(codes)})
    if len(contracts) > 1:
        text = f"These adapters belong to {len(contracts)} contracts: make a rollout for each"
        raise Conflict("several_contracts", text)
    return contracts[0]


def _check_waves(waves: Sequence[Wave]) -> None:
    if any((wave.count is None) == (wave.percent is None) for wave in waves):
        raise Conflict("wave_unclear", "Each wave says either how many adapters it has, or a percentage of all")


def _content(draft: ModuleDraft | None) -> RolloutContent:
    if draft is None:
        return RolloutContent()
    content = checked(draft)
    return RolloutContent(**msgspec.structs.asdict(content))


def _keep(batch: Batch, management_code: str, draft: ModuleDraft, digest: str) -> None:
    if draft.raw and travels_plainly(len(draft.raw), draft.kind):
        batch.add_content(management_code, digest, draft.raw.decode())
    else:
        batch.add_module_body(management_code, digest, draft.raw)


def _draft(actor: Actor, management_code: str, order: RolloutOrder, plan: RolloutPlan, now: int) -> Rollout:
    return Rollout(
        rollout=0,
        management_code=management_code,
        name=order.name,
        note=order.note,
        plan=plan,
        state=RolloutState.DRAFT,
        state_since=now,
        state_by=actor.author,
        created_at=now,
        created_by=actor.author,
        author=actor.master_id,
        consent=None if actor.warrant is None else actor.warrant.consent,
    )


def _tell(batch: Batch, actor: Actor, made: Rollout, adapters: int, now: int) -> None:
    created = deed(
        actor,
        now,
        "rollout_created",
        class_=EventClass.CONFIGURATION,
        management_code=made.management_code,
        rollout=made.rollout,
        adapters=adapters,
    )
    batch.add_events([created])
    content = made.plan.content
    entry = recorded(
        actor,
        now,
        Action.CREATE_ROLLOUT,
        f"rollout {made.rollout}",
        management_code=made.management_code,
        before={},
        after={"adapters": adapters, "module": content.module, "digest": content.digest or None},
        note=made.note,
    )
    batch.append_audit([entry])
