"""Values of facts, and where statements come from, in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.fact_kind import FactValue
from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["SOURCES", "VALUES", "source_text", "value_text"]


VALUES: Final[Mapping[FactValue, Text]] = {
    True: t("あり（はい）", "yes"),
    False: t("なし（いいえ）", "no"),
    "operation_manager": t("運用管理担当者", "the operation manager"),
    "delegate": t("指定担当者", "a delegate"),
    "other": t("その他の方", "somebody else"),
    "rental": t("レンタル", "rental"),
    "brought_in": t("お客さまの持ち込み", "brought in"),
    "direct": t("直接契約", "bought directly"),
    "reseller": t("販売店経由", "through a reseller"),
    "entry": t("エントリ品目", "entry item"),
    "standby": t("スタンバイ品目", "standby item"),
    "natural": t("自然故障", "natural failure"),
    "negligence": t("お客さまの過失", "negligence"),
    "accident": t("事故", "accident"),
    "disaster": t("災害", "disaster"),
    "modification": t("改造", "modification"),
    "loss": t("紛失・盗難", "loss"),
    "not_hardware": t("機器の故障ではない", "no fault of the hardware"),
    "open": t("立ち入り可", "open"),
    "no_entry": t("立ち入り不可", "no entry"),
    "mass_damage": t("広域の被害", "mass damage"),
    "staffed": t("有人", "staffed"),
    "unmanned": t("無人", "unmanned"),
    "restricted": t("立ち入り制限あり", "restricted"),
    "declared": t("届け出た設置場所", "where it was declared to be"),
    "elsewhere": t("届け出と異なる場所", "elsewhere"),
    "covered": t("対応地域", "covered"),
    "island": t("離島", "an island"),
    "uncovered": t("対応地域外", "not covered"),
    "returned": t("返却済み（検査前）", "returned, not inspected yet"),
    "fault_found": t("故障あり", "fault found"),
    "no_fault_found": t("故障なし", "no fault found"),
    "never_returned": t("未返却", "never returned"),
    "damaged": t("破損あり", "damaged"),
    "modified": t("改造あり", "modified"),
    "whole": t("すべてあり", "all there"),
    "short": t("不足または破損あり", "missing or damaged"),
}

SOURCES: Final[Mapping[str, Text]] = {
    "contract": t("契約", "contract"),
    "triage": t("切り分け", "triage"),
    "site": t("拠点", "site"),
    "dispatcher": t("手配担当", "dispatcher"),
    "attendee": t("立会者", "attendee"),
    "requester": t("ご依頼者", "requester"),
    "inspection": t("検査", "inspection"),
    "file": t("ファイル", "file"),
}


def value_text(value: FactValue) -> Text:
    """A value in words; one that is in no table as it is."""
    return VALUES.get(value) or t(str(value), str(value))


def source_text(source: str) -> Text:
    """As `value_text`."""
    return SOURCES.get(source) or t(source, source)
