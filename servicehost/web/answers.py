"""Answers of the API about people, contracts, configs, pushes and events, and how they are made of domain values.

Times are RFC 3339, UTC. No secret has a field here except those that are shown once, at their making.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from servicehost.domain.config import Revision
from servicehost.domain.contract import ManagementContract
from servicehost.domain.instant import rfc3339
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Phase, Push, Rejected, Target
from servicehost.operations.add_person import AddedPerson
from servicehost.operations.log_in import LoggedIn
from servicehost.operations.push_config import Ordered

__all__ = [
    "Config",
    "Contract",
    "Contracts",
    "NewPerson",
    "OrderResult",
    "PersonAnswer",
    "PushAnswer",
    "PushCounts",
    "Pushes",
    "PushesOrdered",
    "RevisionAnswer",
    "Revisions",
    "Time",
    "TokenAnswer",
    "time_or_none",
]

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


def time_or_none(instant: int | None) -> str | None:
    """RFC 3339, or None."""
    return None if instant is None else rfc3339(instant)


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can log in."""

    master_id: str
    name: str
    role: Role
    management_code: str | None

    @classmethod
    def of(cls, actor: Actor) -> "PersonAnswer":
        return cls(master_id=actor.master_id, name=actor.name, role=actor.role, management_code=actor.management_code)


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token, shown this once."""

    token: str
    expires_at: Time
    person: PersonAnswer

    @classmethod
    def of(cls, logged_in: LoggedIn) -> "TokenAnswer":
        return cls(
            token=logged_in.token,
            expires_at=rfc3339(logged_in.expires_at),
            person=PersonAnswer.of(logged_in.actor),
        )


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody added; the one-time password is shown this once and must be replaced at the first log-in."""

    master_id: str
    name: str
    role: Role
    management_code: str | None
    one_time_password: str

    @classmethod
    def of(cls, added: AddedPerson) -> "NewPerson":
        person = added.person
        return cls(
            master_id=person.master_id,
            name=person.name,
            role=person.role,
            management_code=person.management_code,
            one_time_password=added.one_time_password,
        )


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """A management contract. `customer_code` null: from before customers were on record.

    `ends_at` may lie ahead; `ended_at` is when the host has carried the end out, `erased_at` when what says something
    of its people was erased.
    """

    management_code: str
    label: str
    created_at: Time
    customer_code: str | None = None
    ends_at: Time | None = None
    end_reason: str = ""
    ended_at: Time | None = None
    erased_at: Time | None = None

    @classmethod
    def of(cls, contract: ManagementContract) -> "Contract":
        return cls(
            management_code=contract.management_code,
            label=contract.label,
            created_at=rfc3339(contract.created_at),
            customer_code=contract.customer_code,
            ends_at=time_or_none(contract.ends_at),
            end_reason=contract.end_reason,
            ended_at=time_or_none(contract.ended_at),
            erased_at=time_or_none(contract.erased_at),
        )


class Contracts(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[Contract]
    next: str | None


class RevisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One saved config, without its text."""

    service_code: str
    revision: int
    digest: str
    size_bytes: int
    saved_at: Time
    author: str
    reason: str

    @classmethod
    def of(cls, revision: Revision) -> "RevisionAnswer":
        return cls(
            service_code=revision.service_code,
            revision=revision.revision,
            digest=revision.digest,
            size_bytes=revision.size_bytes,
            saved_at=rfc3339(revision.saved_at),
            author=revision.author,
            reason=revision.reason,
        )


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """One saved config with its text. `masked`: how many secret values in it are not shown to the caller."""

    revision: RevisionAnswer
    body: str
    masked: int


class Revisions(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[RevisionAnswer]
    next: int | None


class PushAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One push and where it stands."""

    push: int
    service_code: str
    revision: int
    digest: str
    phase: Phase
    kind: str
    target: Target
    ordered_by: str
    ordered_at: Time
    changed_at: Time
    confirm_timeout_s: int
    expires_at: Time | None
    outcome: str | None
    reason: str | None
    rejected: tuple[Rejected, ...]

    @classmethod
    def of(cls, push: Push) -> "PushAnswer":
        return cls(
            push=push.push,
            service_code=push.service_code,
            revision=push.revision,
            digest=push.digest,
            phase=push.phase,
            kind=push.kind,
            target=push.target,
            ordered_by=push.ordered_by,
            ordered_at=rfc3339(push.ordered_at),
            changed_at=rfc3339(push.changed_at),
            confirm_timeout_s=push.confirm_timeout_s,
            expires_at=time_or_none(push.expires_at),
            outcome=push.outcome,
            reason=push.reason,
            rejected=push.rejected,
        )


class Pushes(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[PushAnswer]
    next: int | None


class PushCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many pushes stand in each phase; a phase with none is 0."""

    phases: dict[str, int]

    @classmethod
    def of(cls, counts: dict[str, int]) -> "PushCounts":
        return cls(phases={phase.value: counts.get(phase.value, 0) for phase in Phase})


class OrderResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order for one adapter: `push` and its revision, or `code` and `detail` of a refusal.

    `superseded` is the push that gave way; `waits_for` the one on trial whose end comes first.
    """

    service_code: str
    push: int | None
    revision: int | None
    digest: str | None
    superseded: int | None
    waits_for: int | None
    code: str | None
    detail: str | None

    @classmethod
    def of(cls, ordered: Ordered) -> "OrderResult":
        push = ordered.push
        return cls(
            service_code=ordered.service_code,
            push=None if push is None else push.push,
            revision=None if push is None else push.revision,
            digest=None if push is None else push.digest,
            superseded=ordered.superseded,
            waits_for=ordered.waits_for,
            code=ordered.code,
            detail=ordered.text,
        )


class PushesOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """One result for each service code, in the order given."""

    accepted: int
    refused: int
    results: list[OrderResult]

    @classmethod
    def of(cls, ordered: Sequence[Ordered]) -> "PushesOrdered":
        accepted = sum(1 for one in ordered if one.push is not None)
        return cls(
            accepted=accepted,
            refused=len(ordered) - accepted,
            results=[OrderResult.of(one) for one in ordered],
        )
