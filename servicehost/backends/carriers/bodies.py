"""What the webhook carrier is sent, as JSON. docs/carrier.md tells carriers' developers."""

from typing import Final

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.ports.carrier import CarrierOrder, CollectionOrder

__all__ = ["call_off_body", "collection_body", "order_body", "recall_body"]


class _Unit(msgspec.Struct, frozen=True, kw_only=True):
    distribution_id: str
    model_serial: str


class _Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    telephone: str = ""


class _Appointment(msgspec.Struct, frozen=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}):
    from_at: str
    until_at: str


class _Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    errand: str
    method: str
    service_code: str
    unit: _Unit
    address: str
    addressee: _Person | None = None
    attendee: _Person | None = None
    appointment: _Appointment | None = None
    target_at: str | None = None
    change: int = 0


class _Collection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    errand: str
    service_code: str
    unit: _Unit
    address: str
    addressee: _Person | None = None
    accessories: tuple[str, ...]


class _CallOff(msgspec.Struct, frozen=True, kw_only=True):
    errand: str


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    timestamp: str
    data: _Order | _Collection | _CallOff


_encoder: Final = msgspec.json.Encoder()


def order_body(order: CarrierOrder, now: int, kind: str = "errand.ordered") -> bytes:
    """`errand.ordered`, or `errand.changed`: the same data as they stand now."""
    appointment = None
    if order.window_from is not None and order.window_until is not None:
        appointment = _Appointment(from_at=rfc3339(order.window_from), until_at=rfc3339(order.window_until))
    data = _Order(
        errand=order.order_id,
        method=order.method,
        service_code=order.service_code,
        unit=_Unit(distribution_id=order.distribution_id, model_serial=order.model_serial),
        address=order.address,
        addressee=_person(order.addressee, order.addressee_telephone),
        attendee=_person(order.attendee, order.telephone),
        appointment=appointment,
        target_at=None if order.target_at is None else rfc3339(order.target_at),
        change=order.change,
    )
    return _encoder.encode(_Message(type=kind, timestamp=rfc3339(now), data=data))


def _person(name: str, telephone: str) -> _Person | None:
    return _Person(name=name, telephone=telephone) if name else None


def collection_body(order: CollectionOrder, now: int) -> bytes:
    """`collection.ordered`."""
    data = _Collection(
        errand=order.order_id,
        service_code=order.service_code,
        unit=_Unit(distribution_id=order.distribution_id, model_serial=order.model_serial),
        address=order.address,
        addressee=_person(order.addressee, order.addressee_telephone),
        accessories=order.accessories,
    )
    return _encoder.encode(_Message(type="collection.ordered", timestamp=rfc3339(now), data=data))


def call_off_body(order_id: str, now: int) -> bytes:
    """`errand.called_off`."""
    return _encoder.encode(_Message(type="errand.called_off", timestamp=rfc3339(now), data=_CallOff(errand=order_id)))


def recall_body(order_id: str, now: int) -> bytes:
    """`errand.recalled`."""
    return _encoder.encode(_Message(type="errand.recalled", timestamp=rfc3339(now), data=_CallOff(errand=order_id)))
