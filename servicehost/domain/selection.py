"""Which adapters something is meant for: named one by one, or by a group, a tag or a query."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.query import Query
from servicehost.domain.query_text import parse_query

__all__ = ["MOST", "Selected", "Selection", "check_selected", "check_selection", "query_of_tag"]

MOST: Final = 10_000
"""So many adapters one selection resolves to, unless its user allows fewer."""
_NAMED: Final = 10


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Exactly one field is set (`check_selection`). It can be kept as JSON and resolved again later.

    `group` and `saved_query` are numbers; `tag` is `NAME` or `NAME=VALUE`; `query` is a text of the query language.
    A list keeps its order, each adapter once; all else comes in the order of the service codes.
    """

    service_codes: tuple[str, ...] | None = None
    group: int | None = None
    tag: str | None = None
    query: str | None = None
    saved_query: int | None = None

    @property
    def by(self) -> str:
        """The name of the field that is set."""
        return next(name for name in self.__struct_fields__ if getattr(self, name) is not None)


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """What a selection resolves to within a scope. `unknown` are named codes that are no adapter there; `more` says
    that there are more adapters than were asked for."""

    service_codes: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    more: bool = False


def check_selection(selection: Selection) -> Selection:
    """The selection itself. Raises Conflict `selection_unclear` unless exactly one field is set, `query_malformed` for
    a query that cannot be read, and `selection_too_large` for a list of more than `MOST`."""
    given = [name for name in selection.__struct_fields__ if getattr(selection, name) is not None]
    if len(given) != 1:
        said = " and ".join(given) or "none"
        names = ", ".join(selection.__struct_fields__)
        raise Conflict("selection_unclear", f"Select adapters by exactly one of {names}; this says {said}")
    if selection.service_codes is not None and len(selection.service_codes) > MOST:
        raise Conflict("selection_too_large", f"At most {MOST} adapters are named at once")
    if selection.query is not None:
        parse_query(selection.query)
    if selection.tag is not None:
        query_of_tag(selection.tag)
    return selection


def query_of_tag(tag: str) -> Query:
    """The query that a tag stands for. Raises Conflict `query_malformed` for a tag without a name."""
    quoted = tag.replace("\\", "\\\\").replace('"', '\\"')
    return parse_query(f'tag:"{quoted}"')


def check_selected(found: Selected, most: int = MOST) -> tuple[str, ...]:
    """The service codes. Raises NotFound `adapter_not_found` naming the unknown ones, Conflict `selection_empty` or
    `selection_too_large`."""
    if found.unknown:
        raise NotFound("adapter_not_found", f"There is no adapter {_listed(found.unknown)}")
    if not found.service_codes:
        raise Conflict("selection_empty", "No adapter is selected")
    if found.more or len(found.service_codes) > most:
        raise Conflict("selection_too_large", f"More than {most} adapters are selected; select fewer at once")
    return found.service_codes


def _listed(codes: Sequence[str]) -> str:
    rest = len(codes) - _NAMED
    return ", ".join(codes[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
