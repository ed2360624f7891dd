"""Where a unit is brought to, and fetched from: one rule, which never falls back to another place by itself.

A driver goes to the declared location. What is shipped goes to the adapter's shipping address. Where that address was
never said, nothing is sent: the errand is held, by name, until it is said or a dispatcher knowingly decides for the
declared location or a stand-in address, with a reason. Of a shipping address and a dispatcher's word the later counts.
"""

import enum
from typing import Final

import msgspec

from servicehost.domain.address import Address
from servicehost.domain.hold import Hold
from servicehost.domain.rules import Verdict
from servicehost.domain.shipping_address import ShippingAddress

__all__ = [
    "MAY_BE_CHOSEN",
    "Destination",
    "DestinationKind",
    "DestinationWord",
    "Whereabouts",
    "bring_to",
    "fetch_from",
]


class DestinationKind(enum.StrEnum):
    """What kind of place it is. `unknown`: nowhere, so nothing is sent."""

    SHIPPING_ADDRESS = "shipping_address"
    DECLARED_LOCATION = "declared_location"
    STAND_IN = "stand_in"
    UNKNOWN = "unknown"


MAY_BE_CHOSEN: Final = (DestinationKind.DECLARED_LOCATION, DestinationKind.STAND_IN)
"""What a dispatcher may decide for instead of the shipping address."""


class DestinationWord(msgspec.Struct, frozen=True, kw_only=True):
    """A dispatcher's word on where the units of one exchange go and come from; the newest counts.

    `address` is that of a stand-in; None: the declared location is meant, or the address was erased.
    """

    number: int
    exchange: int
    service_code: str
    management_code: str
    kind: DestinationKind
    address: Address | None
    reason: str
    said_at: int
    said_by: str


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A place with who receives there. `reason` and `said_by`: a dispatcher decided for it instead of the usual one."""

    kind: DestinationKind
    address: str = ""
    addressee: str = ""
    telephone: str = ""
    reason: str = ""
    said_by: str = ""
    hold: Hold | None = None
    """Why there is none."""


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of where an exchange's units go: its method, the places that were said, a dispatcher's word."""

    method: Verdict | None
    declared_location: str
    shipping: ShippingAddress | None = None
    word: DestinationWord | None = None


def bring_to(known: Whereabouts) -> Destination:
    """Where the replacement goes. On site that is the declared location, whatever else was said."""
    if known.method is Verdict.ONSITE_SWAP:
        return _declared(known) or Destination(kind=DestinationKind.UNKNOWN, hold=Hold.NO_DECLARED_LOCATION)
    return _shipped(known)


def fetch_from(known: Whereabouts) -> Destination:
    """Where the replaced unit is: on site where the driver was, unless a dispatcher says otherwise."""
    if known.method is Verdict.ONSITE_SWAP:
        return _chosen(known) or bring_to(known)
    return _shipped(known)


def _shipped(known: Whereabouts) -> Destination:
    said = known.shipping if known.shipping is not None and known.shipping.address is not None else None
    chosen = _chosen(known)
    if chosen is not None and (said is None or known.word is None or known.word.said_at >= said.said_at):
        return chosen
    if said is None or said.address is None:
        return Destination(kind=DestinationKind.UNKNOWN, hold=Hold.NO_SHIPPING_ADDRESS)
    return _of_address(DestinationKind.SHIPPING_ADDRESS, said.address)


def _chosen(known: Whereabouts) -> Destination | None:
    """By the dispatcher's word; None: there is none, or the place that it names is not there any more."""
    word = known.word
    if word is None:
        return None
    if word.kind is DestinationKind.STAND_IN:
        found = None if word.address is None else _of_address(word.kind, word.address)
    else:
        found = _declared(known)
    return None if found is None else msgspec.structs.replace(found, reason=word.reason, said_by=word.said_by)


def _declared(known: Whereabouts) -> Destination | None:
    place = known.declared_location.strip()
    return Destination(kind=DestinationKind.DECLARED_LOCATION, address=place) if place else None


def _of_address(kind: DestinationKind, address: Address) -> Destination:
    return Destination(kind=kind, address=address.line, addressee=address.addressee, telephone=address.telephone)
