"""Customers: who has one or more management contracts."""

import msgspec

__all__ = ["Customer"]


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """One customer. The code is what identifies them to the provider, whichever contract is spoken of."""

    customer_code: str
    name: str
    created_at: int
