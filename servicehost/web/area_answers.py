"""Answers of the API about closed areas. Times are RFC 3339, UTC."""

from typing import Annotated

import msgspec
from msgspec import Meta

from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.fact_kind import Area
from servicehost.domain.instant import rfc3339
from servicehost.ports.areas import AreaFaults
from servicehost.web.answers import Time, time_or_none

__all__ = [
    "AreaAnswer",
    "AreaProposalAnswer",
    "AreaProposals",
    "AreaProposalsDecided",
    "Areas",
    "FaultsInAreas",
    "FaultsInMunicipality",
]


class AreaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A closed area. `code` is a prefecture's, a designated city's or a municipality's. `closed`: it is so now."""

    area: int
    code: Annotated[str, Meta(examples=["17", "17204"])]
    name: str
    state: Area
    reason: str
    closed: bool
    closed_at: Time
    closed_by: str
    until: Time | None
    review_at: Time | None
    review_due: bool
    ended_at: Time | None
    ended_by: str | None
    end_reason: str

    @classmethod
    def of(cls, one: ClosedArea, now: int) -> "AreaAnswer":
        closed = one.in_force(now)
        return cls(
            area=one.number,
            code=one.code,
            name=one.name,
            state=one.state,
            reason=one.reason,
            closed=closed,
            closed_at=rfc3339(one.closed_at),
            closed_by=one.closed_by,
            until=time_or_none(one.until),
            review_at=time_or_none(one.review_at),
            review_due=closed and one.review_at is not None and one.review_at <= now,
            ended_at=time_or_none(one.ended_at),
            ended_by=one.ended_by,
            end_reason=one.end_reason,
        )


class Areas(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[AreaAnswer]
    next: int | None


class AreaProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed of one order. `notice_*` is what the customer is told: there once it is accepted.

    `undoes` is the downgrade that a restoring takes back; `reason` of a withdrawn one says why it was moot. A `recall`
    is of an order that has gone out: `too_late` once the carrier could not stop it. `earlier_*`: it was decided before
    the closing that the order is not downgraded, which decides nothing about the closing.
    """

    proposal: int
    area: int
    kind: ProposalKind
    exchange: int
    service_code: str
    management_code: str
    state: AreaProposalState
    proposed_at: Time
    undoes: int | None
    decided_at: Time | None
    decided_by: str | None
    reason: str
    notice_ja: str | None
    notice_en: str | None
    earlier_at: Time | None
    earlier_by: str | None

    @classmethod
    def of(cls, one: AreaProposal) -> "AreaProposalAnswer":
        return cls(
            proposal=one.number,
            area=one.area,
            kind=one.kind,
            exchange=one.exchange,
            service_code=one.service_code,
            management_code=one.management_code,
            state=one.state,
            proposed_at=rfc3339(one.proposed_at),
            undoes=one.undoes,
            decided_at=time_or_none(one.decided_at),
            decided_by=one.decided_by,
            reason=one.reason,
            notice_ja=one.notice_ja or None,
            notice_en=one.notice_en or None,
            earlier_at=time_or_none(one.earlier_at),
            earlier_by=one.earlier_by,
        )


class AreaProposals(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[AreaProposalAnswer]
    next: int | None


class AreaProposalsDecided(msgspec.Struct, frozen=True, kw_only=True):
    """The proposals that were decided by this call; what had moved on is not among them."""

    items: list[AreaProposalAnswer]


class FaultsInMunicipality(msgspec.Struct, frozen=True, kw_only=True):
    """Open faults of adapters declared in one municipality. `many`: as many as the settings name for a hint."""

    municipality_code: str
    name: str
    faults: int
    contracts: int
    many: bool

    @classmethod
    def of(cls, one: AreaFaults, name: str, many: int) -> "FaultsInMunicipality":
        return cls(
            municipality_code=one.municipality,
            name=name,
            faults=one.faults,
            contracts=one.contracts,
            many=one.faults >= many,
        )


class FaultsInAreas(msgspec.Struct, frozen=True, kw_only=True):
    """By municipality, most faults first; adapters whose place is not known are left out. `many_faults`: the hint's."""

    items: list[FaultsInMunicipality]
    many_faults: int
