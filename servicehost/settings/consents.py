"""Settings of consents."""

from typing import Annotated

import msgspec

__all__ = ["ConsentsSettings"]


class ConsentsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[consents]`: how long a customer's consent lets the provider's people work on the customer's network."""

    longest_h: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24
    """How long a consent lasts at most, in hours; the terms of the service name no figure."""
    usual_h: Annotated[int, msgspec.Meta(ge=1, le=720)] = 4
    """How long it lasts when nothing is said about it."""
    ahead_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 31
    """How many days ahead one can be given for planned work."""

    def __post_init__(self) -> None:
        """Raises ValueError when the usual time is longer than the longest."""
        if self.usual_h > self.longest_h:
            raise ValueError("usual_h must not be above longest_h")
