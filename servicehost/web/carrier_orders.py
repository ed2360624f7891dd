"""What a carrier tells at the operators' door, and what it is answered."""

import enum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from servicehost.domain.custody import Part
from servicehost.domain.errand import Driver
from servicehost.domain.miss import MissReason
from servicehost.ports.carrier import CarrierNotice, NoticeKind
from servicehost.web.answers import Time
from servicehost.web.errand_orders import instant
from servicehost.web.orders import Instant

__all__ = ["CARRIER_EXAMPLE", "DriverData", "NoticeAnswer", "NoticeData", "NoticeOrder", "NoticeType"]


class NoticeType(enum.StrEnum):
    """What is told. The first ones are of a unit on its way to its place, the last two of one on its way back."""

    ACCEPTED = "errand.accepted"
    REFUSED = "errand.refused"
    ESTIMATED = "errand.estimated"
    DEPARTED = "errand.departed"
    ARRIVED = "errand.arrived"
    STARTED = "errand.started"
    DONE = "errand.done"
    MISSED = "errand.missed"
    LOST = "errand.lost"
    COLLECTED = "errand.collected"
    BROUGHT_BACK = "errand.brought_back"

    @property
    def kind(self) -> NoticeKind:
        """The same without the carrier's convention."""
        return NoticeKind(self.value.removeprefix("errand."))


class DriverData(msgspec.Struct, frozen=True, kw_only=True):
    """Who drives."""

    name: Annotated[str, Meta(max_length=100)] = ""
    telephone: Annotated[str, Meta(max_length=20)] = ""
    company: Annotated[str, Meta(max_length=64)] = ""


class NoticeData(msgspec.Struct, frozen=True, kw_only=True):
    """`errand` as in the order. `at`: when it was; without it, when we hear of it. `reason`: why it is late, or why a
    visit came to nothing. `missing`: accessories that did not come back with the unit. `text` is for people."""

    errand: Annotated[str, Meta(min_length=1, max_length=64)]
    text: Annotated[str, Meta(max_length=200)] = ""
    missing: Annotated[tuple[Part, ...], Meta(max_length=20)] = ()
    at: Instant | None = None
    estimated_arrival_at: Instant | None = None
    driver: DriverData | None = None
    tracking: Annotated[str, Meta(max_length=64)] | None = None
    reason: MissReason | None = None


class NoticeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the carrier. Fields that are not known here are passed over: more may be added on both sides."""

    type: NoticeType
    data: NoticeData

    def notice(self, message_id: str) -> CarrierNotice:
        """The message by its id. Raises Invalid `time_malformed`."""
        data = self.data
        return CarrierNotice(
            message_id=message_id,
            order_id=data.errand,
            kind=self.type.kind,
            text=data.text,
            missing=tuple(part.value for part in data.missing),
            at=None if data.at is None else instant("at", data.at),
            estimated_at=_estimate(data.estimated_arrival_at),
            driver=None if data.driver is None else _driver(data.driver),
            tracking=data.tracking,
            reason=data.reason,
        )


def _estimate(text: str | None) -> int | None:
    return None if text is None else instant("estimated_arrival_at", text)


def _driver(data: DriverData) -> Driver:
    return Driver(name=data.name, telephone=data.telephone, company=data.company)


class NoticeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The message is kept, since `taken_at`. The same message again is answered the same."""

    message: str
    errand: str
    taken_at: Time


CARRIER_EXAMPLE: Final[dict[str, Any]] = {
    "type": "errand.arrived",
    "timestamp": "2026-04-01T01:23:45.000Z",
    "data": {"errand": "exchange-12"},
}
