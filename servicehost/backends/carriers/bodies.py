"""What the webhook carrier is sent, as JSON. docs/carrier.md tells carriers' developers."""

from typing import Final

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.ports.carrier import CarrierOrder, CollectionOrder

__all__ = ["call_off_body", "collection_body", "order_body"]


class _Unit(msgspec.Struct, frozen=True, kw_only=True):
    distribution_id: str
    model_serial: str


class _Attendee(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class _Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    errand: str
    method: str
    service_code: str
    unit: _Unit
    address: str
    attendee: _Attendee | None = None


class _Collection(msgspec.Struct, frozen=True, kw_only=True):
    errand: str
    service_code: str
    unit: _Unit
    address: str
    accessories: tuple[str, ...]


class _CallOff(msgspec.Struct, frozen=True, kw_only=True):
    errand: str


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    timestamp: str
    data: _Order | _Collection | _CallOff


_encoder: Final = msgspec.json.Encoder()


def order_body(order: CarrierOrder, now: int) -> bytes:
    """`errand.ordered`."""
    data = _Order(
        errand=order.order_id,
        method=order.method,
        service_code=order.service_code,
        unit=_Unit(distribution_id=order.distribution_id, model_serial=order.model_serial),
        address=order.address,
        attendee=_Attendee(name=order.attendee) if order.attendee else None,
    )
    return _encoder.encode(_Message(type="errand.ordered", timestamp=rfc3339(now), data=data))


def collection_body(order: CollectionOrder, now: int) -> bytes:
    """`collection.ordered`."""
    data = _Collection(
        errand=order.order_id,
        service_code=order.service_code,
        unit=_Unit(distribution_id=order.distribution_id, model_serial=order.model_serial),
        address=order.address,
        accessories=order.accessories,
    )
    return _encoder.encode(_Message(type="collection.ordered", timestamp=rfc3339(now), data=data))


def call_off_body(order_id: str, now: int) -> bytes:
    """`errand.called_off`."""
    return _encoder.encode(_Message(type="errand.called_off", timestamp=rfc3339(now), data=_CallOff(errand=order_id)))
