"""Answers of the API about stock and about steps still to be run. Times are RFC 3339, UTC."""

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.reaction import Operation, Reaction
from servicehost.domain.spare import Spare, SpareState
from servicehost.web.answers import Time, time_or_none

__all__ = ["ReactionAnswer", "Reactions", "SpareAnswer", "Spares"]


class SpareAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit in stock; `exchange` is the one it is set aside for. `firmware` empty: not known."""

    distribution_id: str
    model: str
    firmware: str
    depot: str
    state: SpareState
    stocked_at: Time
    exchange: int | None

    @classmethod
    def of(cls, spare: Spare) -> "SpareAnswer":
        return cls(
            distribution_id=spare.distribution_id,
            model=spare.model,
            firmware=spare.firmware,
            depot=spare.depot,
            state=spare.state,
            stocked_at=rfc3339(spare.stocked_at),
            exchange=spare.exchange,
        )


class Spares(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[SpareAnswer]
    next: int | None


class ReactionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A step that follows from an event and is still to be run; `failure` and `text` are those of its last try."""

    reaction: int
    cause: str
    operation: Operation
    service_code: str
    caused_at: Time
    next_try_at: Time
    tries: int
    failure: str | None
    text: str | None
    parked_at: Time | None

    @classmethod
    def of(cls, reaction: Reaction) -> "ReactionAnswer":
        # What an unforeseen fault of ours says is for the log: nobody has weighed its words.
        text = None if reaction.failure == "host_fault" else reaction.text
        return cls(
            reaction=reaction.number,
            cause=reaction.cause,
            operation=reaction.operation,
            service_code=reaction.service_code,
            caused_at=rfc3339(reaction.caused_at),
            next_try_at=rfc3339(reaction.next_try_at),
            tries=reaction.tries,
            failure=reaction.failure,
            text=text,
            parked_at=time_or_none(reaction.parked_at),
        )


class Reactions(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ReactionAnswer]
    next: int | None
