"""Rows of closed areas and proposals to nouns and back."""

from typing import Any

import msgspec
from sqlalchemy import RowMapping

from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.fact_kind import Area

__all__ = ["row_of", "to_area", "to_area_proposal"]


def row_of(one: msgspec.Struct) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(one, name) for name in one.__struct_fields__ if name != "number"}


def to_area(row: RowMapping) -> ClosedArea:
    """A row of `closed_area`."""
    fields = {name: row[name] for name in ClosedArea.__struct_fields__}
    return ClosedArea(**fields | {"state": Area(row["state"])})


def to_area_proposal(row: RowMapping) -> AreaProposal:
    """A row of `area_proposal`."""
    fields = {name: row[name] for name in AreaProposal.__struct_fields__}
    return AreaProposal(**fields | {"kind": ProposalKind(row["kind"]), "state": AreaProposalState(row["state"])})
