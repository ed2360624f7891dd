"""Settings of groups, tags and saved queries: how many, and how long their names are."""

from typing import Annotated

import msgspec

__all__ = ["GroupsSettings"]

_Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class GroupsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[groups]`: how customers may sort their adapters, and what they keep.

    A bound that is lowered takes away nothing that is there.
    """

    name_characters: Annotated[int, msgspec.Meta(ge=1, le=100)] = 40
    """How many characters the name of a group, a tag, a saved query or a preset has at most."""

    groups: _Count = 100
    """How many groups a management contract has at most."""

    queries: _Count = 100
    """How many saved queries a management contract has at most."""

    presets: _Count = 100
    """How many preset commands a management contract has at most."""

    tag_names: _Count = 20
    """How many different names of tags a management contract uses at most."""

    tags_of_adapter: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    """How many tags one adapter carries at most."""
