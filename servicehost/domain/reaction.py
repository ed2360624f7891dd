"""What follows from what: read `FOLLOWS` downwards and you have read the story.

A reaction is written in the same transaction as the event that caused it and run after it, at least once, so each is
harmless twice. Those of one adapter run in order. One that keeps failing is parked by name: it is shown, can be sent
again, and stands in nobody's way, not even that of its own adapter's later ones.
"""

import enum
from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

import msgspec

from servicehost.domain.event import Event

__all__ = ["FOLLOWS", "Operation", "Reaction", "Retry", "after_failure", "follow", "sent_again"]


class Operation(enum.StrEnum):
    """What a reaction runs."""

    JUDGE_EXCHANGE = "judge_exchange"
    RESERVE_UNIT = "reserve_unit"
    ORDER_EXCHANGE = "order_exchange"
    CHANGE_ORDER = "change_order"
    SETTLE_SWAP = "settle_swap"
    TELL_UNITS = "tell_units"
    CHECK_ACCEPTANCE = "check_acceptance"
    CLOSE_EXCHANGE = "close_exchange"
    CALL_OFF_ORDER = "call_off_order"
    KEEP_CUSTODY = "keep_custody"
    COLLECT_RETURN = "collect_return"
    CALL_OFF_COLLECTION = "call_off_collection"
    SETTLE_CHARGE = "settle_charge"
    RECALL_ORDER = "recall_order"


_O = Operation

FOLLOWS: Final[Mapping[str, tuple[Operation, ...]]] = {
    # A symptom opens or joins a fault where it is noted. A fault orders nothing: it waits for triage and a request.
    "exchange_requested": (_O.JUDGE_EXCHANGE,),
    "fault_triaged": (_O.JUDGE_EXCHANGE,),
    "fact_stated": (_O.JUDGE_EXCHANGE,),
    "terms_changed": (_O.JUDGE_EXCHANGE,),
    "location_in_force": (_O.JUDGE_EXCHANGE,),
    "option_decided": (_O.JUDGE_EXCHANGE,),
    "option_attached": (_O.JUDGE_EXCHANGE,),
    "option_detached": (_O.JUDGE_EXCHANGE,),
    "site_stated": (_O.JUDGE_EXCHANGE,),
    "exchange_overruled": (_O.JUDGE_EXCHANGE,),
    "verdict_overridden": (_O.JUDGE_EXCHANGE,),
    "override_withdrawn": (_O.JUDGE_EXCHANGE,),
    "exchange_reopened": (_O.JUDGE_EXCHANGE,),
    "adapter_promoted": (_O.JUDGE_EXCHANGE,),
    # Held back while a dispatcher decides; judged again once one has, or when the area is open again.
    "downgrade_proposed": (_O.JUDGE_EXCHANGE,),
    "area_proposal_decided": (_O.JUDGE_EXCHANGE,),
    "area_proposal_withdrawn": (_O.JUDGE_EXCHANGE,),
    # It has gone out: the carrier is asked to stop the driver, and then another errand is sent.
    "recall_decided": (_O.RECALL_ORDER,),
    "area_opened": (_O.JUDGE_EXCHANGE,),
    # An undecided or declining verdict has no follower: the one waits for facts, the other is an end.
    "exchange_judged": (_O.RESERVE_UNIT,),
    "exchange_reserved": (_O.ORDER_EXCHANGE,),
    # What is held for want of a place waits for this: the replacement to go out, or the replaced unit to be fetched.
    "destination_said": (_O.ORDER_EXCHANGE, _O.COLLECT_RETURN),
    # From here on the box itself moves the story: its hello, or the word "swap now".
    "exchange_ordered": (_O.KEEP_CUSTODY,),
    # Nobody there is no end: the visit is over, and the box is with the driver again.
    "appointment_agreed": (_O.CHANGE_ORDER,),
    "appointment_changed": (_O.CHANGE_ORDER,),
    "visit_missed": (_O.CHANGE_ORDER, _O.KEEP_CUSTODY),
    "exchange_arrived": (_O.SETTLE_SWAP, _O.KEEP_CUSTODY),
    "exchange_swapped": (_O.TELL_UNITS, _O.CHECK_ACCEPTANCE, _O.KEEP_CUSTODY, _O.COLLECT_RETURN),
    # Accepted waits for the operation manager.
    "exchange_confirmed": (_O.CLOSE_EXCHANGE,),
    "exchange_cancelled": (_O.CALL_OFF_ORDER, _O.KEEP_CUSTODY),
    "exchange_failed": (_O.TELL_UNITS, _O.CALL_OFF_ORDER, _O.KEEP_CUSTODY),
    # What is to come back, and what it costs when it does not, or not whole.
    "return_due": (_O.COLLECT_RETURN,),
    "return_called_off": (_O.CALL_OFF_COLLECTION, _O.SETTLE_CHARGE),
    "return_shipped": (_O.SETTLE_CHARGE,),
    "return_received": (_O.SETTLE_CHARGE,),
    "return_inspected": (_O.SETTLE_CHARGE,),
    "return_overdue": (_O.SETTLE_CHARGE,),
    "return_written_off": (_O.CALL_OFF_COLLECTION, _O.SETTLE_CHARGE),
}
"""Sub-type of an event → the operations that follow, in order."""


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the outbox. `detail` is that of the event that caused it. `parked` is the code of the last failure."""

    number: int
    cause: str
    operation: Operation
    service_code: str
    management_code: str
    caused_at: int
    next_try_at: int
    detail: dict[str, Any] = {}
    tries: int = 0
    failure: str | None = None
    text: str | None = None
    parked_at: int | None = None


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often, and after how long, a failing reaction is tried before it is parked.

    The wait doubles each time, and is up to a quarter longer: what failed together does not come back together.
    """

    tries: int = 5
    first_wait_ms: int = 1_000
    longest_wait_ms: int = 60_000


def follow(event: Event) -> tuple[Reaction, ...]:
    """The reactions to an event, in order, without their numbers yet. Only what concerns an adapter has followers."""
    if event.service_code is None or event.management_code is None:
        return ()
    return tuple(
        Reaction(
            number=0,
            cause=event.sub_type,
            operation=operation,
            service_code=event.service_code,
            management_code=event.management_code,
            caused_at=event.at,
            next_try_at=event.at,
            detail=event.detail,
        )
        for operation in FOLLOWS.get(event.sub_type, ())
    )


def after_failure(reaction: Reaction, code: str, text: str, now: int, retry: Retry) -> Reaction:
    """The reaction after a failed try: to be tried again later, or parked."""
    tries = reaction.tries + 1
    wait = min(retry.first_wait_ms * 2 ** min(tries - 1, 30), retry.longest_wait_ms)
    return msgspec.structs.replace(
        reaction,
        tries=tries,
        failure=code,
        text=text[:255],
        next_try_at=now + wait + _spread(reaction.number, tries, wait // 4),
        parked_at=now if tries >= retry.tries else None,
    )


def _spread(number: int, tries: int, most: int) -> int:
    """0 to `most`: chance enough, and the same for the same try."""
    return crc32(f"{number}/{tries}".encode()) % (most + 1)


def sent_again(reaction: Reaction, now: int) -> Reaction:
    """A parked reaction, taken up again from its first try."""
    return msgspec.structs.replace(reaction, tries=0, next_try_at=now, parked_at=None)
