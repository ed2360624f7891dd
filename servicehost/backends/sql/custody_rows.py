"""Rows of the custody tables to nouns and back."""

from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from servicehost.backends.sql.rows import as_text
from servicehost.domain.charge_proposal import ChargeEvidence, ChargeItem, ChargeProposal, ProposalState
from servicehost.domain.custody import Evidence, Handover, Holder, Part, Place, Thing
from servicehost.domain.fact_kind import Inspection
from servicehost.domain.hold import Hold
from servicehost.domain.unit_return import Erasure, Loss, ReturnState, UnitReturn

__all__ = ["handover_row", "proposal_row", "return_row", "to_handover", "to_proposal", "to_return"]

_parts: Final = msgspec.json.Decoder(tuple[Part, ...])
_items: Final = msgspec.json.Decoder(tuple[ChargeItem, ...])
_evidence: Final = msgspec.json.Decoder(ChargeEvidence)


def handover_row(one: Handover) -> dict[str, Any]:
    """Without its number."""
    return {
        "management_code": one.management_code,
        "unit_id": one.thing.unit_id,
        "part": one.thing.part.value,
        "source_holder": None if one.source is None else one.source.holder.value,
        "source_name": None if one.source is None else one.source.name,
        "target_holder": one.target.holder.value,
        "target_name": one.target.name,
        "at": one.at,
        "by": one.by[:255],
        "why": one.evidence.why,
        "reference": one.evidence.reference[:128],
        "note": one.evidence.note[:255],
        "exchange": one.exchange,
    }


def to_handover(row: RowMapping) -> Handover:
    """A row of `handover`."""
    source = row["source_holder"]
    return Handover(
        handover=row["handover"],
        management_code=row["management_code"],
        thing=Thing(unit_id=row["unit_id"], part=Part(row["part"])),
        source=None if source is None else Place(holder=Holder(source), name=row["source_name"]),
        target=Place(holder=Holder(row["target_holder"]), name=row["target_name"]),
        at=row["at"],
        by=row["by"],
        evidence=Evidence(why=row["why"], reference=row["reference"], note=row["note"]),
        exchange=row["exchange"],
    )


def return_row(one: UnitReturn) -> dict[str, Any]:
    """Without its number."""
    fields = {name: getattr(one, name) for name in UnitReturn.__struct_fields__ if name != "number"}
    return fields | {"missing": as_text(one.missing), "damaged": as_text(one.damaged)}


def to_return(row: RowMapping) -> UnitReturn:
    """A row of `unit_return`."""
    fields = {name: row[name] for name in UnitReturn.__struct_fields__}
    read: dict[str, Any] = {
        "state": ReturnState(row["state"]),
        "missing": _parts.decode(row["missing"]),
        "damaged": _parts.decode(row["damaged"]),
        "result": None if row["result"] is None else Inspection(row["result"]),
        "erasure": Erasure(row["erasure"]),
        "loss": None if row["loss"] is None else Loss(row["loss"]),
        "held": None if row["held"] is None else Hold(row["held"]),
    }
    return UnitReturn(**(fields | read))


def proposal_row(one: ChargeProposal) -> dict[str, Any]:
    """Without its number."""
    fields = {name: getattr(one, name) for name in ChargeProposal.__struct_fields__ if name != "proposal"}
    return fields | {"items": as_text(one.items), "evidence": as_text(one.evidence)}


def to_proposal(row: RowMapping) -> ChargeProposal:
    """A row of `charge_proposal`."""
    fields = {name: row[name] for name in ChargeProposal.__struct_fields__}
    read: dict[str, Any] = {
        "items": _items.decode(row["items"]),
        "evidence": _evidence.decode(row["evidence"]),
        "state": ProposalState(row["state"]),
    }
    return ChargeProposal(**(fields | read))
