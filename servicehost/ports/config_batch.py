"""Configs and units, for use cases that concern many adapters at once."""

from collections.abc import Collection, Sequence
from typing import Protocol

from servicehost.domain.config import Revision
from servicehost.ports.bound_units import BoundUnits

__all__ = ["ConfigBatch"]


class ConfigBatch(BoundUnits, Protocol):
    """Configs, for use cases that concern many adapters at once."""

    def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        """The newest (working) revision by service code; adapters without one are left out."""
        ...

    def main_revisions_at(self, wanted: Collection[tuple[str, int]]) -> dict[str, Revision]:
        """The main module of the revision of that number, by service code. Each service code is asked for once."""
        ...

    def revision_sets(self, wanted: Collection[tuple[str, int]]) -> dict[str, tuple[Revision, ...]]:
        """By service code, every module of the revision of that number beside the main one; adapters with none are left
        out. Each service code is asked for once."""
        ...

    def add_revisions(self, revisions: Sequence[Revision]) -> None: ...

    def add_content(self, management_code: str, digest: str, body: str) -> None:
        """Harmless when the tenant has that content already."""
        ...

    def add_module_body(self, management_code: str, digest: str, body: bytes) -> None:
        """Harmless when the tenant has that content already."""
        ...

    def adapters_at(self, address: str, service_codes: Collection[str]) -> list[str]:
        """Those of these adapters whose unit has a session now that came from this address, in their order."""
        ...
