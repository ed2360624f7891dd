"""Files offered to units, kept in memory."""

from typing import Final

from protocol.identity import DistributionId
from servicehost.domain.certificate import UnitIdentity
from servicehost.ports.offered import OfferedFile

__all__ = ["MOST_OFFERS", "OffersFull", "OffersInMemory"]

MOST_OFFERS: Final = 10_000


class OffersFull(Exception):
    """As many files are offered as may be at once: withdraw some."""


class OffersInMemory:
    """Implements `ports.offered.Offered`. Each token is for one unit and one file."""

    def __init__(self, *, most: int = MOST_OFFERS) -> None:
        self._most = most
        self._offers: dict[str, tuple[DistributionId, OfferedFile]] = {}

    def offer(self, token: str, unit: DistributionId, file: OfferedFile) -> None:
        """Let `unit` fetch `file` under `token`, in the place of what that token named before. Raises OffersFull."""
        if token not in self._offers and len(self._offers) >= self._most:
            raise OffersFull(f"{self._most} files are offered already")
        self._offers[token] = (unit, file)

    def withdraw(self, token: str) -> None:
        """Offer it no more; transfers under way go on. Harmless twice."""
        self._offers.pop(token, None)

    async def find(self, unit: UnitIdentity, token: str) -> OfferedFile | None:
        owner, file = self._offers.get(token, (None, None))
        return file if owner == unit.distribution_id else None
