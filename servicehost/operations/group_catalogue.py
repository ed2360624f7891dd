"""The use cases of groups, tags, saved queries and presets, bound to their ports."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from servicehost.domain.group import Group, GroupPolicy, SavedQuery
from servicehost.domain.people import Actor
from servicehost.domain.preset import Preset
from servicehost.domain.selection import Selection
from servicehost.operations.change_group import change_group
from servicehost.operations.change_members import change_members
from servicehost.operations.change_preset import change_preset
from servicehost.operations.change_query import change_query
from servicehost.operations.drop_group import drop_group
from servicehost.operations.drop_preset import drop_preset
from servicehost.operations.drop_query import drop_query
from servicehost.operations.make_group import make_group
from servicehost.operations.save_preset import PresetDraft, save_preset
from servicehost.operations.save_query import save_query
from servicehost.operations.tag_adapters import tag_adapters
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["GroupCatalogue", "open_group_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    make_group: Callable[[Actor, str, str, str], Awaitable[Group]]
    change_group: Callable[[Actor, int, str, str, int], Awaitable[Group]]
    drop_group: Callable[[Actor, int], Awaitable[None]]
    change_members: Callable[[Actor, int, Selection | None, tuple[str, ...]], Awaitable[int]]
    tag_adapters: Callable[[Actor, Selection, Sequence[str], Sequence[str]], Awaitable[tuple[str, ...]]]
    save_query: Callable[[Actor, str, str, str], Awaitable[SavedQuery]]
    change_query: Callable[[Actor, int, str, str, int], Awaitable[SavedQuery]]
    drop_query: Callable[[Actor, int], Awaitable[None]]
    save_preset: Callable[[Actor, str, PresetDraft], Awaitable[Preset]]
    change_preset: Callable[[Actor, int, PresetDraft, int], Awaitable[Preset]]
    drop_preset: Callable[[Actor, int], Awaitable[None]]


def open_group_catalogue(*, store: Store, clock: Clock, policy: GroupPolicy) -> GroupCatalogue:
    """The catalogue of one host."""
    return GroupCatalogue(
        make_group=partial(make_group, store=store, clock=clock, policy=policy),
        change_group=partial(change_group, store=store, clock=clock, policy=policy),
        drop_group=partial(drop_group, store=store, clock=clock),
        change_members=partial(change_members, store=store, clock=clock),
        tag_adapters=partial(tag_adapters, store=store, clock=clock, policy=policy),
        save_query=partial(save_query, store=store, clock=clock, policy=policy),
        change_query=partial(change_query, store=store, clock=clock, policy=policy),
        drop_query=partial(drop_query, store=store, clock=clock),
        save_preset=partial(save_preset, store=store, clock=clock, policy=policy),
        change_preset=partial(change_preset, store=store, clock=clock, policy=policy),
        drop_preset=partial(drop_preset, store=store, clock=clock),
    )
