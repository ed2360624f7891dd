"""The way of an exchange: where it has been, where it is, and what lies ahead."""

import msgspec

from servicehost.web.panel.cases import CaseView, StepTaken
from servicehost.web.panel.state_words import EXCHANGE_STEPS

__all__ = ["WayPoint", "way_of"]


class WayPoint(msgspec.Struct, frozen=True, kw_only=True):
    """`place`: done, now, ahead, or ended: an end before the whole way was gone.

    `taken` is the last time that the exchange came here; None: not yet.
    """

    state: str
    place: str
    taken: StepTaken | None


def way_of(case: CaseView) -> tuple[WayPoint, ...]:
    """Every step of a whole exchange; of one that ended early only the steps it took, its end last."""
    taken = {step.state: step for step in case.steps}
    whole = case.state in EXCHANGE_STEPS
    states = EXCHANGE_STEPS if whole else (*(state for state in EXCHANGE_STEPS if state in taken), case.state or "")
    here = states.index(case.state or "")
    return tuple(
        WayPoint(
            state=state,
            place=_place(place - here, last=place == len(states) - 1, whole=whole),
            # A verdict that fell leaves steps behind it that do not count any more.
            taken=taken.get(state) if place <= here else None,
        )
        for place, state in enumerate(states)
    )


def _place(ahead: int, *, last: bool, whole: bool) -> str:
    if ahead:
        return "ahead" if ahead > 0 else "done"
    if not last:
        return "now"
    return "done" if whole else "ended"
