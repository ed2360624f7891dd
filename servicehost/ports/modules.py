"""What is kept of config modules beside the main one, and of bodies too large for a frame."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Protocol

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.module import ModuleMark

__all__ = ["NO_MODULES", "ModuleBatch", "ModuleReads", "ModuleWrites", "OfferedBody"]

NO_MODULES: Final[Mapping[str, tuple[ModuleMark, ...]]] = MappingProxyType({})


class OfferedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A body that a unit may fetch, and whose it is."""

    management_code: str
    digest: str


class ModuleWrites(Protocol):
    """In a person's transaction."""

    async def revision_sets(self, wanted: Collection[tuple[str, int]]) -> dict[str, tuple[Revision, ...]]:
        """By service code, every module of the revision of that number beside the main one; adapters with none are left
        out. Each service code is asked for once.
        """
        ...

    async def adapters_at(self, address: str, service_codes: Collection[str]) -> list[str]:
        """Those of these adapters whose unit has a session now that came from this address, in their order."""
        ...

    async def add_module_body(self, management_code: str, digest: str, body: bytes) -> None:
        """Harmless when the tenant has that content already."""
        ...


class ModuleBatch(Protocol):
    """In a batch from sessions."""

    def module_bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Bodies that were kept as bytes, by (management code, digest). Ask for small ones only."""
        ...


class ModuleReads(Protocol):
    """For the API, and for the bootstrap door."""

    async def revision_set(self, scope: Scope, service_code: str, revision: int) -> list[Revision]:
        """Every module of the revision of that number, the main one first; empty when there is none."""
        ...

    async def module_body(self, scope: Scope, management_code: str, digest: str) -> bytes | None:
        """The bytes of a body, however it is kept."""
        ...

    async def offered_body(self, distribution_id: str, fingerprint: str, digest: str) -> OfferedBody | None:
        """The body of this digest, if it belongs to an open push of the adapter that this unit serves, and neither the
        unit is held nor that certificate revoked. It takes no scope: the unit is what gives one.
        """
        ...
