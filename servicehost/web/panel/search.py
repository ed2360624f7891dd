"""What an address of the fleet asks for: the search box, a state, and the filters.

In the search box full-width and half-width, capitals and small letters are one; every word must be found.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import msgspec

from servicehost.domain.query import MAX_QUERY
from servicehost.domain.selection import Selection
from servicehost.web.panel.forms import read_number
from servicehost.web.panel.picture import FleetRow
from servicehost.web.panel.state_words import PRESENCES

__all__ = ["ATTENTION", "Wish", "plain", "read_wish"]

MAX_SEARCH: Final = 100
ATTENTION: Final = "attention"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the fleet somebody wants to see. Empty: all of it."""

    search: str = ""
    state: str = ""
    of: str = ""
    """A filter that has a name: `group:3`, `tag:NAME` or `tag:NAME=VALUE`, `saved:2`."""
    query: str = ""
    """One that was written."""
    after: str = ""
    """The service code behind which the page begins."""
    pulse: bool = False
    """Nothing of it: only whether something has happened, for pages that are read anew then."""

    @property
    def narrow(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.search or self.state or self.filters)

    @property
    def filters(self) -> tuple[Selection, ...]:
        """Whom the two filters mean; both must hold."""
        found = (_of(self.of), Selection(query=self.query) if self.query else None)
        return tuple(one for one in found if one is not None)

    def address(self, **changed: str) -> str:
        """That of the page which shows this, with some parameters put in place of its own."""
        names = {"q": self.search, "state": self.state, "of": self.of, "query": self.query, "after": self.after}
        asked = {name: text for name, text in (names | changed).items() if text}
        return f"/panel/?{urlencode(asked)}#fleet" if asked else "/panel/#fleet"

    def finds(self, row: FleetRow) -> bool:
        """Whether the search, leaving the state aside, finds the adapter."""
        found_in = _haystack(row.site, row.service_code, row.unit, row.distribution_id, row.customer)
        return all(word in found_in for word in plain(self.search).split())

    def fits(self, row: FleetRow) -> bool:
        """Whether the row is to be shown."""
        if self.state == ATTENTION and not row.attention:
            return False
        return self.state in ("", ATTENTION, row.presence) and self.finds(row)


def read_wish(asked: Mapping[str, str]) -> Wish:
    """From the parameters of an address. A state or a kind of filter that there is not is as none."""
    if asked.get("part") == "pulse":
        return Wish(pulse=True)
    state, of = asked.get("state", ""), asked.get("of", "")[:MAX_QUERY]
    return Wish(
        search=asked.get("q", "").strip()[:MAX_SEARCH],
        state=state if state in PRESENCES or state == ATTENTION else "",
        of=of if _of(of) is not None else "",
        query=asked.get("query", "").strip()[: MAX_QUERY + 1],  # one too long is refused by name
        after=asked.get("after", "")[:MAX_SEARCH],
    )


def _of(text: str) -> Selection | None:
    kind, _, name = text.partition(":")
    if kind == "tag" and name:
        return Selection(tag=name)
    number = read_number(name)
    if not number or kind not in ("group", "saved"):
        return None
    return Selection(group=number) if kind == "group" else Selection(saved_query=number)


def plain(text: str) -> str:
    """The text as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=12_000)
def _haystack(*names: str) -> str:
    return plain(" ".join(names))
