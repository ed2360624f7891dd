"""Rows of the customer tables to nouns and back."""

from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from servicehost.backends.sql.rows import as_text
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.first_password import FirstPasswordLink

__all__ = ["delegate_row", "link_row", "to_customer", "to_delegate", "to_link"]

_codes: Final = msgspec.json.Decoder(tuple[str, ...])


def to_customer(row: RowMapping) -> Customer:
    """A row of `customer`."""
    return Customer(**{name: row[name] for name in Customer.__struct_fields__})


def delegate_row(one: Delegate) -> dict[str, Any]:
    """Without its number."""
    fields = {name: getattr(one, name) for name in Delegate.__struct_fields__ if name != "number"}
    return fields | {"service_codes": as_text(one.service_codes)}


def to_delegate(row: RowMapping) -> Delegate:
    """A row of `delegate`."""
    fields = {name: row[name] for name in Delegate.__struct_fields__}
    return Delegate(**fields | {"service_codes": _codes.decode(row["service_codes"])})


def link_row(one: FirstPasswordLink) -> dict[str, Any]:
    """Whole."""
    return msgspec.structs.asdict(one)


def to_link(row: RowMapping) -> FirstPasswordLink:
    """A row of `first_password_link`."""
    return FirstPasswordLink(**{name: row[name] for name in FirstPasswordLink.__struct_fields__})
