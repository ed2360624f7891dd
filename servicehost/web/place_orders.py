"""Bodies and queries of requests about places and addresses. Optional fields are left out, never null."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.address import WrittenAddress
from servicehost.domain.destination import DestinationKind
from servicehost.domain.place import PREFECTURE_PATTERN
from servicehost.web.orders import Limit, Line, Words

__all__ = ["AddressOrder", "DestinationOrder", "MunicipalitiesQuery", "ShippingAddressOrder"]

_PREFECTURE = PREFECTURE_PATTERN.removesuffix("$") + r"(?!\n)$"


class AddressOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address in Japan as somebody writes it. Prefecture and municipality by name or code, ward included."""

    postal_code: Line
    prefecture: Line
    municipality: Line
    rest: Line
    addressee: Line
    telephone: Line

    def written(self) -> WrittenAddress:
        """As it is checked."""
        return WrittenAddress(
            postal_code=self.postal_code,
            prefecture=self.prefecture,
            municipality=self.municipality,
            rest=self.rest,
            addressee=self.addressee,
            telephone=self.telephone,
        )


class ShippingAddressOrder(AddressOrder, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where units are shipped to. `word`: how a postal code that the list does not know was made sure of."""

    word: Line = ""


class DestinationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the units of an exchange go instead of the shipping address. `stand_in` belongs to that kind alone."""

    kind: DestinationKind
    reason: Words
    stand_in: AddressOrder | UnsetType = UNSET
    word: Line = ""


class MunicipalitiesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Municipalities in the order of their codes; of one prefecture, or of all."""

    prefecture: (
        Annotated[str, Meta(pattern=_PREFECTURE, max_length=2, description="Code of the prefecture")] | UnsetType
    ) = UNSET
    after: Annotated[str, Meta(max_length=5, pattern="^[0-9]*(?!\\n)$", description="`next` of the answer before")] = ""
    limit: Limit = 100
