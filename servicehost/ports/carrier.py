"""The carrier: who brings a unit to where it is wanted. It may answer twice, late, or never."""

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec

from servicehost.domain.errand import Driver
from servicehost.domain.miss import MissReason

__all__ = ["Carrier", "CarrierNotice", "CarrierOrder", "CarrierUnreachable", "CollectionOrder", "NoticeKind"]


class NoticeKind(enum.StrEnum):
    """What a carrier tells. `missed`: a visit came to nothing.

    The last two are about what comes back: it has it; it has delivered it.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ESTIMATED = "estimated"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    STARTED = "started"
    DONE = "done"
    MISSED = "missed"
    LOST = "lost"
    COLLECTED = "collected"
    BROUGHT_BACK = "brought_back"


class CarrierOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Bring this unit there. `order_id` names the errand: the same one twice is one errand.

    `addressee` receives what is shipped to `address`; who attends a driver there is the `attendee`, whose number
    `telephone` is. Instants are milliseconds. `change` grows with what is agreed; 0 while nothing is.
    """

    order_id: str
    method: str
    service_code: str
    distribution_id: str
    model_serial: str
    address: str
    attendee: str
    addressee: str = ""
    addressee_telephone: str = ""
    telephone: str = ""
    window_from: int | None = None
    window_until: int | None = None
    target_at: int | None = None
    change: int = 0


class CollectionOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Fetch this unit there with its accessories, and bring it back. Names as for a `CarrierOrder`."""

    order_id: str
    service_code: str
    distribution_id: str
    model_serial: str
    address: str
    accessories: tuple[str, ...]
    addressee: str = ""
    addressee_telephone: str = ""


class CarrierNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the carrier, named by `message_id`. `missing`: accessories that were not brought back.

    `at`: when it was, if the carrier says; `estimated_at`: when it thinks to arrive; `reason`: why late, or missed.
    """

    message_id: str
    order_id: str
    kind: NoticeKind
    text: str = ""
    missing: tuple[str, ...] = ()
    at: int | None = None
    estimated_at: int | None = None
    driver: Driver | None = None
    tracking: str | None = None
    reason: MissReason | None = None


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

    async def change(self, order: CarrierOrder) -> None:
        """Say what stands now of an errand that was ordered; the order with the greatest `change` counts."""
        ...

    async def collect(self, order: CollectionOrder) -> None:
        """Hand over an errand in the other direction. What becomes of it comes as notices."""
        ...

    async def call_off(self, order_id: str) -> None:
        """Stop an errand if it can still be stopped; one it never heard of is none."""
        ...

    async def recall(self, order_id: str) -> bool:
        """Stop an errand under way, so that another can take its place; False: it is too late, and it goes on.

        Asked again after a yes, the answer is the same.
        """
        ...

    async def notices(self) -> Sequence[CarrierNotice]:
        """What it has to tell to who asks. Each is told again until it is acknowledged, in no promised order.

        A carrier that calls at our door instead has nothing here.
        """
        ...

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """These were taken and need not be told again."""
        ...
