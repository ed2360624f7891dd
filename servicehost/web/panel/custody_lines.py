"""Where the unit is that is to come back, whether it is overdue, and what is to be charged: each one line in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from servicehost.domain.charge_proposal import ChargeItem, ChargeProposal, ItemWhy, ProposalState
from servicehost.domain.custody import HOLDER_WORDS, PART_WORDS, Place, Thing
from servicehost.domain.instant import as_datetime
from servicehost.domain.rule import Text
from servicehost.domain.unit_return import Erasure, ReturnState, UnitReturn
from servicehost.ports.custody import CustodyView
from servicehost.web.panel.both import t
from servicehost.web.panel.fact_words import value_text
from servicehost.web.panel.reason_words import reason_text

__all__ = ["CHARGE_STATES", "ERASED", "ITEM_WHYS", "RETURN_STATES", "charge_lines", "custody_lines"]


RETURN_STATES: Final[Mapping[ReturnState, Text]] = {
    ReturnState.DUE: t("返却期限 {day}", "due back by {day}"),
    ReturnState.SHIPPED: t("返送中", "on its way back"),
    ReturnState.RECEIVED: t("受領済み、検査待ち", "received, to be inspected"),
    ReturnState.INSPECTED: t("検査済み", "inspected"),
    ReturnState.NOT_RETURNED: t("返却期限超過（{day}）", "overdue since {day}"),
    ReturnState.WRITTEN_OFF: t("紛失として処理済み", "given up"),
    ReturnState.CALLED_OFF: t("返却不要", "need not come back"),
}
CHARGE_STATES: Final[Mapping[ProposalState, Text]] = {
    ProposalState.PROPOSED: t("ご請求案", "charge proposed"),
    ProposalState.APPROVED: t("ご請求承認済み", "charge approved"),
    ProposalState.WAIVED: t("ご請求見送り", "charge waived"),
    ProposalState.WITHDRAWN: t("取り下げ", "withdrawn"),
}
ERASED: Final[Mapping[tuple[bool, Erasure], Text]] = {
    (True, Erasure.UNIT_SAID_ERASED): t("設定は消去済み（機器の報告）", "erased, as the unit itself says"),
    (True, Erasure.INSPECTION): t("設定は消去済み（検査で確認）", "erased, as the inspection saw"),
    (False, Erasure.INSPECTION): t("設定が残っていました（検査で確認）", "not erased, as the inspection saw"),
}
ITEM_WHYS: Final[Mapping[ItemWhy, Text]] = {
    ItemWhy.RULE: t("", ""),
    ItemWhy.NOT_RETURNED: t("（未返却）", " (not returned)"),
    ItemWhy.MISSING: t("（不足）", " (missing)"),
    ItemWhy.DAMAGED: t("（破損）", " (damaged)"),
    ItemWhy.CORRECTED: t("（差額）", " (difference)"),
}
_NO_PRICE: Final = t("金額未定（価格表に記載なし）", "no price in the list yet")
_TAX: Final = {"excluded": t("税別", "tax excluded"), "included": t("税込", "tax included")}


def custody_lines(view: CustodyView | None) -> tuple[Text, ...]:
    """One line for each unit that is or was to come back; none for one that need not."""
    return () if view is None else tuple(_lines(view))


def charge_lines(charges: Sequence[ChargeProposal]) -> tuple[Text, ...]:
    """One line for each charge that stands: its state, its amount, its rule and its items in words."""
    return tuple(_charge(one) for one in charges if one.state is not ProposalState.WITHDRAWN)


def _lines(view: CustodyView) -> Iterator[Text]:
    last = {one.thing: one.target for one in view.handovers}
    for one in view.returns:
        if one.state is not ReturnState.CALLED_OFF:
            box = view.units[one.unit_id]
            yield _line(one, f"{box.model}-{box.serial}", last.get(Thing(unit_id=one.unit_id)))


def _line(one: UnitReturn, name: str, place: Place | None) -> Text:
    where = _where(one, place)
    said = [_state(one), *_shortage(one), *_erasure(one)]
    ja, en = "、".join(text.ja for text in said), ", ".join(text.en for text in said)
    return t(
        f"返却機器 {name} の所在: {where.ja}。{ja}",
        f"The old unit {name} is {where.en}. {en[0].upper()}{en[1:]}",
    )


def _where(one: UnitReturn, place: Place | None) -> Text:
    """A site goes by its code, which stands at the head of the case already unless it is another's."""
    if place is None:
        return t("不明", "nobody knows where")
    words = HOLDER_WORDS[place.holder]
    if not place.name or place.name == one.service_code:
        return words
    return t(f"{words.ja}（{place.name}）", f"{words.en} ({place.name})")


def _state(one: UnitReturn) -> Text:
    state, day = RETURN_STATES[one.state], _day(one.due_at)
    found = None if one.result is None or one.state is not ReturnState.INSPECTED else value_text(one.result)
    ja = "" if found is None else f"（{found.ja}）"
    en = "" if found is None else f" ({found.en})"
    return t(state.ja.format(day=day) + ja, state.en.format(day=day) + en)


def _shortage(one: UnitReturn) -> Iterator[Text]:
    for word, parts in ((t("不足", "missing"), one.missing), (t("破損", "damaged"), one.damaged)):
        if parts:
            names = [PART_WORDS[part] for part in parts]
            yield t(
                f"{word.ja}: {'・'.join(name.ja for name in names)}",
                f"{word.en}: {' and '.join(name.en for name in names)}",
            )


def _erasure(one: UnitReturn) -> Iterator[Text]:
    """Whether it holds the customer's config still, once that can be known."""
    if one.erased is not None:
        yield ERASED[one.erased, one.erasure]
    elif one.state in (ReturnState.RECEIVED, ReturnState.INSPECTED):
        yield t("設定の消去は未確認", "not known to be erased")


def _day(at: int) -> str:
    """In Japan."""
    return (as_datetime(at) + timedelta(hours=9)).strftime("%Y-%m-%d")


def _charge(one: ChargeProposal) -> Text:
    state, rule, tax = CHARGE_STATES[one.state], reason_text(one.rule), _TAX[one.tax]
    day = "" if one.decided_at is None else _day(one.decided_at)
    items = [_item(item) for item in one.items]
    total = _NO_PRICE if one.total is None else t(f"{one.total:,}円（{tax.ja}）", f"{one.total:,} yen ({tax.en})")
    note_ja, note_en = (f"（{one.reason}）", f" ({one.reason})") if one.reason else ("", "")
    return t(
        f"{state.ja}{f'（{day}）' if day else ''}: {total.ja}、{rule.ja}。"
        f"内訳: {'、'.join(item.ja for item in items)}{note_ja}",
        f"{state.en[0].upper()}{state.en[1:]}{f' on {day}' if day else ''}: {total.en}, {rule.en}. "
        f"For {', '.join(item.en for item in items)}{note_en}",
    )


def _item(item: ChargeItem) -> Text:
    part, why, amount = PART_WORDS[item.part], ITEM_WHYS[item.why], _yen(item.amount)
    return t(f"{part.ja}{why.ja} {amount.ja}", f"{part.en}{why.en} {amount.en}")


def _yen(amount: int | None) -> Text:
    return t("金額未定", "no price yet") if amount is None else t(f"{amount:,}円", f"{amount:,} yen")
