"""Units answer offers: the revision is stored, or refused."""

from collections.abc import Sequence

import msgspec

from protocol.codes import ErrorCode
from protocol.messages import OfferAnswer
from protocol.session import RefusedByPeer
from servicehost.domain.errors import NotFound
from servicehost.domain.push import Push, after_answer
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.push_events import changed, told
from servicehost.operations.startup import BY_DEFAULT, StartupPolicy, settle_startup
from servicehost.operations.translate import rejected
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["Answer", "take_answers"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a session heard to its offer."""

    fence: Fence
    push: int
    said: OfferAnswer | RefusedByPeer


def take_answers(
    batch: Batch, answers: Sequence[Answer], now: int, policy: StartupPolicy = BY_DEFAULT
) -> list[Stale | NotFound | None]:
    """For each answer None once it is written, or why it was not taken."""
    in_force = fences_of(batch, [answer.fence for answer in answers])
    pushes = batch.pushes({answer.push for answer in answers})
    saved: dict[int, tuple[Push, Fence]] = {}
    results: list[Stale | NotFound | None] = []
    for answer in answers:
        push = pushes.get(answer.push)
        stale = why_stale(answer.fence, in_force)
        results.append(stale or _not_found(push, answer.fence, answer.push))
        if results[-1] is None and push is not None:
            after = _after(push, answer.said, now)
            if after is not None:
                pushes[push.push] = after
                saved[push.push] = (after, answer.fence)
    batch.save_pushes([push for push, _ in saved.values()])
    events = (told(push, actor="unit", unit_id=fence.unit_id) for push, fence in saved.values())
    batch.add_events([event for event in events if event is not None])
    settle_startup(batch, [(push, fence.unit_id) for push, fence in saved.values()], policy, now)
    return results


def _not_found(push: Push | None, fence: Fence, number: int) -> NotFound | None:
    """A unit may only speak of its own adapter's pushes; another's look the same as none."""
    if push is None or push.service_code != fence.service_code:
        return NotFound("unknown_push", f"No push {number} was made for this unit")
    return None


def _after(push: Push, said: OfferAnswer | RefusedByPeer, now: int) -> Push | None:
    if isinstance(said, OfferAnswer):
        change = after_answer(push, said.outcome, said.reason, rejected(said.rejected))
    elif said.code == ErrorCode.BUSY:
        return None  # it tries something else; the next session offers it again
    else:
        change = after_answer(push, "refused", said.reason, ())
    return None if change is None else changed(push, change, now)
