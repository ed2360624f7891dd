"""Values of facts, and where statements come from, in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.fact_kind import FactValue
from servicehost.domain.rule import Text

__all__ = ["SOURCES", "VALUES", "source_text", "value_text"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


VALUES: Final[Mapping[FactValue, Text]] = {
    True: _t("あり（はい）", "yes"),
    False: _t("なし（いいえ）", "no"),
    "operation_manager": _t("運用管理担当者", "the operation manager"),
    "delegate": _t("指定担当者", "a delegate"),
    "other": _t("その他の方", "somebody else"),
    "rental": _t("レンタル", "rental"),
    "brought_in": _t("お客さまの持ち込み", "brought in"),
    "direct": _t("直接契約", "bought directly"),
    "reseller": _t("販売店経由", "through a reseller"),
    "entry": _t("エントリ品目", "entry item"),
    "standby": _t("スタンバイ品目", "standby item"),
    "natural": _t("自然故障", "natural failure"),
    "negligence": _t("お客さまの過失", "negligence"),
    "accident": _t("事故", "accident"),
    "disaster": _t("災害", "disaster"),
    "modification": _t("改造", "modification"),
    "loss": _t("紛失・盗難", "loss"),
    "not_hardware": _t("機器の故障ではない", "no fault of the hardware"),
    "open": _t("立ち入り可", "open"),
    "no_entry": _t("立ち入り不可", "no entry"),
    "mass_damage": _t("広域の被害", "mass damage"),
    "staffed": _t("有人", "staffed"),
    "unmanned": _t("無人", "unmanned"),
    "restricted": _t("立ち入り制限あり", "restricted"),
    "declared": _t("届け出た設置場所", "where it was declared to be"),
    "elsewhere": _t("届け出と異なる場所", "elsewhere"),
    "covered": _t("対応地域", "covered"),
    "island": _t("離島", "an island"),
    "uncovered": _t("対応地域外", "not covered"),
    "returned": _t("返却済み（検査前）", "returned, not inspected yet"),
    "fault_found": _t("故障あり", "fault found"),
    "no_fault_found": _t("故障なし", "no fault found"),
    "never_returned": _t("未返却", "never returned"),
    "damaged": _t("破損あり", "damaged"),
    "modified": _t("改造あり", "modified"),
    "whole": _t("すべてあり", "all there"),
    "short": _t("不足または破損あり", "missing or damaged"),
}

SOURCES: Final[Mapping[str, Text]] = {
    "contract": _t("契約", "contract"),
    "triage": _t("切り分け", "triage"),
    "site": _t("拠点", "site"),
    "dispatcher": _t("手配担当", "dispatcher"),
    "attendee": _t("立会者", "attendee"),
    "requester": _t("ご依頼者", "requester"),
    "inspection": _t("検査", "inspection"),
    "file": _t("ファイル", "file"),
}


def value_text(value: FactValue) -> Text:
    """A value in words; one that is in no table as it is."""
    return VALUES.get(value) or _t(str(value), str(value))


def source_text(source: str) -> Text:
    """As `value_text`."""
    return SOURCES.get(source) or _t(source, source)
