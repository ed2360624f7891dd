"""How commands take the name of a unit."""

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.cli.errors import CommandError

__all__ = ["known_as"]


def known_as(distribution_id: str) -> str:
    """The Distribution ID in its one spelling. Raises CommandError."""
    try:
        return parse_distribution_id(distribution_id)
    except IdentityError as error:
        raise CommandError(f"{error} ({error.code})") from error
