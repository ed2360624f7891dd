"""Read models of bindings: who has served whom, when and why. Like `reads`: snapshots, within the caller's scope."""

from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.unit import Binding

__all__ = ["BindingView", "LifeReads"]


class BindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A binding, ended or in force, with its unit by name: also when that has left its customer's scope."""

    binding: Binding
    distribution_id: str


class LifeReads(Protocol):
    """In the order of their numbers, oldest first; at most `limit` after the number `after` (exclusive)."""

    async def bindings_of_unit(
        self, scope: Scope, distribution_id: str, *, after: int = 0, limit: int = 100
    ) -> list[BindingView]: ...

    async def bindings_of_adapter(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[BindingView]: ...
