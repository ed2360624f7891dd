"""Whether a unit that says hello is let in, and what it is told if not.

Every answer has a close code that says how soon to dial again, and none means "never": a box that stops calling costs
a visit.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.unit import Life

__all__ = ["SERVING", "STANDBY", "Admitted", "Papers", "TurnedAway", "gone", "standing"]


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a unit at its hello that decides whether it is let in."""

    life: Life = Life.REGISTERED
    binding: int | None = None
    """The binding in force, if the unit serves an adapter."""
    out_of_service_at: int | None = None
    """When its adapter's contract ends or has ended; None: no end is known."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """The unit is let in, to serve its adapter or to wait on stand-by."""

    serving: bool


class TurnedAway(msgspec.Struct, frozen=True, kw_only=True):
    """The unit is not let in. `reason` is a stable word, as exact as the code's name or more; `text` is for people.

    `because` is a second stable word that says why; `hosts` are those that carry the unit now.
    """

    code: CloseCode
    reason: str
    text: str
    because: str | None = None
    hosts: tuple[str, ...] = ()


SERVING: Final = Admitted(serving=True)
STANDBY: Final = Admitted(serving=False)
CONTRACT_ENDED: Final = TurnedAway(
    code=CloseCode.OUT_OF_SERVICE, reason="contract_ended", text="The contract of this unit's adapter has ended"
)
_BY_LIFE: Final[Mapping[Life, TurnedAway]] = {
    Life.REPLACED: TurnedAway(
        code=CloseCode.REPLACED, reason="replaced", text="Another unit has taken this one's place"
    ),
    Life.RETURNED: TurnedAway(code=CloseCode.OUT_OF_SERVICE, reason="returned", text="This unit was returned"),
    Life.RETIRED: TurnedAway(code=CloseCode.OUT_OF_SERVICE, reason="retired", text="This unit was retired"),
    Life.LOST: TurnedAway(code=CloseCode.REVOKED, reason="lost", text="This unit was reported lost"),
    Life.STOLEN: TurnedAway(code=CloseCode.REVOKED, reason="stolen", text="This unit was reported stolen"),
}


def gone(life: Life) -> TurnedAway | None:
    """Why a unit with this life is turned away, whatever else holds of it; None when its life does not bar it."""
    return _BY_LIFE.get(life)


def standing(papers: Papers, now: int) -> Admitted | TurnedAway:
    """The answer to a hello. What is said of the unit itself goes before what is said of its adapter."""
    away = gone(papers.life)
    if away is not None:
        return away
    if papers.binding is None:
        return STANDBY
    if papers.out_of_service_at is not None and papers.out_of_service_at <= now:
        return CONTRACT_ENDED
    return SERVING
