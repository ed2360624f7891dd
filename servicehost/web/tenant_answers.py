"""Answers of the API about contracts that were imported."""

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.operations.importing import Fate, Imported, ImportLine
from servicehost.web.answers import Time

__all__ = ["ContractImport", "ImportedThing"]


class ImportedThing(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter, a person, a delegate, a group, a query, a preset or a snapshot, as it is called here.

    `fate`: `add`, `append` (revisions that it lacks), `unchanged`, or `refuse`, with the reason. `revisions`: how many.
    Of kind `history` is what was done on the other host, `count` of each; it is in the archive to be read, and no host
    takes it in. `left_out` is what the archive does not hold.
    """

    kind: str
    key: str
    fate: Fate
    revisions: int
    count: int | None
    code: str | None
    text: str

    @classmethod
    def of(cls, one: ImportLine) -> "ImportedThing":
        return cls(**msgspec.structs.asdict(one))


class ContractImport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the archive, and what became of it; `applied` false: what would become of it."""

    applied: bool
    from_contract: str
    exported_at: Time
    items: list[ImportedThing]

    @classmethod
    def of(cls, imported: Imported) -> "ContractImport":
        return cls(
            applied=imported.applied,
            from_contract=imported.from_contract,
            exported_at=rfc3339(imported.exported_at),
            items=[ImportedThing.of(one) for one in imported.lines],
        )
