"""The audit as the store keeps it: appended in the transaction of what it tells of, and read within a scope.

An entry goes to the end of its chain; its personal values are encrypted under keys that the store keeps beside it,
made when first needed and gone once destroyed. A value for somebody whose key was destroyed is not kept at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from servicehost.domain.audit import AuditEntry
from servicehost.domain.audit_check import Head
from servicehost.domain.contract import Scope

__all__ = ["AuditBatch", "AuditLine", "AuditReads", "AuditTransaction"]


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One record: as it is hashed, its hash, and in `personal` each sealed value by its path, or `erased`.

    A value that the scope may not read is left out of `personal`.
    """

    chain: str
    number: int
    record: msgspec.Raw
    hash: str
    personal: Mapping[str, Any]


class AuditTransaction(Protocol):
    """For people's use cases."""

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        """In the order given. Raises NotFound `no_contract` for a chain outside the scope."""
        ...

    async def erase_person(self, master_id: str, password_hash: str, at: int) -> bool:
        """Destroys the key, empties the name, replaces the password and ends the tokens; empties what they wrote and
        the calls they made, and takes their name and numbers out of other texts. False when that was done."""
        ...

    async def erase_named(self, management_code: str, name: str, at: int) -> bool:
        """Destroys the key of somebody known by name alone in that contract, empties their calls, and takes the name
        out of its ended exchanges and free texts; False when nothing was known of them."""
        ...

    async def attends_open_exchange(self, management_code: str, name: str) -> bool:
        """Whether an exchange that has not ended names them as its attendee."""
        ...


class AuditBatch(Protocol):
    """For steps that people and the host take alike."""

    def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        """As above."""
        ...


class AuditReads(Protocol):
    """Snapshots."""

    async def audit(self, scope: Scope, chain: str, *, after: int = 0, limit: int = 100) -> list[AuditLine]:
        """Records of a chain after number `after`, in order. Where a person called from is readable only within the
        scope that the person belongs to."""
        ...

    async def audit_heads(self, scope: Scope, since: int, before: int) -> list[Head]:
        """Of each chain with a record of an instant from `since` on and before `before`: the last one before it."""
        ...

    async def audit_begins(self, scope: Scope) -> int | None:
        """The instant of the earliest record there is."""
        ...
