"""Which unit serves an adapter, for use cases that concern many adapters at once."""

from collections.abc import Collection
from typing import Protocol

__all__ = ["BoundUnits"]


class BoundUnits(Protocol):
    """The part of the batch verb that knows bindings."""

    def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        """The unit bound now, by service code."""
        ...
