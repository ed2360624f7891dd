"""The ultra-sendback option: whether an adapter may have it, and whether one that has it gives a right now.

* An adapter must be assigned to the entry item, be bought from the provider itself, and have a declared location:
  otherwise the option is declined, and nobody can decide differently.
* On an island, in an area that drivers do not serve, or where nobody has looked yet, a dispatcher decides.
* A brought-in unit that was bought directly may have it.
* A decision holds for the place it was made about: a new declared location is looked at again.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.fact_kind import Channel, Coverage, Item
from servicehost.domain.rule import Text

__all__ = [
    "ATTACH_RULES",
    "DECLINES",
    "AttachCode",
    "AttachFacts",
    "AttachOutcome",
    "AttachRule",
    "OptionRequest",
    "OptionState",
    "Ruling",
    "attach",
    "suspension",
]


class AttachOutcome(StrEnum):
    """What is said to a request for the option."""

    ACCEPTED = "accepted"
    NEEDS_DECISION = "needs_decision"
    DECLINED = "declined"


class AttachCode(StrEnum):
    """The rules for attaching the option, in order."""

    NOT_ENTRY_ITEM = "not_entry_item"
    BOUGHT_FROM_RESELLER = "bought_from_reseller"
    NO_DECLARED_LOCATION = "no_declared_location"
    ON_AN_ISLAND = "on_an_island"
    AREA_UNCOVERED = "area_uncovered"
    COVERAGE_UNKNOWN = "coverage_unknown"
    CHANNEL_UNKNOWN = "channel_unknown"


class AttachFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules read. `channel` None: no unit serves the adapter, so nobody knows; `coverage` None: not judged."""

    item: Item
    channel: Channel | None
    declared_location: str
    coverage: Coverage | None


class AttachRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule stands in the way if `applies`. `words` says what is the case, `remedy` what to do about it."""

    code: AttachCode
    outcome: AttachOutcome
    applies: Callable[[AttachFacts], bool]
    words: Text
    remedy: Text


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, and the rule that decided: None exactly when it is accepted."""

    outcome: AttachOutcome
    rule: AttachRule | None = None


_DECIDE: Final = Text(
    ja="手配担当が担当営業に確認のうえ、理由を添えて可否を決定してください。",
    en="A dispatcher asks sales and decides, with a reason.",
)

ATTACH_RULES: Final[tuple[AttachRule, ...]] = (
    AttachRule(
        code=AttachCode.NOT_ENTRY_ITEM,
        outcome=AttachOutcome.DECLINED,
        applies=lambda facts: facts.item is not Item.ENTRY,
        words=Text(
            ja="サービスアダプタがエントリ品目に割り当てられていません。",
            en="The adapter is not assigned to the entry item.",
        ),
        remedy=Text(ja="エントリ品目に割り当ててください。", en="Assign the adapter to the entry item."),
    ),
    AttachRule(
        code=AttachCode.BOUGHT_FROM_RESELLER,
        outcome=AttachOutcome.DECLINED,
        applies=lambda facts: facts.channel is Channel.RESELLER,
        words=Text(
            ja="販売店から購入されたサービスアダプタには、ウルトラセンドバックオプションを付加できません。",
            en="An adapter bought from a reseller cannot have the ultra-sendback option.",
        ),
        remedy=Text(
            ja="レンタル、または直接購入の機器に替えると付加できます。",
            en="A rented unit, or one bought directly, can have it.",
        ),
    ),
    AttachRule(
        code=AttachCode.NO_DECLARED_LOCATION,
        outcome=AttachOutcome.DECLINED,
        applies=lambda facts: not facts.declared_location.strip(),
        words=Text(ja="機器設置場所が申告されていません。", en="No installation location is declared."),
        remedy=Text(ja="機器設置場所を申告してください。", en="Declare the installation location."),
    ),
    AttachRule(
        code=AttachCode.ON_AN_ISLAND,
        outcome=AttachOutcome.NEEDS_DECISION,
        applies=lambda facts: facts.coverage is Coverage.ISLAND,
        words=Text(
            ja="機器設置場所が離島にあるため、お申し込みをお断りする場合があります。",
            en="The declared location is on a remote island, for which the option may be refused.",
        ),
        remedy=_DECIDE,
    ),
    AttachRule(
        code=AttachCode.AREA_UNCOVERED,
        outcome=AttachOutcome.NEEDS_DECISION,
        applies=lambda facts: facts.coverage is Coverage.UNCOVERED,
        words=Text(
            ja="機器設置場所が駆けつけ対応地域の外にあります。",
            en="The declared location is in an area that drivers do not serve.",
        ),
        remedy=_DECIDE,
    ),
    AttachRule(
        code=AttachCode.COVERAGE_UNKNOWN,
        outcome=AttachOutcome.NEEDS_DECISION,
        applies=lambda facts: facts.coverage is None,
        words=Text(
            ja="機器設置場所が駆けつけ対応地域にあるか、まだ確認されていません。",
            en="Nobody has looked yet whether drivers serve the declared location.",
        ),
        remedy=_DECIDE,
    ),
    AttachRule(
        code=AttachCode.CHANNEL_UNKNOWN,
        outcome=AttachOutcome.NEEDS_DECISION,
        applies=lambda facts: facts.channel is None,
        words=Text(
            ja="機器が割り当てられていないため、購入経路が分かりません。",
            en="No unit serves the adapter, so it is not known through whom it was bought.",
        ),
        remedy=Text(
            ja="機器を割り当てるか、手配担当が理由を添えて可否を決定してください。",
            en="Bind a unit, or a dispatcher decides, with a reason.",
        ),
    ),
)
"""In the order in which they decide: what cannot be decided differently comes first."""


def attach(facts: AttachFacts, rules: tuple[AttachRule, ...] = ATTACH_RULES) -> Ruling:
    """Whether the option may be attached: the first rule that applies decides, and none of them means accepted."""
    first = next((rule for rule in rules if rule.applies(facts)), None)
    return Ruling(outcome=AttachOutcome.ACCEPTED) if first is None else Ruling(outcome=first.outcome, rule=first)


DECLINES: Final = tuple(rule.code.value for rule in ATTACH_RULES if rule.outcome is AttachOutcome.DECLINED)
"""The codes by which the option is refused."""


class OptionState(StrEnum):
    """Where a request for the option stands."""

    WAITING = "waiting"
    ATTACHED = "attached"
    REFUSED = "refused"
    DETACHED = "detached"


class OptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request for the option at one declared location (its number). `rule` is what made it wait, None: nothing did.

    `decided_*` say who attached, refused or detached it last; while it waits they are empty.
    """

    number: int
    service_code: str
    management_code: str
    state: OptionState
    rule: AttachCode | None
    location: int | None
    asked_at: int
    asked_by: str
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str = ""


def suspension(
    facts: AttachFacts, request: OptionRequest | None, location: DeclaredLocation | None
) -> AttachRule | None:
    """Why an attached option gives no right now; None: it does.

    A dispatcher's decision stands for the location and the rule it was made about. Item and channel are left to the
    judgement, which has facts of its own for them.
    """
    place = msgspec.structs.replace(facts, item=Item.ENTRY, channel=Channel.DIRECT)
    ruling = attach(place)
    if ruling.outcome is not AttachOutcome.NEEDS_DECISION:
        return ruling.rule
    if request is None or request.state is not OptionState.ATTACHED or location is None or ruling.rule is None:
        return ruling.rule
    return None if (request.rule, request.location) == (ruling.rule.code, location.number) else ruling.rule
