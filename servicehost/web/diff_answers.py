"""Answers of the API about what differs: two revisions, and what a push would send."""

import msgspec

from servicehost.operations.compare_configs import Compared
from servicehost.operations.preview_push import Preview
from servicehost.web.module_answers import SavedModule

__all__ = ["DiffAnswer", "PreviewAnswer", "PreviewRow"]


class DiffAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Two modules compared. `unified` is empty when they are the same, and null for bytes that are no text.

    `masked`: how many secret values of both are not shown to the caller; where one differs, its line is on both sides.
    """

    left: SavedModule
    right: SavedModule
    same: bool
    unified: str | None
    masked: int

    @classmethod
    def of(cls, compared: Compared) -> "DiffAnswer":
        return cls(
            left=SavedModule.of(compared.left),
            right=SavedModule.of(compared.right),
            same=compared.same,
            unified=compared.unified,
            masked=compared.masked,
        )


class PreviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """One module. `fate`: `sent`, `unchanged`, `never_saved` (stays as it is), `not_on_unit` (would be refused), or
    `unknown` while no unit has said what it runs.
    """

    module: int
    name: str
    fate: str
    digest: str | None
    size_bytes: int | None
    running_digest: str | None


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what a push of this revision would send to the unit that serves the adapter, by what it said last."""

    service_code: str
    revision: int
    sent_bytes: int
    items: list[PreviewRow]

    @classmethod
    def of(cls, preview: Preview) -> "PreviewAnswer":
        rows = [
            PreviewRow(
                module=one.module,
                name=one.name,
                fate=one.fate.value,
                digest=one.digest,
                size_bytes=one.size_bytes,
                running_digest=one.running_digest,
            )
            for one in preview.modules
        ]
        return cls(
            service_code=preview.service_code, revision=preview.revision, sent_bytes=preview.sent_bytes, items=rows
        )
