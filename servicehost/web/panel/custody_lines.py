"""Where the unit is that is to come back, whether it is overdue, and what is to be charged: each one line in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.custody import HOLDER_WORDS, PART_WORDS, Place, Thing
from servicehost.domain.instant import as_datetime
from servicehost.domain.rule import Text
from servicehost.domain.unit_return import ReturnState, UnitReturn
from servicehost.ports.custody import CustodyView
from servicehost.web.panel.event_words import reason_text

__all__ = ["CHARGE_STATES", "RETURN_STATES", "charge_lines", "custody_lines"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


RETURN_STATES: Final[Mapping[ReturnState, Text]] = {
    ReturnState.DUE: _t("返却期限 {day}", "due back by {day}"),
    ReturnState.SHIPPED: _t("返送中", "on its way back"),
    ReturnState.RECEIVED: _t("受領済み、検査待ち", "received, to be inspected"),
    ReturnState.INSPECTED: _t("検査済み", "inspected"),
    ReturnState.NOT_RETURNED: _t("返却期限超過（{day}）", "overdue since {day}"),
    ReturnState.WRITTEN_OFF: _t("紛失として処理済み", "given up"),
    ReturnState.CALLED_OFF: _t("返却不要", "need not come back"),
}
CHARGE_STATES: Final[Mapping[ProposalState, Text]] = {
    ProposalState.PROPOSED: _t("ご請求案", "charge proposed"),
    ProposalState.APPROVED: _t("ご請求承認済み", "charge approved"),
    ProposalState.WAIVED: _t("ご請求見送り", "charge waived"),
    ProposalState.WITHDRAWN: _t("取り下げ", "withdrawn"),
}
_NO_PRICE: Final = _t("金額未定（価格表に記載なし）", "no price in the list yet")
_TAX: Final = {"excluded": _t("税別", "tax excluded"), "included": _t("税込", "tax included")}


def custody_lines(view: CustodyView | None) -> tuple[Text, ...]:
    """One line for each unit that is or was to come back; none for one that need not."""
    return () if view is None else tuple(_lines(view))


def charge_lines(charges: Sequence[ChargeProposal]) -> tuple[Text, ...]:
    """One line for each charge that stands: its state, its amount and its rule in words."""
    return tuple(_charge(one) for one in charges if one.state is not ProposalState.WITHDRAWN)


def _lines(view: CustodyView) -> Iterator[Text]:
    last = {one.thing: one.target for one in view.handovers}
    for one in view.returns:
        if one.state is not ReturnState.CALLED_OFF:
            box = view.units[one.unit_id]
            yield _line(one, f"{box.model}-{box.serial}", last.get(Thing(unit_id=one.unit_id)))


def _line(one: UnitReturn, name: str, place: Place | None) -> Text:
    where = _t("所在不明", "whereabouts unknown") if place is None else HOLDER_WORDS[place.holder]
    at = f" {place.name}" if place is not None and place.name else ""
    day = (as_datetime(one.due_at) + timedelta(hours=9)).strftime("%Y-%m-%d")
    state = RETURN_STATES[one.state]
    missing = [PART_WORDS[part] for part in one.missing]
    short_ja = f"、不足: {'、'.join(part.ja for part in missing)}" if missing else ""
    short_en = f", missing: {', '.join(part.en for part in missing)}" if missing else ""
    return _t(
        f"返却機器 {name}: {where.ja}{at}（{state.ja.format(day=day)}{short_ja}）",
        f"To be returned, {name}: {where.en}{at} ({state.en.format(day=day)}{short_en})",
    )


def _charge(one: ChargeProposal) -> Text:
    state, rule, tax = CHARGE_STATES[one.state], reason_text(one.rule), _TAX[one.tax]
    ja = _NO_PRICE.ja if one.total is None else f"{one.total:,}円（{tax.ja}）"
    en = _NO_PRICE.en if one.total is None else f"{one.total:,} yen ({tax.en})"
    return _t(f"{state.ja}: {ja}、{rule.ja}", f"{state.en}: {en}, {rule.en}")
