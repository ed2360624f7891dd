"""The search box: full-width and half-width, capitals and small letters are one; every word must be found."""

import unicodedata
from functools import lru_cache
from typing import Final

import msgspec

from servicehost.web.panel.picture import FleetRow
from servicehost.web.panel.state_words import PRESENCES

__all__ = ["ATTENTION", "Wish", "plain", "read_wish"]

MAX_SEARCH: Final = 100
ATTENTION: Final = "attention"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the fleet somebody wants to see. Empty: all of it."""

    search: str = ""
    state: str = ""
    pulse: bool = False
    """Nothing of it: only whether something has happened, for pages that are read anew then."""

    @property
    def narrow(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.search or self.state)

    def finds(self, row: FleetRow) -> bool:
        """Whether the search, leaving the state aside, finds the adapter."""
        found_in = _haystack(row.site, row.service_code, row.unit, row.distribution_id, row.customer)
        return all(word in found_in for word in plain(self.search).split())

    def fits(self, row: FleetRow) -> bool:
        """Whether the row is to be shown."""
        if self.state == ATTENTION and not row.attention:
            return False
        return self.state in ("", ATTENTION, row.presence) and self.finds(row)


def read_wish(search: str | None, state: str | None, part: str | None = None) -> Wish:
    """From an address. A state that there is not is as none."""
    if part == "pulse":
        return Wish(pulse=True)
    known = state if state in PRESENCES or state == ATTENTION else ""
    return Wish(search=(search or "").strip()[:MAX_SEARCH], state=known or "")


def plain(text: str) -> str:
    """The text as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=12_000)
def _haystack(*names: str) -> str:
    return plain(" ".join(names))
