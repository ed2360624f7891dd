"""What every order of pushes does alike, whoever orders: the push, what gives way to it, what is asked again."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.module import manifest_of
from servicehost.domain.push import Phase, Push, Target
from servicehost.operations.choose_revisions import Chosen

__all__ = ["THIS_MACHINE", "Terms", "check_through", "given_way", "new_push"]

THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1"})
"""The addresses that are behind no adapter."""
_NAMED: Final = 10
"""As many adapters a refusal names."""


def check_through(through: Sequence[str]) -> None:
    """Raises Conflict `operating_through_adapter` when the caller's address is that of one of these adapters' units."""
    if through:
        named = ", ".join(through[:_NAMED])
        raise Conflict(
            "operating_through_adapter",
            f"You are operating through {named}: your address is that of its unit, and this push may cut you off. "
            "Order it again with through_acknowledged if you mean it",
        )


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the pushes of one order have in common."""

    at: int
    confirm_timeout_s: int
    expires_at: int
    target: Target = Target.BOTH


def new_push(chosen: Chosen, by: str, terms: Terms) -> Push:
    """A push of a whole revision, queued and without its number yet."""
    revision = chosen.main
    return Push(
        push=0,
        service_code=revision.service_code,
        management_code=revision.management_code,
        module=revision.module,
        revision=revision.revision,
        digest=revision.digest,
        phase=Phase.QUEUED,
        kind="operator",
        ordered_by=by,
        ordered_at=terms.at,
        changed_at=terms.at,
        confirm_timeout_s=terms.confirm_timeout_s,
        expires_at=terms.expires_at,
        modules=manifest_of(revision, chosen.others),
        target=terms.target,
    )


def given_way(standing: Mapping[str, Sequence[Push]], now: int) -> list[Push]:
    """Of the open pushes of some adapters those that no unit tries yet, as a newer push supersedes them."""
    return [
        msgspec.structs.replace(push, phase=Phase.SUPERSEDED, reason="newer_push", changed_at=now)
        for pushes in standing.values()
        for push in pushes
        if push.phase.recallable
    ]
