"""Settings of snapshots."""

from typing import Annotated

import msgspec

__all__ = ["SnapshotsSettings"]


class SnapshotsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[snapshots]`: named snapshots of configs. They hold numbers of revisions, so they are small."""

    max_adapters: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    """Most adapters in one snapshot."""
    kept: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200
    """How many snapshots a contract may keep at a time; the next one is refused by name, and none is overwritten."""
