"""Things change hands: the one place where handovers are written, each checked against the chain that it continues."""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.custody import Evidence, Handover, Part, Place, Thing, check_handover, whereabouts
from servicehost.ports.store import Batch

__all__ = ["Telling", "hand_over", "where_parts_are"]


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """By whose word things change hands, when, by what evidence, in which exchange, and which contract sees it."""

    by: str
    at: int
    evidence: Evidence
    exchange: int | None = None
    management_code: str | None = None


def hand_over(batch: Batch, unit_id: int, ways: Mapping[Part, Sequence[Place]], told: Telling) -> list[Handover]:
    """Take each part along its places, in order. Raises Conflict with a `CustodyRefusal`: then nothing is written.

    A clock that was set back reorders nothing: what happens next has not happened before the last.
    """
    chains = batch.chains([unit_id])
    made: list[Handover] = []
    for part, places in ways.items():
        thing = Thing(unit_id=unit_id, part=part)
        chain = list(chains.get(thing, ()))
        for place in places:
            one = check_handover(chain, _handover(thing, chain, place, told))
            chain.append(one)
            made.append(one)
    return batch.add_handovers(made)


def where_parts_are(batch: Batch, unit_id: int, parts: Sequence[Part]) -> dict[Part, Place | None]:
    """Where the unit and these accessories are now; None for what nothing is known of."""
    chains = batch.chains([unit_id])
    return {part: whereabouts(chains.get(Thing(unit_id=unit_id, part=part), ())) for part in (Part.UNIT, *parts)}


def _handover(thing: Thing, chain: Sequence[Handover], target: Place, told: Telling) -> Handover:
    last_at = chain[-1].at if chain else told.at
    return Handover(
        thing=thing,
        source=whereabouts(chain),
        target=target,
        at=max(told.at, last_at),
        by=told.by[:255],
        evidence=told.evidence,
        exchange=told.exchange,
        management_code=told.management_code,
    )
