"""The carrier: who brings a unit to where it is wanted. It may answer twice, late, or never."""

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec

__all__ = ["Carrier", "CarrierNotice", "CarrierOrder", "CarrierUnreachable", "NoticeKind"]


class NoticeKind(enum.StrEnum):
    """What a carrier tells."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ARRIVED = "arrived"
    LOST = "lost"


class CarrierOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Bring this unit there. `order_id` names the errand: the same one twice is one errand."""

    order_id: str
    method: str
    service_code: str
    distribution_id: str
    model_serial: str
    address: str
    attendee: str


class CarrierNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the carrier, named by `message_id`."""

    message_id: str
    order_id: str
    kind: NoticeKind
    text: str = ""


class CarrierUnreachable(Exception):
    """No answer; nothing is known of what was asked, which may be asked again."""

    code = "carrier_unreachable"


class Carrier(Protocol):
    """Orders out, messages in. Every call may raise CarrierUnreachable and may be repeated harmlessly."""

    async def order(self, order: CarrierOrder) -> None:
        """Hand over an errand. Whether it is accepted, and what becomes of it, comes as notices."""
        ...

    async def call_off(self, order_id: str) -> None:
        """Stop an errand if it can still be stopped; one it never heard of is none."""
        ...

    async def notices(self) -> Sequence[CarrierNotice]:
        """What it has to tell. Each is told again until it is acknowledged, in no promised order."""
        ...

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """These were taken and need not be told again."""
        ...
