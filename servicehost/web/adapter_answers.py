"""Answers of the API about adapters: their terms, what they run, and which units have served them."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.fact_kind import Channel, Coverage, Item, Ownership
from servicehost.domain.instant import rfc3339
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.groups import UNSORTED, Sorted
from servicehost.ports.life_reads import BindingView
from servicehost.ports.reads import AdapterView
from servicehost.web.answers import PushAnswer, Time, time_or_none
from servicehost.web.fleet_answers import MarkAnswer, Moment, UnitAnswer
from servicehost.web.identity_answers import ConfigStateAnswer

__all__ = ["AdapterAnswer", "Adapters", "BindingAnswer", "Bindings", "TermsAnswer"]


class TermsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the contract says of an adapter and of the unit that serves it (null: none does)."""

    item: Item
    option: bool
    mobile: bool
    declared_location: str
    coverage: Coverage | None
    ownership: Ownership | None
    channel: Channel | None

    @classmethod
    def of(cls, adapter: Adapter, unit: Unit | None) -> "TermsAnswer":
        return cls(
            item=adapter.item,
            option=adapter.option,
            mobile=adapter.mobile,
            declared_location=adapter.declared_location,
            coverage=adapter.coverage,
            ownership=None if unit is None else unit.ownership,
            channel=None if unit is None else unit.channel,
        )


class GroupName(msgspec.Struct, frozen=True, kw_only=True):
    """A group that an adapter is in."""

    group: int
    name: str


class AdapterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter: what it shall run (working, startup), its newest push, and the unit that serves it, if one does.

    `site_name` and `brought_in` (the model-serial of the customer's own unit) are as the order had them; the memo is
    what the customer's people make of it.
    """

    service_code: str
    management_code: str
    memo: str
    site_name: str
    brought_in: str | None
    created_at: Time
    terms: TermsAnswer
    working: MarkAnswer | None = None
    startup: MarkAnswer | None = None
    push: PushAnswer | None = None
    unit: UnitAnswer | None = None
    out_of_service_at: Time | None = None
    config_state: ConfigStateAnswer | None = None
    """That of its unit."""
    drift: list[int] | None = None
    """Modules whose unit runs something else than the startup config; null while that cannot be said."""
    groups: list[GroupName] = []
    """By name."""
    tags: list[str] = []
    """As NAME or NAME=VALUE, in the order of their names."""
    startup_proved: bool = True
    """False while a startup config that was pushed to startup alone was not run by any unit."""
    startup_failed: MarkAnswer | None = None
    """The startup config that was given up after it had failed too often; named until another one is confirmed."""

    @classmethod
    def of(cls, view: AdapterView, moment: Moment, sorted_into: Sorted = UNSORTED) -> "AdapterAnswer":
        adapter, drift = view.adapter, view.drift
        unit = None if view.unit is None else UnitAnswer.of(view.unit, moment)
        return cls(
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            memo=adapter.memo,
            site_name=adapter.site_name,
            brought_in=adapter.brought_in,
            created_at=rfc3339(adapter.created_at),
            terms=TermsAnswer.of(adapter, None if view.unit is None else view.unit.unit),
            working=MarkAnswer.of(view.working),
            startup=MarkAnswer.of(view.startup),
            push=None if view.push is None else PushAnswer.of(view.push),
            out_of_service_at=time_or_none(adapter.out_of_service_at),
            unit=unit,
            config_state=None if unit is None else unit.config_state,
            drift=None if drift is None else list(drift),
            groups=[GroupName(group=number, name=name) for number, name in sorted_into.groups],
            tags=[tag.text for tag in sorted_into.tags],
            startup_proved=view.proof is None or view.proof.push is None,
            startup_failed=None if view.proof is None else MarkAnswer.of(view.proof.failed),
        )

    @classmethod
    def of_new(cls, adapter: Adapter) -> "AdapterAnswer":
        """An adapter just taken up: nothing serves it and nothing is saved for it."""
        return cls(
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            memo=adapter.memo,
            site_name=adapter.site_name,
            brought_in=adapter.brought_in,
            created_at=rfc3339(adapter.created_at),
            terms=TermsAnswer.of(adapter, None),
        )


class Adapters(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[AdapterAnswer]
    next: str | None


class BindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit serves an adapter from `bound_at` on, until `unbound_at` (null: still). Each end has its reason."""

    binding: int
    service_code: str
    distribution_id: str
    bound_at: Time
    reason: str
    unbound_at: Time | None
    unbound_reason: str | None

    @classmethod
    def of(cls, binding: Binding, distribution_id: str) -> "BindingAnswer":
        return cls(
            binding=binding.number,
            service_code=binding.service_code,
            distribution_id=distribution_id,
            bound_at=rfc3339(binding.bound_at),
            reason=binding.reason,
            unbound_at=time_or_none(binding.unbound_at),
            unbound_reason=binding.unbound_reason,
        )


class Bindings(msgspec.Struct, frozen=True, kw_only=True):
    """Oldest first. `next` is the `after` of the part that follows; null: there is none."""

    items: list[BindingAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[BindingView], limit: int) -> "Bindings":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        items = [BindingAnswer.of(view.binding, view.distribution_id) for view in page]
        return cls(items=items, next=page[-1].binding.number if len(found) > limit else None)
