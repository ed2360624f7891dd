"""The rules of the judgement, in order. True means that the rule stands in the way of an on-site swap.

Where the terms of service leave a choice, this is what was chosen:

* Only a registered operation manager may ask. A delegate may attend a swap, so `delegate` is a stranger here.
* The option gives a right only if it could have been attached: the adapter bought directly and assigned to the entry
  item. The channel counts for rental units too: it belongs to the adapter's contract, and the terms exclude what a
  reseller sold without asking whose the unit is. An adapter moved to the standby item has its right suspended.
* Without that right a brought-in unit is declined (its purchase warranty applies); a rental unit gets a sendback.
* A loss is no failure: a new unit is supplied, whoever owned the lost one.
* A modification by the customer counts as customer fault, as it does for the charge.
* The two permissions of the provider need both the state of the area and the dispatcher's decision. A decision
  without such an area stands in nobody's way.
* Coverage is judged when the option is attached, so no rule reads it.
* Each rule speaks of its own facts only: a customer's fault is one whether there is an option or not.
"""

from enum import StrEnum
from typing import Final

from servicehost.domain.condition import All, Is, Not
from servicehost.domain.fact_kind import (
    Area,
    Cause,
    Channel,
    FactName,
    Item,
    Location,
    Ownership,
    Requester,
    SiteState,
)
from servicehost.domain.rule import Rule, Text


class Verdict(StrEnum):
    """What a judgement says."""

    ONSITE_SWAP = "onsite_swap"
    SENDBACK = "sendback"
    DECLINED = "declined"
    NEW_SUPPLY = "new_supply"
    UNDECIDED = "undecided"


class RuleCode(StrEnum):
    """The rules of the judgement, in order."""

    NOT_OPERATION_MANAGER = "not_operation_manager"
    NOT_HARDWARE = "not_hardware"
    LOST = "lost"
    BROUGHT_IN_WITHOUT_OPTION = "brought_in_without_option"
    RENTAL_WITHOUT_OPTION = "rental_without_option"
    CUSTOMER_FAULT = "customer_fault"
    ACCIDENT_OR_DISASTER = "accident_or_disaster"
    PROVIDER_CLOSED_AREA = "provider_closed_area"
    PROVIDER_MASS_DAMAGE = "provider_mass_damage"
    NOT_AT_DECLARED_LOCATION = "not_at_declared_location"
    UNMANNED_OR_RESTRICTED = "unmanned_or_restricted"
    NOBODY_ATTENDS = "nobody_attends"


OPTION_RIGHT: Final = All(
    parts=(
        Is(name=FactName.OPTION, values=(True,)),
        Is(name=FactName.CHANNEL, values=(Channel.DIRECT,)),
        Is(name=FactName.ITEM, values=(Item.ENTRY,)),
    )
)
"""The option is attached and the rules for attaching it do not exclude it."""

_DOWNGRADED: Final = Is(name=FactName.PROVIDER_DOWNGRADE, values=(True,))

RULES: Final[tuple[Rule[Verdict], ...]] = (
    Rule(
        code=RuleCode.NOT_OPERATION_MANAGER,
        outcome=Verdict.DECLINED,
        condition=Not(part=Is(name=FactName.REQUESTER, values=(Requester.OPERATION_MANAGER,))),
        holds=Text(
            ja="ご依頼者が、登録された運用管理担当者ではありません。交換のご依頼は運用管理担当者からのみ承ります。",
            en="The person asking is not a registered operation manager; only they can ask for an exchange.",
        ),
        clear=Text(
            ja="登録された運用管理担当者からのご依頼です。",
            en="A registered operation manager is asking.",
        ),
    ),
    Rule(
        code=RuleCode.NOT_HARDWARE,
        outcome=Verdict.DECLINED,
        condition=Is(name=FactName.CAUSE, values=(Cause.NOT_HARDWARE,)),
        holds=Text(
            ja="機器の故障ではありません。設定・回線・お客様ネットワークへの対処は、お客様にて実施いただく必要があります。",
            en="The unit has not failed. Configs, lines and the network around it are the customer's to look after.",
        ),
        clear=Text(
            ja="設定・回線・お客様ネットワークに起因する事象ではありません。",
            en="The cause is not a config, an access line or the customer's network.",
        ),
    ),
    Rule(
        code=RuleCode.LOST,
        outcome=Verdict.NEW_SUPPLY,
        condition=Is(name=FactName.CAUSE, values=(Cause.LOSS,)),
        holds=Text(
            ja="機器を紛失されています。紛失された機器は交換の対象となりません。",
            en="The unit is lost. A lost unit cannot be exchanged.",
        ),
        clear=Text(ja="機器の紛失ではありません。", en="The unit is not lost."),
    ),
    Rule(
        code=RuleCode.BROUGHT_IN_WITHOUT_OPTION,
        outcome=Verdict.DECLINED,
        condition=All(parts=(Is(name=FactName.OWNERSHIP, values=(Ownership.BROUGHT_IN,)), Not(part=OPTION_RIGHT))),
        holds=Text(
            ja="お持ち込みの機器であり、有効なウルトラセンドバックオプションが付加されていません。",
            en="The unit is the customer's own and has no valid ultra-sendback option.",
        ),
        clear=Text(
            ja="有効なウルトラセンドバックオプションのないお持ち込み機器にはあたりません。",
            en="This is not a customer's own unit without a valid ultra-sendback option.",
        ),
    ),
    Rule(
        code=RuleCode.RENTAL_WITHOUT_OPTION,
        outcome=Verdict.SENDBACK,
        condition=All(parts=(Is(name=FactName.OWNERSHIP, values=(Ownership.RENTAL,)), Not(part=OPTION_RIGHT))),
        holds=Text(
            ja="レンタル機器であり、有効なウルトラセンドバックオプションが付加されていません。",
            en="The unit is rented and has no valid ultra-sendback option.",
        ),
        clear=Text(
            ja="有効なウルトラセンドバックオプションのないレンタル機器にはあたりません。",
            en="This is not a rented unit without a valid ultra-sendback option.",
        ),
    ),
    Rule(
        code=RuleCode.CUSTOMER_FAULT,
        outcome=Verdict.SENDBACK,
        condition=Is(name=FactName.CAUSE, values=(Cause.NEGLIGENCE, Cause.MODIFICATION)),
        holds=Text(
            ja="お客様の過失・不注意、または改造等による破損です。駆けつけ交換は自然故障のみを対象としています。",
            en="The customer's fault or modification damaged the unit. On-site swaps are for natural failures only.",
        ),
        clear=Text(
            ja="お客様の過失・不注意や改造等による破損ではありません。",
            en="No negligence or modification by the customer damaged the unit.",
        ),
    ),
    Rule(
        code=RuleCode.ACCIDENT_OR_DISASTER,
        outcome=Verdict.SENDBACK,
        condition=Is(name=FactName.CAUSE, values=(Cause.ACCIDENT, Cause.DISASTER)),
        holds=Text(
            ja="事故・災害・天災による損傷です。駆けつけ交換は自然故障のみを対象としています。",
            en="An accident or a disaster damaged the unit. On-site swaps are for natural failures only.",
        ),
        clear=Text(
            ja="事故・災害・天災による損傷ではありません。",
            en="No accident or disaster damaged the unit.",
        ),
    ),
    Rule(
        code=RuleCode.PROVIDER_CLOSED_AREA,
        outcome=Verdict.SENDBACK,
        condition=All(parts=(Is(name=FactName.AREA, values=(Area.NO_ENTRY,)), _DOWNGRADED)),
        holds=Text(
            ja="設置場所を含む地域への立ち入りが困難なため、手配担当が駆けつけ交換を見合わせると判断しました。",
            en="The area around the site is hard to enter, and the dispatcher has decided against an on-site swap.",
        ),
        clear=Text(
            ja="地域への立ち入り困難を理由とする駆けつけ交換の見合わせにはあたりません。",
            en="No on-site swap is withheld because the area is hard to enter.",
        ),
    ),
    Rule(
        code=RuleCode.PROVIDER_MASS_DAMAGE,
        outcome=Verdict.SENDBACK,
        condition=All(parts=(Is(name=FactName.AREA, values=(Area.MASS_DAMAGE,)), _DOWNGRADED)),
        holds=Text(
            ja="サービスアダプタの被害件数が著しく多いため、手配担当が駆けつけ交換を見合わせると判断しました。",
            en="Very many adapters are damaged at once, and the dispatcher has decided against an on-site swap.",
        ),
        clear=Text(
            ja="被害件数の多さを理由とする駆けつけ交換の見合わせにはあたりません。",
            en="No on-site swap is withheld because very many adapters are damaged.",
        ),
    ),
    Rule(
        code=RuleCode.NOT_AT_DECLARED_LOCATION,
        outcome=Verdict.SENDBACK,
        condition=Is(name=FactName.LOCATION, values=(Location.ELSEWHERE,)),
        holds=Text(
            ja="機器の現在の設置場所が、あらかじめご申告いただいた機器設置場所と異なります。",
            en="The unit does not stand at the installation location declared for the option.",
        ),
        clear=Text(
            ja="機器は、あらかじめご申告いただいた機器設置場所にあります。",
            en="The unit stands at the installation location declared for the option.",
        ),
    ),
    Rule(
        code=RuleCode.UNMANNED_OR_RESTRICTED,
        outcome=Verdict.SENDBACK,
        condition=Is(name=FactName.SITE, values=(SiteState.UNMANNED, SiteState.RESTRICTED)),
        holds=Text(
            ja="設置場所が無人であるか、立ち入りが制限されています。",
            en="The site is unmanned, or entry to it is restricted.",
        ),
        clear=Text(
            ja="設置場所は有人で、立ち入りの制限もありません。",
            en="The site is staffed and may be entered.",
        ),
    ),
    Rule(
        code=RuleCode.NOBODY_ATTENDS,
        outcome=Verdict.SENDBACK,
        condition=Is(name=FactName.ATTENDEE, values=(False,)),
        holds=Text(
            ja="交換作業に立ち会える運用管理担当者、または運用管理担当者が指定する担当者がいません。",
            en="Neither an operation manager nor a person named by one can attend the swap.",
        ),
        clear=Text(
            ja="運用管理担当者、または運用管理担当者が指定する担当者が交換作業に立ち会います。",
            en="An operation manager, or a person named by one, attends the swap.",
        ),
    ),
)
"""Every rule, in the order in which they decide."""
