"""Answers of the API about custody, returns and charges. Times are RFC 3339, UTC; amounts are whole yen."""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.charge_proposal import ChargeItem, ChargeProposal, ItemWhy, ProposalState
from servicehost.domain.custody import HOLDER_WORDS, PART_WORDS, Handover, Holder, Part, Place
from servicehost.domain.explanation import TraceLine
from servicehost.domain.fact_kind import Inspection
from servicehost.domain.instant import rfc3339
from servicehost.domain.unit_return import Erasure, Loss, ReturnState, UnitReturn
from servicehost.ports.case_reads import Box
from servicehost.ports.custody import CustodyView, ReturnView
from servicehost.web.answers import Time, time_or_none
from servicehost.web.destination_answers import HoldAnswer

__all__ = [
    "ChargeAnswer",
    "ChargeItemAnswer",
    "Charges",
    "CustodyAnswer",
    "HandoverAnswer",
    "PlaceAnswer",
    "ReturnAnswer",
    "Returns",
    "ThingAnswer",
]


class PlaceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """In whose hands something is; `name`: which stock, which carrier, the service code of a site."""

    holder: Holder
    name: str
    holder_ja: str
    holder_en: str

    @classmethod
    def of(cls, place: Place) -> "PlaceAnswer":
        words = HOLDER_WORDS[place.holder]
        return cls(holder=place.holder, name=place.name, holder_ja=words.ja, holder_en=words.en)


class HandoverAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A thing changed hands. `source` null: nothing was known of it before. `why` is the step that brought it."""

    handover: int
    distribution_id: str
    part: Part
    source: PlaceAnswer | None
    target: PlaceAnswer
    at: Time
    by: str
    why: str
    reference: str
    note: str
    exchange: int | None

    @classmethod
    def of(cls, one: Handover, units: Mapping[int, Box]) -> "HandoverAnswer":
        return cls(
            handover=one.handover,
            distribution_id=units[one.thing.unit_id].distribution_id,
            part=one.thing.part,
            source=None if one.source is None else PlaceAnswer.of(one.source),
            target=PlaceAnswer.of(one.target),
            at=rfc3339(one.at),
            by=one.by,
            why=one.evidence.why,
            reference=one.evidence.reference,
            note=one.evidence.note,
            exchange=one.exchange,
        )


class ThingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit or an accessory of it is, as its last handover here says, and since when."""

    distribution_id: str
    part: Part
    part_ja: str
    part_en: str
    place: PlaceAnswer
    since: Time


class ReturnAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that is to come back, and what became of it. `exchange` null: because a contract has ended.

    `erased` null: not known. `held`: nobody is sent for it, for it is not known where it is to be fetched.
    """

    number: int
    exchange: int | None
    service_code: str
    distribution_id: str
    model_serial: str
    state: ReturnState
    due_at: Time
    changed_at: Time
    changed_by: str
    shipped_at: Time | None
    received_at: Time | None
    place: str
    missing: list[Part]
    inspected_at: Time | None
    inspected_by: str
    result: Inspection | None
    damaged: list[Part]
    erased: bool | None
    erasure: Erasure
    loss: Loss | None
    reason: str
    held: HoldAnswer | None

    @classmethod
    def of(cls, one: UnitReturn, unit: Box) -> "ReturnAnswer":
        return cls(
            number=one.number,
            exchange=one.exchange,
            service_code=one.service_code,
            distribution_id=unit.distribution_id,
            model_serial=f"{unit.model}-{unit.serial}",
            state=one.state,
            due_at=rfc3339(one.due_at),
            changed_at=rfc3339(one.changed_at),
            changed_by=one.changed_by,
            shipped_at=time_or_none(one.shipped_at),
            received_at=time_or_none(one.received_at),
            place=one.place,
            missing=list(one.missing),
            inspected_at=time_or_none(one.inspected_at),
            inspected_by=one.inspected_by,
            result=one.result,
            damaged=list(one.damaged),
            erased=one.erased,
            erasure=one.erasure,
            loss=one.loss,
            reason=one.reason,
            held=None if one.held is None or one.state is not ReturnState.DUE else HoldAnswer.of(one.held),
        )

    @classmethod
    def of_view(cls, view: ReturnView) -> "ReturnAnswer":
        return cls.of(view.unit_return, view.unit)


class Returns(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ReturnAnswer]
    next: int | None


class CustodyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where each thing is, every handover oldest first, and the returns."""

    things: list[ThingAnswer]
    handovers: list[HandoverAnswer]
    returns: list[ReturnAnswer]

    @classmethod
    def of(cls, view: CustodyView) -> "CustodyAnswer":
        last = {one.thing: one for one in view.handovers}
        return cls(
            things=[_thing(one, view.units) for one in last.values()],
            handovers=[HandoverAnswer.of(one, view.units) for one in view.handovers],
            returns=[ReturnAnswer.of(one, view.units[one.unit_id]) for one in view.returns],
        )


def _thing(one: Handover, units: Mapping[int, Box]) -> ThingAnswer:
    words = PART_WORDS[one.thing.part]
    return ThingAnswer(
        distribution_id=units[one.thing.unit_id].distribution_id,
        part=one.thing.part,
        part_ja=words.ja,
        part_en=words.en,
        place=PlaceAnswer.of(one.target),
        since=rfc3339(one.at),
    )


class ChargeItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is charged; `amount` null: the price list has none. Negative: given back."""

    part: Part
    part_ja: str
    part_en: str
    why: ItemWhy
    amount: int | None

    @classmethod
    def of(cls, item: ChargeItem) -> "ChargeItemAnswer":
        words = PART_WORDS[item.part]
        return cls(part=item.part, part_ja=words.ja, part_en=words.en, why=item.why, amount=item.amount)


class ChargeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed charge and its decision. `asks`: the provider's policy leaves it to a dispatcher, who gives a reason.

    `evidence` is the rule with the facts as they were stated; `handovers` are numbers of the exchange's custody.
    `corrects`: the items are the difference to that approved charge. `exchange` null: because a contract has ended.
    """

    charge: int
    exchange: int | None
    service_code: str
    rule: str
    items: list[ChargeItemAnswer]
    total: int | None
    currency: str
    tax: str
    asks: bool
    state: ProposalState
    proposed_at: Time
    evidence: TraceLine
    unit_return: int
    handovers: list[int]
    corrects: int | None
    decided_at: Time | None
    decided_by: str | None
    reason: str

    @classmethod
    def of(cls, one: ChargeProposal) -> "ChargeAnswer":
        return cls(
            charge=one.proposal,
            exchange=one.exchange,
            service_code=one.service_code,
            rule=one.rule,
            items=[ChargeItemAnswer.of(item) for item in one.items],
            total=one.total,
            currency=one.currency,
            tax=one.tax,
            asks=one.asks,
            state=one.state,
            proposed_at=rfc3339(one.proposed_at),
            evidence=one.evidence.rule,
            unit_return=one.evidence.unit_return,
            handovers=list(one.evidence.handovers),
            corrects=one.corrects,
            decided_at=time_or_none(one.decided_at),
            decided_by=one.decided_by,
            reason=one.reason,
        )


class Charges(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ChargeAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[ChargeProposal], limit: int) -> "Charges":
        following = found[limit - 1].proposal if len(found) > limit else None
        return cls(items=[ChargeAnswer.of(one) for one in found[:limit]], next=following)
