"""What the fleet's filters say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["FILTER_WORDS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


FILTER_WORDS: Final[Mapping[str, Text]] = {
    "filter_title": _t("絞り込み", "Filter"),
    "filter_of": _t("グループ・タグ・保存した条件", "Group, tag or saved query"),
    "filter_none": _t("指定しない", "none"),
    "filter_groups": _t("グループ", "Groups"),
    "filter_tags": _t("タグ", "Tags"),
    "filter_saved": _t("保存した条件", "Saved queries"),
    "filter_query": _t("条件式", "Query"),
    "filter_do": _t("絞り込む", "Filter"),
    "filter_in_force": _t("絞り込み中", "In force"),
    "filter_drop": _t("外す", "Remove"),
    "filter_group": _t("グループ「{name}」", "group “{name}”"),
    "filter_tag": _t("タグ「{name}」", "tag “{name}”"),
    "filter_saved_one": _t("保存した条件「{name}」", "saved query “{name}”"),
    "filter_written": _t("条件式「{name}」", "query “{name}”"),
    "filter_listed": _t("指定した{count}拠点", "{count} sites by name"),
    "filter_cut": _t(
        "先頭の{most}件だけを表示しています。ほかは条件式で指定できます（例: group:名前）。",
        "The first {most} of each are offered; the others can be asked for in a query, such as group:NAME.",
    ),
    "filter_holds": _t("絞り込みに該当するのは{held}拠点です。", "The filter holds {held} sites."),
    "filter_holds_more": _t("絞り込みに該当するのは{held}拠点以上です。", "The filter holds more than {held} sites."),
    "filter_broken": _t("この絞り込みは使えないため、拠点を表示していません。", "This filter holds nobody."),
    "query_unreadable": _t(
        "条件式の{place}文字目から読み取れません。", "The query cannot be read from character {place} on"
    ),
    "query_how": _t("条件式の書き方", "How to write a query"),
    "query_hint": _t(
        '語を並べると、すべてを満たす拠点を探します。or・not・かっこも使えます。空白を含む語は " " で囲みます。',
        "Words and tests side by side must all hold; or, not and brackets work too. Quote what has blanks.",
    ),
    "query_of_site": _t("拠点名（メモ）に「大阪」を含む", "the memo contains that word"),
    "query_of_presence": _t("切断中", "disconnected"),
    "query_of_tag": _t("タグ「本社」が付いている", "carries that tag"),
    "query_of_drift": _t("起動時設定とずれがあり、グループ「試験」でない", "drifted, and not in that group"),
    "query_of_fault": _t("対応中の故障か、進行中の配信がある", "has an open fault or a push under way"),
}
