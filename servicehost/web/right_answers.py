"""Answers of the API about on-site rights. Times are RFC 3339, UTC."""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation, location_at
from servicehost.domain.eligibility import Risk, has_right_to_lose, holds, open_points, risks
from servicehost.domain.fact_kind import Coverage
from servicehost.domain.instant import rfc3339
from servicehost.domain.option import ATTACH_RULES, AttachCode, AttachOutcome, OptionRequest, OptionState
from servicehost.domain.place import printed_postal_code
from servicehost.domain.standing import Standing
from servicehost.web.answers import Time, time_or_none

__all__ = [
    "ContractRisks",
    "DeclarationAnswer",
    "Declarations",
    "EligibilityAnswer",
    "EligibilityList",
    "OptionAnswer",
    "RiskAnswer",
]

_RULES = {rule.code: rule for rule in ATTACH_RULES}
_OUTCOMES = {
    OptionState.WAITING: AttachOutcome.NEEDS_DECISION,
    OptionState.ATTACHED: AttachOutcome.ACCEPTED,
    OptionState.REFUSED: AttachOutcome.DECLINED,
}


class DeclarationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A declared location. `in_force`: it is the one that counts now."""

    number: int
    location: str
    coverage: Coverage | None
    effective_at: Time
    declared_at: Time
    declared_by: str
    source: DeclaredBy
    reason: str
    municipality_code: str | None
    postal_code: str | None
    in_force: bool

    @classmethod
    def of(cls, one: DeclaredLocation, in_force: DeclaredLocation | None) -> "DeclarationAnswer":
        return cls(
            number=one.number,
            location=one.location,
            coverage=one.coverage,
            effective_at=rfc3339(one.effective_at),
            declared_at=rfc3339(one.declared_at),
            declared_by=one.declared_by,
            source=one.source,
            reason=one.reason,
            municipality_code=None if one.place is None else one.place.municipality,
            postal_code=None if one.place is None else printed_postal_code(one.place.postal_code),
            in_force=in_force is not None and in_force.number == one.number,
        )


class Declarations(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[DeclarationAnswer]
    next: int | None


class OptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A request for the option. `rule`, with its words, is what made it wait for a decision; null: nothing did.

    `outcome` null: the option was taken off, or the request taken back.
    """

    outcome: AttachOutcome | None
    state: OptionState
    rule: AttachCode | None
    rule_ja: str | None
    rule_en: str | None
    declaration: int | None
    asked_at: Time
    asked_by: str
    decided_at: Time | None
    decided_by: str | None
    reason: str

    @classmethod
    def of(cls, one: OptionRequest) -> "OptionAnswer":
        words = None if one.rule is None else _RULES[one.rule].words
        return cls(
            outcome=_OUTCOMES.get(one.state),
            state=one.state,
            rule=one.rule,
            rule_ja=None if words is None else words.ja,
            rule_en=None if words is None else words.en,
            declaration=one.location,
            asked_at=rfc3339(one.asked_at),
            asked_by=one.asked_by,
            decided_at=time_or_none(one.decided_at),
            decided_by=one.decided_by,
            reason=one.reason,
        )


class RiskAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the way of an on-site swap now: the judgement's rule, the finer reason, and what to do."""

    rule: str
    reason: str
    text_ja: str
    text_en: str
    remedy_ja: str
    remedy_en: str

    @classmethod
    def of(cls, risk: Risk) -> "RiskAnswer":
        return cls(
            rule=risk.rule,
            reason=risk.reason,
            text_ja=risk.words.ja,
            text_en=risk.words.en,
            remedy_ja=risk.remedy.ja,
            remedy_en=risk.remedy.en,
        )


class EligibilityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the adapter would get an on-site swap if its unit failed of itself now, and what is in the way; `holds`
    is what would hold an exchange by shipping."""

    service_code: str
    management_code: str
    eligible: bool
    option: OptionAnswer | None
    declared: DeclarationAnswer | None
    risks: list[RiskAnswer]
    holds: list[RiskAnswer]

    @classmethod
    def of(cls, standing: Standing, now: int) -> "EligibilityAnswer":
        found = risks(standing, now)
        record, declared = standing.record, location_at(standing.record.locations, now)
        return cls(
            service_code=standing.adapter.service_code,
            management_code=standing.adapter.management_code,
            eligible=not found,
            option=None if record.request is None else OptionAnswer.of(record.request),
            declared=None if declared is None else DeclarationAnswer.of(declared, declared),
            risks=[RiskAnswer.of(risk) for risk in found],
            holds=[RiskAnswer.of(risk) for risk in holds(standing)],
        )


class ContractRisks(msgspec.Struct, frozen=True, kw_only=True):
    """Of one contract: adapters, those that have the option or wait for it, and those of them at risk; and those of
    which an exchange by shipping would be held."""

    management_code: str
    adapters: int
    with_option: int
    at_risk: int
    held: int


class EligibilityList(msgspec.Struct, frozen=True, kw_only=True):
    """Adapters whose on-site right is at risk, or of which an exchange by shipping would be held, and counts of the
    whole scope. `next`: the `after` that follows."""

    items: list[EligibilityAnswer]
    contracts: list[ContractRisks]
    next: str | None

    @classmethod
    def of(cls, standings: Sequence[Standing], now: int, after: str, limit: int) -> "EligibilityList":
        """The part after a service code; `standings` are those of the whole scope, in the order of their codes."""
        concerned = [one for one in standings if open_points(one, now)]
        at_risk = [EligibilityAnswer.of(one, now) for one in concerned]
        page = [one for one in at_risk if one.service_code > after][: limit + 1]
        following = page[limit - 1].service_code if len(page) > limit else None
        return cls(items=page[:limit], contracts=_counted(standings, now), next=following)


def _counted(standings: Sequence[Standing], now: int) -> list[ContractRisks]:
    counts: Mapping[str, list[int]] = {one.adapter.management_code: [0, 0, 0, 0] for one in standings}
    for standing in standings:
        having = has_right_to_lose(standing)
        found = (1, having, having and bool(risks(standing, now)), bool(holds(standing)))
        row = counts[standing.adapter.management_code]
        row[:] = [had + more for had, more in zip(row, found, strict=True)]
    return [
        ContractRisks(management_code=code, adapters=all_of, with_option=having, at_risk=risky, held=held)
        for code, (all_of, having, risky, held) in sorted(counts.items())
    ]
