"""Answers of the API about preset commands."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.preset import Placeholder, Preset, PresetKind, ValueKind
from servicehost.web.answers import Time

__all__ = ["FilledPreset", "PlaceholderAnswer", "PresetAnswer", "Presets"]


class PlaceholderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one placeholder takes."""

    name: str
    kind: ValueKind
    says: str
    least: int | None
    most: int | None
    longest: int
    pattern: str
    choices: list[str]
    default: str | None

    @classmethod
    def of(cls, one: Placeholder) -> "PlaceholderAnswer":
        return cls(**msgspec.structs.asdict(one) | {"choices": list(one.choices)})


class PresetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A preset command. `version` is also its ETag."""

    preset: int
    management_code: str
    name: str
    says: str
    kind: PresetKind
    modules: list[int]
    text: str
    placeholders: list[PlaceholderAnswer]
    version: int
    saved_at: Time
    saved_by: str

    @classmethod
    def of(cls, preset: Preset) -> "PresetAnswer":
        told = {
            "modules": list(preset.modules),
            "placeholders": [PlaceholderAnswer.of(one) for one in preset.placeholders],
            "saved_at": rfc3339(preset.saved_at),
        }
        return cls(**msgspec.structs.asdict(preset) | told)


class Presets(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their numbers. `next` is the `after` of the part that follows; null: there is none."""

    items: list[PresetAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[Preset], limit: int) -> "Presets":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        following = page[-1].preset if len(found) > limit else None
        return cls(items=[PresetAnswer.of(one) for one in page], next=following)


class FilledPreset(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that would be sent."""

    lines: list[str]
