"""Queries and bodies of requests about the audit and about the erasure of people."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import Limit, Name, Words

__all__ = ["AuditQuery", "ErasureOrder", "NamedErasureOrder"]


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a chain in the order of its numbers."""

    chain: (
        Annotated[
            str, Meta(pattern="^(system|nxm[0-9]{9})$", max_length=12, description="A contract's code, or system")
        ]
        | UnsetType
    ) = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="The last number of the answer before")] = 0
    limit: Limit = 100


class ErasureOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody is erased."""

    reason: Words


class NamedErasureOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom, by the name under which they attended, and why."""

    name: Name
    reason: Words
