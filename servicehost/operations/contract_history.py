"""What was done under a contract, page by page, as an export tells it: by the names of its fields."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.contract import Scope
from servicehost.domain.masking import Masker
from servicehost.domain.module import TEXT
from servicehost.domain.rollout import Rollout
from servicehost.ports.reads import Reads
from servicehost.ports.tasks import TaskFilter

__all__ = ["AT_ONCE", "by_name", "contents_of", "history_of", "masked_texts"]

AT_ONCE: Final = 500


class _Kind(NamedTuple):
    """How one kind is read after a key, and what the key of a row is."""

    name: str
    read: Callable[[Reads, Scope, int], Awaitable[Sequence[Any]]]
    key: str


_KINDS: Final = (
    _Kind("config_proposals", lambda r, s, after: r.config_proposals(s, after=after, limit=AT_ONCE), "number"),
    _Kind("schedules", lambda r, s, after: r.scheduled_orders(s, after=after, limit=AT_ONCE), "number"),
    _Kind("pushes", lambda r, s, after: r.pushes(s, after=after, limit=AT_ONCE), "push"),
    _Kind("tasks", lambda r, s, after: r.tasks(s, TaskFilter(), after=after, limit=AT_ONCE), "task"),
)


async def history_of(reads: Reads, scope: Scope) -> AsyncIterator[tuple[str, Sequence[Any]]]:
    """Pages of at most 500 rows with the name of their kind, oldest first; no kind comes after another has begun."""
    for kind in _KINDS:
        after = 0
        while page := await kind.read(reads, scope, after):
            yield kind.name, page
            after = getattr(page[-1], kind.key)
    rollouts: list[int] = []
    batch = 0
    while named := await reads.named_batches(scope, after=batch, limit=AT_ONCE):
        yield "task_batches", [one.batch for one in named]
        batch = named[-1].batch.batch
    while views := await reads.rollouts(scope, after=rollouts[-1] if rollouts else 0, limit=AT_ONCE):
        rollouts += [one.rollout.rollout for one in views]
        yield "rollouts", [one.rollout for one in views]
    for number in rollouts:
        position = 0
        while members := await reads.rollout_members(scope, number, after=position, limit=AT_ONCE):
            yield "rollout_members", members
            position = members[-1].position


def contents_of(rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Digest and kind of every content that these rows speak of, and that no revision need have."""
    for row in rows:
        if isinstance(row, ConfigProposal):
            yield row.digest, TEXT
        elif isinstance(row, Rollout) and row.plan.content.set_to is not None:
            yield row.plan.content.digest, row.plan.content.kind


def by_name(row: Any) -> Mapping[str, Any]:
    """A row by the names of its fields, also where it travels as a bare array inside the host."""
    return {name: msgspec.to_builtins(getattr(row, name)) for name in row.__struct_fields__}


def masked_texts(value: Any, masker: Masker) -> Any:
    """The same value, and in every text of it what the patterns find is masked."""
    if isinstance(value, str):
        return masker.masked(value).text
    if isinstance(value, Mapping):
        return {name: masked_texts(one, masker) for name, one in value.items()}
    return [masked_texts(one, masker) for one in value] if isinstance(value, list | tuple) else value
