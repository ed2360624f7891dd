"""Which task to give units whose sessions ask and that no push is offered to: the oldest open one of each adapter."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from protocol.messages import ConfigOffer
from protocol.task_messages import TaskRun
from servicehost.domain.event import Event
from servicehost.domain.task import Fact, Task, TaskState, after, changed, handed_out, to_hand_out
from servicehost.operations.task_events import told
from servicehost.operations.task_slots import Room
from servicehost.operations.task_wire import task_run
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["HELD_BACK", "HeldBack", "Work", "hand_out_tasks"]


class HeldBack(msgspec.Struct, frozen=True):
    """A task waits, but as many units as may have one already."""


HELD_BACK: Final = HeldBack()
Work = ConfigOffer | TaskRun | HeldBack | Stale | None


class _Moves(msgspec.Struct, kw_only=True):
    """What the batch comes to."""

    now: int

    saved: list[Task] = []
    events: list[Event] = []
    given: int = 0
    """Slots taken in this batch."""


def hand_out_tasks(
    batch: Batch,
    fences: Sequence[Fence],
    offers: Sequence[ConfigOffer | Stale | None],
    room: Room,
    now: int,
) -> list[Work]:
    """For each session what `work_due` found for it, else a task, else HELD_BACK or None.

    A task is in progress, durably, before it is given; given again, it is not written again. While a config is on trial
    nothing else is begun. Adapters without tasks cost one look for all of them.
    """
    work: list[Work] = list(offers)
    asking = {
        fence.service_code: index
        for index, (fence, offer) in enumerate(zip(fences, offers, strict=True))
        if offer is None and fence.service_code is not None
    }
    heads = batch.task_heads(asking)
    if not heads:
        return work
    units = {code: fences[index].unit_id for code, index in asking.items()}
    moves = _Moves(now=now)
    heads = _without_strays(batch, heads, units, moves)
    on_trial = batch.open_pushes(heads)
    for code, head in heads.items():
        fence = fences[asking[code]]
        if code in on_trial:
            continue
        if fence.runs_tasks:
            work[asking[code]] = _given(head, fence, room, moves)
        else:
            _end([one for one in batch.open_tasks(code) if one.state is TaskState.QUEUED], Fact.UNSUPPORTED, moves)
    batch.save_tasks(moves.saved)
    batch.add_events(moves.events)
    return work


def _without_strays(batch: Batch, heads: dict[str, Task], units: Mapping[str, int], moves: _Moves) -> dict[str, Task]:
    """The heads, once tasks are ended that a unit has which serves the adapter no more: at most one of each adapter."""
    strays = [head for code, head in heads.items() if to_hand_out(head, units[code]) is Fact.UNIT_CHANGED]
    if not strays:
        return heads
    _end(strays, Fact.UNIT_CHANGED, moves)
    batch.save_tasks(moves.saved)
    moves.saved.clear()
    codes = {head.service_code for head in strays}
    return {code: head for code, head in heads.items() if code not in codes} | batch.task_heads(codes)


def _given(head: Task, fence: Fence, room: Room, moves: _Moves) -> TaskRun | HeldBack:
    if fence.unit_id not in room.holders and moves.given >= room.free:
        return HELD_BACK
    moves.given += fence.unit_id not in room.holders
    if head.state is TaskState.QUEUED:
        head = handed_out(head, fence.unit_id, moves.now, room.limits.grace_s)
        moves.saved.append(head)
    return task_run(head, room.limits)


def _end(tasks: Iterable[Task], fact: Fact, moves: _Moves) -> None:
    for task in tasks:
        change = after(task, fact)
        if change is not None:
            ended = changed(task, change, moves.now, 0)
            moves.saved.append(ended)
            event = told(ended)
            moves.events += [event] if event else []
