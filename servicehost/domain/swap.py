"""When the binding moves from the old unit to the new one.

Not before the reserved unit has said hello since it was sent, and then only when the old one is silent or whoever
may say so says "swap now". Until then the new unit is on stand-by; afterwards the old one is. At no instant do both
serve: the move is one step, and the old unit's sessions are fenced off by it.
"""

import enum
from collections.abc import Mapping

import msgspec

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.compatibility import ModelFacts
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.rules import Verdict

__all__ = ["Speaker", "SwapPolicy", "SwapView", "may_return", "may_say_swap_now", "swap_due"]


class SwapPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider has decided of replacements: what is known of each model, which accessories belong to it, and
    how long after its end an exchange may be taken up again."""

    models: Mapping[str, ModelFacts] = {}
    returns: ReturnPolicy = ReturnPolicy()
    reopen_within_ms: int = 14 * 86_400_000


class Speaker(enum.StrEnum):
    """Whose word it is that the units change places."""

    ATTENDEE = "attendee"
    OPERATION_MANAGER = "operation_manager"


class SwapView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known at one instant. `old_silent`: it cannot be serving, or there is none; unknown is not silent."""

    state: ExchangeState
    new_said_hello: bool
    old_silent: bool
    said_now: bool


def swap_due(view: SwapView) -> bool:
    """Whether the binding moves now."""
    sent = view.state in (ExchangeState.ORDERED, ExchangeState.ARRIVED)
    return sent and view.new_said_hello and (view.old_silent or view.said_now)


def may_say_swap_now(method: Verdict | None, speaker: Speaker) -> bool:
    """On site it is the attendee's word, who stands before the boxes; otherwise the operation manager's."""
    if method is Verdict.ONSITE_SWAP:
        return speaker is Speaker.ATTENDEE
    return speaker is Speaker.OPERATION_MANAGER


def may_return(state: ExchangeState) -> bool:
    """Whether the old unit gets its binding back when the new one turns out dead: until people have confirmed."""
    return state in (ExchangeState.SWAPPED, ExchangeState.ACCEPTED)
