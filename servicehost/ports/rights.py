"""What the store keeps of on-site rights: declared locations, requests for the option, what was said of sites."""

from collections.abc import Collection
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.fact import Fact
from servicehost.domain.option import OptionRequest
from servicehost.domain.standing import RightRecord

__all__ = ["RightReads", "Rights"]


class Rights(Protocol):
    """The part of the batch verb that keeps rights. Within the batch's scope."""

    def right_record(self, service_code: str) -> RightRecord | None:
        """None when there is no such adapter."""
        ...

    def add_declared_location(self, declared: DeclaredLocation) -> DeclaredLocation:
        """With its number; numbers grow. Raises NotFound outside the scope."""
        ...

    def due_locations(self, now: int, limit: int) -> list[DeclaredLocation]:
        """Those that have taken effect and were not carried into the terms yet, in the order in which they did."""
        ...

    def mark_location_applied(self, number: int, at: int) -> None: ...

    def add_option_request(self, request: OptionRequest) -> OptionRequest:
        """With its number; the newest of an adapter counts. Raises NotFound outside the scope."""
        ...

    def save_option_request(self, request: OptionRequest) -> None:
        """Writes state, rule, location, decided_at, decided_by and reason, and nothing else of it."""
        ...

    def add_site_statement(self, management_code: str, service_code: str, fact: Fact, note: str) -> None:
        """Raises NotFound outside the scope."""
        ...


class RightReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def right_records(self, scope: Scope, service_codes: Collection[str]) -> dict[str, RightRecord]:
        """By service code; adapters outside the scope are left out."""
        ...

    async def declared_locations(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[DeclaredLocation]:
        """In the order in which they were declared; at most `limit` after the number `after` (exclusive)."""
        ...
