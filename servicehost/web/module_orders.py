"""Queries and bodies of requests about the modules of configs."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.web.orders import Line

__all__ = ["BlanksOrder", "ModuleQuery"]

Label = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]


class ModuleQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the body is, and why it is saved. Name and version left out stay what they were."""

    kind: Literal["text", "binary"] = "text"
    name: Label | UnsetType = UNSET
    version: Label | UnsetType = UNSET
    reason: Line = ""


class BlanksOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Line = ""
