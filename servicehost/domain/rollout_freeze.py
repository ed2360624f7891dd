"""The targets of a rollout, frozen at its start: each with its site, its revision and its wave."""

import hashlib
from collections.abc import Sequence

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.fact_kind import Item
from servicehost.domain.rollout import Member, MemberState, Rollout, wave_sizes

__all__ = ["Frozen", "Target", "freeze", "site_of"]

_NAMED = 10


class Target(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """An adapter as it stands at the start. As JSON it is an array of these fields, as rows are."""

    service_code: str
    management_code: str
    declared_location: str
    site_name: str
    item: Item
    out_of_service_at: int | None
    startup_revision: int | None
    startup_digest: str | None
    revision: int | None
    """Its working one."""
    digest: str | None
    rollout: int | None
    """The unfinished one it is a member of."""


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of their positions, and the sizes of the waves. Who is skipped is in wave 0."""

    members: Sequence[Member]
    sizes: Sequence[int]


def site_of(target: Target) -> str | None:
    """By what two adapters of one place are known: a digest of the declared location, else of the name of the site.

    None when neither is known: it is then taken to stand alone. The place itself is not kept a second time.
    """
    place = " ".join((target.declared_location or target.site_name).split()).casefold()
    return hashlib.sha256(place.encode()).hexdigest()[:16] if place else None


def freeze(rollout: Rollout, targets: Sequence[Target], now: int) -> Frozen:
    """In the order given. Raises Conflict `adapter_in_rollout`, naming some, and `nothing_to_roll_out`."""
    busy = [one for one in targets if one.rollout is not None]
    if busy:
        named = ", ".join(f"{one.service_code} (rollout {one.rollout})" for one in busy[:_NAMED])
        more = f" and {len(busy) - _NAMED} more" if len(busy) > _NAMED else ""
        raise Conflict("adapter_in_rollout", f"In another rollout that has not ended: {named}{more}")
    skipped = {one.service_code: why for one in targets if (why := _why_skipped(one, now)) is not None}
    sizes = wave_sizes(len(targets) - len(skipped), rollout.plan.waves)
    if not sizes:
        reasons = ", ".join(sorted(set(skipped.values()))) or "no adapter is named"
        raise Conflict("nothing_to_roll_out", f"None of these adapters would get anything: {reasons}")
    turns = iter([wave for wave, size in enumerate(sizes, start=1) for _ in range(size)])
    members = []
    for position, one in enumerate(targets, start=1):
        why = skipped.get(one.service_code)
        members.append(_member(rollout, position, one, 0 if why else next(turns), why))
    return Frozen(members=[msgspec.structs.replace(one, changed_at=now) for one in members], sizes=sizes)


def _why_skipped(target: Target, now: int) -> str | None:
    if target.out_of_service_at is not None and target.out_of_service_at <= now:
        return "out_of_service"
    if target.item is Item.STANDBY:
        return "standby"  # it gets the config of the adapter whose place it takes
    if target.revision is None:
        return "no_config"
    same = (target.revision, target.digest) == (target.startup_revision, target.startup_digest)
    return "up_to_date" if same else None


def _member(rollout: Rollout, position: int, target: Target, wave: int, why: str | None) -> Member:
    return Member(
        rollout=rollout.rollout,
        position=position,
        management_code=target.management_code,
        service_code=target.service_code,
        wave=wave,
        state=MemberState.SKIPPED if why else MemberState.WAITING,
        changed_at=0,
        site=site_of(target),
        reason=why,
        revision=target.revision,
        digest=target.digest,
    )
