"""The carrier: who brings a unit to where it is wanted. It may answer twice, late, or never."""

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec

__all__ = ["Carrier", "CarrierNotice", "CarrierOrder", "CarrierUnreachable", "CollectionOrder", "NoticeKind"]


class NoticeKind(enum.StrEnum):
    """What a carrier tells. The last two are about what comes back: it has it; it has delivered it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ARRIVED = "arrived"
    LOST = "lost"
    COLLECTED = "collected"
    BROUGHT_BACK = "brought_back"


class CarrierOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Bring this unit there. `order_id` names the errand: the same one twice is one errand."""

    order_id: str
    method: str
    service_code: str
    distribution_id: str
    model_serial: str
    address: str
    attendee: str


class CollectionOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Fetch this unit there with its accessories, and bring it back. Names as for a `CarrierOrder`."""

    order_id: str
    service_code: str
    distribution_id: str
    model_serial: str
    address: str
    accessories: tuple[str, ...]


class CarrierNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the carrier, named by `message_id`. `missing`: accessories that were not brought back."""

    message_id: str
    order_id: str
    kind: NoticeKind
    text: str = ""
    missing: tuple[str, ...] = ()


class CarrierUnreachable(Exception):
    """No good answer; nothing is known of what was asked, which may be asked again. `code` is stable: how it failed.

    carrier_unreachable, carrier_untrusted (its certificate), carrier_too_slow, carrier_redirects, carrier_rejects (4xx:
    what was asked, or its signature, is not to its liking), carrier_fails, webhook_secrets_unusable (our own).
    """

    def __init__(self, text: str, code: str = "carrier_unreachable") -> None:
        super().__init__(text)
        self.code = code


class Carrier(Protocol):
    """Orders out, messages in. Every call may raise CarrierUnreachable and may be repeated harmlessly."""

    async def order(self, order: CarrierOrder) -> None:
        """Hand over an errand. Whether it is accepted, and what becomes of it, comes as notices."""
        ...

    async def collect(self, order: CollectionOrder) -> None:
        """Hand over an errand in the other direction. What becomes of it comes as notices."""
        ...

    async def call_off(self, order_id: str) -> None:
        """Stop an errand if it can still be stopped; one it never heard of is none."""
        ...

    async def notices(self) -> Sequence[CarrierNotice]:
        """What it has to tell to who asks. Each is told again until it is acknowledged, in no promised order.

        A carrier that calls at our door instead has nothing here.
        """
        ...

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """These were taken and need not be told again."""
        ...
