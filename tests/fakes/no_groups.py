"""The reads of groups, tags, saved queries and presets where there are none."""

from collections.abc import Collection

from servicehost.domain.contract import Scope
from servicehost.domain.group import SavedQuery
from servicehost.domain.preset import Preset
from servicehost.domain.query import Query
from servicehost.domain.selection import Selected, Selection
from servicehost.ports.groups import GroupView, Sorted, TagUse
from servicehost.ports.reads import AdapterView

__all__ = ["NoGroups"]


class NoGroups:
    """Implements `ports.groups.GroupReads` and `ports.presets.PresetReads`."""

    async def select_adapters(self, scope: Scope, selection: Selection, now: int, **_: object) -> Selected:
        return Selected(service_codes=())

    async def adapters_found(self, scope: Scope, query: Query, now: int, **_: object) -> list[AdapterView]:
        return []

    async def groups(self, scope: Scope, **_: object) -> list[GroupView]:
        return []

    async def group(self, scope: Scope, number: int) -> GroupView | None:
        return None

    async def tags(self, scope: Scope, **_: object) -> list[TagUse]:
        return []

    async def saved_queries(self, scope: Scope, **_: object) -> list[SavedQuery]:
        return []

    async def saved_query(self, scope: Scope, number: int) -> SavedQuery | None:
        return None

    async def sorted_into(self, scope: Scope, service_codes: Collection[str]) -> dict[str, Sorted]:
        return {}

    async def presets(self, scope: Scope, **_: object) -> list[Preset]:
        return []

    async def preset(self, scope: Scope, number: int) -> Preset | None:
        return None
