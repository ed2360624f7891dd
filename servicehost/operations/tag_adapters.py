"""An operation manager tags adapters, one or many at once."""

from collections import defaultdict
from collections.abc import Sequence

from servicehost.domain.audit import Action
from servicehost.domain.group import GroupPolicy, Tag, check_tags, parse_tag
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.selection import Selection, check_selected
from servicehost.domain.unit import Adapter
from servicehost.operations.grouping import AT_ONCE, demand_contract, kept, tell
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["tag_adapters"]


async def tag_adapters(
    actor: Actor,
    selection: Selection,
    put: Sequence[str],
    take: Sequence[str],
    *,
    store: Store,
    clock: Clock,
    policy: GroupPolicy,
) -> tuple[str, ...]:
    """The service codes of the adapters that were meant, changed or not, at most 1,000.

    `put` are tags as `NAME` or `NAME=VALUE`, which take the place of those of the same name; `take` are names. All or
    nothing. Raises Forbidden `no_right`; NotFound and Conflict as `selecting.selected` does; Conflict
    `contract_ended`, `name_empty`, `name_too_long`, `tag_value_too_long`, `too_many_tags`, `too_many_tag_names`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()
    given = {tag.name: tag for tag in (parse_tag(text, policy) for text in put)}
    gone = {parse_tag(text, policy).name for text in take} - given.keys()

    def work(batch: Batch) -> tuple[str, ...]:
        codes = check_selected(batch.select_adapters(selection, now, AT_ONCE), AT_ONCE)
        of_contract: dict[str, list[Adapter]] = defaultdict(list)
        for adapter in batch.adapters(codes):
            of_contract[adapter.management_code].append(adapter)
        standing = batch.tags_of(codes)
        for contract, adapters in of_contract.items():
            demand_contract(batch, contract, now)
            used = batch.tag_names(contract)
            changed: dict[str, Sequence[Tag]] = {}
            for code in sorted(one.service_code for one in adapters):
                before = {tag.name: tag for tag in standing.get(code, ())}
                after = {name: tag for name, tag in (before | given).items() if name not in gone}
                if after != before:
                    check_tags(list(after.values()), used, policy)
                    changed[code] = list(after.values())
            if changed:
                batch.set_tags(changed)
                _told(batch, contract, sorted(changed))
        return codes

    def _told(batch: Batch, contract: str, codes: Sequence[str]) -> None:
        put_now = [kept(tag.text, contract) for tag in given.values()]
        taken = [kept(name, contract) for name in sorted(gone)]
        tell(
            batch, actor, now, Action.TAG_ADAPTERS, contract, management_code=contract, sub_type="adapters_tagged",
            after={"put": put_now, "service_codes": list(codes), "taken": taken}, adapters=len(codes),
        )  # fmt: skip

    return await store.batch(actor.scope, work)
