"""How commands take the name of a unit, and the words of what becomes of it."""

from typing import Literal, TypeAlias

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.cli.errors import CommandError

__all__ = ["RevokedFor", "known_as"]

RevokedFor: TypeAlias = Literal[
    "unspecified",
    "key_compromise",
    "affiliation_changed",
    "superseded",
    "cessation_of_operation",
    "privilege_withdrawn",
]
"""Why a certificate is revoked."""


def known_as(distribution_id: str) -> str:
    """The Distribution ID in its one spelling. Raises CommandError."""
    try:
        return parse_distribution_id(distribution_id)
    except IdentityError as error:
        raise CommandError(f"{error} ({error.code})") from error
