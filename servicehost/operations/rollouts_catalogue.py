"""The use cases of rollouts, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.people import Actor
from servicehost.domain.rollout import Rollout, RolloutPolicy
from servicehost.operations.approve_rollout import approve_rollout
from servicehost.operations.create_rollout import RolloutOrder, create_rollout
from servicehost.operations.halt_rollout import halt_rollout
from servicehost.operations.pause_rollout import pause_rollout, resume_rollout
from servicehost.operations.preview_rollout import RolloutPreview, preview_rollout
from servicehost.operations.roll_back_rollout import roll_back_rollout
from servicehost.operations.start_rollout import start_rollout
from servicehost.operations.step_rollouts import Stepped, step_rollouts
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store

__all__ = ["RolloutsCatalogue", "open_rollouts_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutsCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    create_rollout: Callable[[Actor, RolloutOrder], Awaitable[Rollout]]
    preview_rollout: Callable[[Actor, int], Awaitable[RolloutPreview]]
    start_rollout: Callable[[Actor, int, int | None, bool], Awaitable[Rollout]]
    approve_rollout: Callable[[Actor, int, int | None, str], Awaitable[Rollout]]
    pause_rollout: Callable[[Actor, int, str], Awaitable[Rollout]]
    resume_rollout: Callable[[Actor, int, str], Awaitable[Rollout]]
    halt_rollout: Callable[[Actor, int, str], Awaitable[Rollout]]
    roll_back_rollout: Callable[[Actor, int, str], Awaitable[Rollout]]
    step_rollouts: Callable[[], Awaitable[Stepped]]


def open_rollouts_catalogue(
    *, store: Store, clock: Clock, line: Line, policy: RolloutPolicy, changed: Callable[[], None] = lambda: None
) -> RolloutsCatalogue:
    """The catalogue of one host. `changed` is called after a deed that gives the engine something to do: a hint."""

    def hinting(verb: Callable[..., Awaitable[Rollout]]) -> Callable[..., Awaitable[Rollout]]:
        async def deed(*arguments: object) -> Rollout:
            rollout = await verb(*arguments)
            changed()
            return rollout

        return deed

    return RolloutsCatalogue(
        create_rollout=partial(create_rollout, store=store, clock=clock, policy=policy),
        preview_rollout=partial(preview_rollout, store=store, clock=clock, policy=policy),
        start_rollout=hinting(partial(start_rollout, store=store, clock=clock, policy=policy)),
        approve_rollout=hinting(partial(approve_rollout, store=store, clock=clock)),
        pause_rollout=partial(pause_rollout, store=store, clock=clock),
        resume_rollout=hinting(partial(resume_rollout, store=store, clock=clock)),
        halt_rollout=hinting(partial(halt_rollout, store=store, clock=clock, line=line)),
        roll_back_rollout=hinting(partial(roll_back_rollout, store=store, clock=clock, line=line)),
        step_rollouts=partial(step_rollouts, store=store, clock=clock, line=line, policy=policy),
    )
