"""Shipping addresses: where units of a rented adapter are sent, with their history. The newest counts.

Adapters are shipped within Japan only. One that was brought in needs none.
"""

import msgspec

from servicehost.domain.address import Address

__all__ = ["ShippingAddress"]


class ShippingAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One address, as it was said. `word` is how a doubtful one was made sure of; `address` None: it was erased."""

    number: int
    service_code: str
    management_code: str
    address: Address | None
    said_at: int
    said_by: str
    word: str = ""
