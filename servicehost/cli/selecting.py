"""How a command line says which adapters are meant: by their codes, by a group, a tag or a query."""

from typing import Annotated, Any, TypeAlias

from cyclopts import Parameter

from servicehost.cli.errors import BAD_INPUT, CommandError

__all__ = ["GroupFlag", "QueryFlag", "SavedQueryFlag", "TagFlag", "selection_of"]

GroupFlag: TypeAlias = Annotated[int | None, Parameter(name="--group", help="Number of a group.")]
TagFlag: TypeAlias = Annotated[str | None, Parameter(name="--tag", help="A tag, as NAME or NAME=VALUE.")]
QueryFlag: TypeAlias = Annotated[
    str | None, Parameter(name="--query", help='A query, such as "presence:connected site:大阪".')
]
SavedQueryFlag: TypeAlias = Annotated[int | None, Parameter(name="--saved", help="Number of a saved query.")]


def selection_of(
    service_codes: list[str], group: int | None, tag: str | None, query: str | None, saved: int | None
) -> dict[str, Any]:
    """The selection as the API takes it. Raises CommandError unless exactly one way is used."""
    ways = {"service_codes": service_codes or None, "group": group, "tag": tag, "query": query, "saved_query": saved}
    given = {name: value for name, value in ways.items() if value is not None}
    if len(given) != 1:
        raise CommandError("Name adapters, or give one of --group, --tag, --query, --saved", code=BAD_INPUT)
    return given
