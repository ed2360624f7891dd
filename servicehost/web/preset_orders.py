"""Bodies of requests about preset commands."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.module import MAX_MODULE
from servicehost.domain.preset import (
    MAX_LINE,
    MAX_LINES,
    MAX_PLACEHOLDERS,
    MAX_VALUE,
    Placeholder,
    PresetKind,
    ValueKind,
)
from servicehost.operations.save_preset import PresetDraft
from servicehost.web.call import MAX_NUMBER
from servicehost.web.group_orders import Named, SelectionOrder
from servicehost.web.orders import Line, ManagementCode

__all__ = [
    "FillOrder",
    "Life",
    "PlaceholderOrder",
    "PlaceholderValues",
    "PresetChange",
    "PresetOrder",
    "RunOrder",
    "TimeOut",
]

_Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}(?!\n)$", max_length=40)]
_Value = Annotated[str, Meta(max_length=MAX_VALUE)]
PlaceholderValues = Annotated[dict[_Name, _Value], Meta(max_length=MAX_PLACEHOLDERS)]
Life = Annotated[int, Meta(ge=60, le=2_678_400)]
TimeOut = Annotated[int, Meta(ge=1, le=86_400)]
_Bound = Annotated[int, Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)]
_Module = Annotated[int, Meta(ge=0, le=MAX_MODULE)]
_Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_LINES * (MAX_LINE + 1),
        description="At most ten lines; `{name}` stands for a value, `{{` and `}}` are braces",
    ),
]


class PlaceholderOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a placeholder takes. In `pattern`, `#` is a digit, `@` a letter, `?` any character, `*` any run of them."""

    name: _Name
    kind: ValueKind = ValueKind.WORD
    says: Line = ""
    least: _Bound | None = None
    most: _Bound | None = None
    longest: Annotated[int, Meta(ge=1, le=MAX_VALUE)] = MAX_VALUE
    pattern: Line = ""
    choices: Annotated[list[Line], Meta(max_length=50)] = []
    default: _Value | None = None


class PresetChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a preset is from now on."""

    name: Named
    text: _Text
    kind: PresetKind = PresetKind.COMMAND
    says: Line = ""
    modules: Annotated[tuple[_Module, ...], Meta(min_length=1, max_length=MAX_MODULE + 1)] = (0,)
    placeholders: Annotated[list[PlaceholderOrder], Meta(max_length=MAX_PLACEHOLDERS)] = []

    @property
    def draft(self) -> PresetDraft:
        """As the use case takes it."""
        return PresetDraft(
            name=self.name,
            text=self.text,
            kind=self.kind,
            says=self.says,
            modules=tuple(dict.fromkeys(self.modules)),
            placeholders=tuple(
                Placeholder(**msgspec.structs.asdict(one) | {"choices": tuple(one.choices)})
                for one in self.placeholders
            ),
        )


class PresetOrder(PresetChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A preset of a management contract."""

    management_code: ManagementCode


class RunOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which adapters a preset is run, and with which values; the same ones on each."""

    adapters: SelectionOrder
    values: PlaceholderValues = {}
    name: Named | UnsetType = UNSET
    """What the batch is called; as the preset unless said."""
    reason: Line = ""
    life_s: Life | UnsetType = UNSET
    """How long it waits for its turn, or for an absent adapter; up to 31 days."""
    time_out_s: TimeOut | UnsetType = UNSET
    """How long each unit may take."""


class FillOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The values of a preset's placeholders, by name."""

    values: PlaceholderValues = {}
