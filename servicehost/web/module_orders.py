"""Queries and bodies of requests about the modules of configs."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.module import MAX_MODULE
from servicehost.web.orders import Line, Number, ServiceCode

__all__ = ["BlanksOrder", "DiffQuery", "ModuleQuery", "PreviewQuery", "RestoreOrder"]

Which = Annotated[str, Meta(max_length=15, pattern=r"^(working|startup|running|[1-9][0-9]{0,14})(?!\n)$")]
Label = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]


class ModuleQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the body is, and why it is saved. Name and version left out stay what they were."""

    kind: Literal["text", "binary"] = "text"
    name: Label | UnsetType = UNSET
    version: Label | UnsetType = UNSET
    reason: Line = ""


class DiffQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two sides: a number, or what the adapter has now. `other` is the right side's adapter; left out: the same."""

    left: Which = "running"
    right: Which = "working"
    other: ServiceCode | UnsetType = UNSET
    module: Annotated[int, Meta(ge=0, le=MAX_MODULE)] = 0


class PreviewQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Left out: the working revision."""

    revision: Number | UnsetType = UNSET


class RestoreOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Line = ""


class BlanksOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Line = ""
