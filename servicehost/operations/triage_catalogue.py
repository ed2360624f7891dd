"""The use cases of a triage, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.people import Actor
from servicehost.domain.triage import Triage
from servicehost.domain.triage_question import TriageReply
from servicehost.operations.answer_triage import answer_triage
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["TriageCatalogue", "open_triage_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageCatalogue:
    """Each field is the use case of that name; `policy` is what a triage is read by."""

    answer: Callable[[Actor, int, TriageReply], Awaitable[Triage]]
    policy: TriagePolicy


def open_triage_catalogue(*, store: Store, clock: Clock, policy: TriagePolicy) -> TriageCatalogue:
    """Bound to one store and clock."""
    return TriageCatalogue(
        answer=partial(answer_triage, store=store, clock=clock, policy=policy),
        policy=policy,
    )
