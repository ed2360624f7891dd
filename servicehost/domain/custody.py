"""Where a thing is and how it got there: a chain of handovers that is only ever added to.

A thing is a unit or one of its main accessories. Each handover begins where the one before ended, so a thing is in one
place at a time, whatever is said in whatever order; what does not fit the chain is refused by name.
"""

import enum
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.rule import Text

__all__ = [
    "HOLDER_WORDS",
    "MAY_FOLLOW",
    "PART_WORDS",
    "CustodyRefusal",
    "Evidence",
    "Handover",
    "Holder",
    "Part",
    "Place",
    "Thing",
    "check_handover",
    "stretch",
    "whereabouts",
]


class Part(enum.StrEnum):
    """A unit itself, or a main accessory that is lent and returned with it."""

    UNIT = "unit"
    AC_ADAPTER = "ac_adapter"
    POWER_CABLE = "power_cable"
    LAN_CABLE = "lan_cable"
    ANTENNA = "antenna"
    SIM_CARD = "sim_card"
    MOUNT = "mount"


PART_WORDS: Final[Mapping[Part, Text]] = {
    Part.UNIT: Text(ja="機器本体", en="the unit"),
    Part.AC_ADAPTER: Text(ja="ACアダプタ", en="AC adapter"),
    Part.POWER_CABLE: Text(ja="電源ケーブル", en="power cable"),
    Part.LAN_CABLE: Text(ja="LANケーブル", en="LAN cable"),
    Part.ANTENNA: Text(ja="アンテナ", en="antenna"),
    Part.SIM_CARD: Text(ja="SIMカード", en="SIM card"),
    Part.MOUNT: Text(ja="取付金具", en="mounting bracket"),
}
"""Each part in words."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be in one place."""

    unit_id: int
    part: Part = Part.UNIT


class Holder(enum.StrEnum):
    """In whose hands a thing is."""

    STOCK = "stock"
    CARRIER = "carrier"
    DRIVER = "service_driver"
    ATTENDEE = "attendee"
    SITE = "site"
    """The customer has it, at the site of an adapter."""
    INSPECTION = "inspection"
    WRITTEN_OFF = "written_off"
    """Nobody is known to have it, and it is looked for no more. It may be found again."""


HOLDER_WORDS: Final[Mapping[Holder, Text]] = {
    Holder.STOCK: Text(ja="倉庫", en="in stock"),
    Holder.CARRIER: Text(ja="配送業者", en="with the carrier"),
    Holder.DRIVER: Text(ja="サービスドライバー", en="with the service driver"),
    Holder.ATTENDEE: Text(ja="立会者", en="with the attendee"),
    Holder.SITE: Text(ja="お客さまの拠点", en="at the customer's site"),
    Holder.INSPECTION: Text(ja="検査", en="in inspection"),
    Holder.WRITTEN_OFF: Text(ja="紛失として処理済み", en="written off"),
}
"""Each holder in words."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A holder and its name: which stock, which carrier, the service code of a site."""

    holder: Holder
    name: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for a handover: a carrier's reference, a note. `why` is a stable word, the step that brought it."""

    why: str
    reference: str = ""
    note: str = ""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A thing passed from one place to another, by somebody's word. `source` None: nothing was known of it before.

    `management_code` is the contract that sees it; None for what happens in the provider's own house.
    """

    thing: Thing
    source: Place | None
    target: Place
    at: int
    by: str
    evidence: Evidence
    exchange: int | None = None
    management_code: str | None = None
    handover: int = 0


class CustodyRefusal(enum.StrEnum):
    """Why a handover is refused."""

    NOT_THERE = "custody_not_there"
    SAME_PLACE = "custody_same_place"
    MAY_NOT_FOLLOW = "custody_may_not_follow"
    BEFORE_THE_LAST = "custody_before_the_last"


_H = Holder

MAY_FOLLOW: Final[Mapping[Holder | None, frozenset[Holder]]] = {
    None: frozenset({_H.STOCK, _H.SITE}),
    _H.STOCK: frozenset({_H.STOCK, _H.CARRIER, _H.DRIVER, _H.INSPECTION, _H.WRITTEN_OFF}),
    _H.CARRIER: frozenset({_H.SITE, _H.ATTENDEE, _H.STOCK, _H.WRITTEN_OFF}),
    _H.DRIVER: frozenset({_H.SITE, _H.ATTENDEE, _H.CARRIER, _H.STOCK, _H.WRITTEN_OFF}),
    _H.ATTENDEE: frozenset({_H.SITE, _H.CARRIER, _H.DRIVER, _H.STOCK, _H.WRITTEN_OFF}),
    _H.SITE: frozenset({_H.ATTENDEE, _H.CARRIER, _H.DRIVER, _H.STOCK, _H.WRITTEN_OFF}),
    _H.INSPECTION: frozenset({_H.STOCK, _H.WRITTEN_OFF}),
    # Found again: somebody has it and sends it, or it lies before us.
    _H.WRITTEN_OFF: frozenset({_H.STOCK, _H.CARRIER, _H.DRIVER, _H.SITE}),
}
"""From whom (None: nothing known yet) to whom a thing may pass. From one stock to another is a handover too."""


def whereabouts(chain: Sequence[Handover]) -> Place | None:
    """Where the thing of a chain is now; None when nothing is known of it. The chain is in its order."""
    return chain[-1].target if chain else None


def check_handover(chain: Sequence[Handover], handover: Handover) -> Handover:
    """The handover itself. Raises Conflict with a `CustodyRefusal` as its code unless it continues the chain."""
    at, last = whereabouts(chain), chain[-1].at if chain else handover.at
    what = f"{PART_WORDS[handover.thing.part].en} of unit {handover.thing.unit_id}"
    if handover.source != at:
        raise Conflict(CustodyRefusal.NOT_THERE, f"{what} is not {_where(handover.source)} but {_where(at)}")
    if handover.target == at:
        raise Conflict(CustodyRefusal.SAME_PLACE, f"{what} is {_where(at)} already")
    if handover.target.holder not in MAY_FOLLOW[None if at is None else at.holder]:
        text = f"{what} cannot pass from {_where(at)} to {_where(handover.target)}"
        raise Conflict(CustodyRefusal.MAY_NOT_FOLLOW, text)
    if handover.at < last:
        raise Conflict(CustodyRefusal.BEFORE_THE_LAST, f"{what} changed hands later than that already")
    return handover


def stretch(stages: Sequence[Place], at: Place | None, upto: Holder) -> tuple[Place, ...]:
    """The places of a way that still lie before a thing, up to a holder; none if it is not on that way, or past it.

    A thing of which nothing is known is taken to stand at the way's beginning, which is then the first of them.
    """
    last = next(i for i, stage in enumerate(stages) if stage.holder is upto)
    now = -1 if at is None else next((i for i, stage in enumerate(stages) if stage.holder is at.holder), last)
    return tuple(stages[now + 1 : last + 1])


def _where(place: Place | None) -> str:
    if place is None:
        return "anywhere known"
    return f"{HOLDER_WORDS[place.holder].en} {place.name}".rstrip()
