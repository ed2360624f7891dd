"""What the store keeps of where errands go."""

from typing import Protocol

from servicehost.domain.destination import DestinationWord, Whereabouts
from servicehost.domain.exchange import Exchange

__all__ = ["Destinations"]


class Destinations(Protocol):
    """The part of the batch verb that knows where errands go. Within the batch's scope."""

    def add_destination_word(self, word: DestinationWord) -> DestinationWord:
        """With its number; the newest of an exchange counts. Raises NotFound outside the scope."""
        ...

    def whereabouts(self, exchange: Exchange) -> Whereabouts:
        """As they are now; outside the scope nothing is known."""
        ...

    def exchanges_to_send(self, service_code: str) -> list[Exchange]:
        """Those of the adapter of which a unit is still to go out, or whose replaced unit is due, by their numbers."""
        ...

    def erase_destinations_of(self, management_code: str) -> int:
        """Empty the stand-in addresses of that contract, the reasons beside them, and where its units were sent; how
        many words and exchanges there were. Lines stay."""
        ...
