"""What the fleet's filters say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["FILTER_WORDS"]


FILTER_WORDS: Final[Mapping[str, Text]] = {
    "filter_title": t("絞り込み", "Filter"),
    "filter_of": t("グループ・タグ・保存した条件", "Group, tag or saved query"),
    "filter_none": t("指定しない", "none"),
    "filter_groups": t("グループ", "Groups"),
    "filter_tags": t("タグ", "Tags"),
    "filter_saved": t("保存した条件", "Saved queries"),
    "filter_query": t("条件式", "Query"),
    "filter_do": t("絞り込む", "Filter"),
    "filter_in_force": t("絞り込み中", "In force"),
    "filter_drop": t("外す", "Remove"),
    "filter_group": t("グループ「{name}」", "group “{name}”"),
    "filter_tag": t("タグ「{name}」", "tag “{name}”"),
    "filter_saved_one": t("保存した条件「{name}」", "saved query “{name}”"),
    "filter_written": t("条件式「{name}」", "query “{name}”"),
    "filter_listed": t("指定した{count}拠点", "{count} sites by name"),
    "filter_cut": t(
        "先頭の{most}件だけを表示しています。ほかは条件式で指定できます（例: group:名前）。",
        "The first {most} of each are offered; the others can be asked for in a query, such as group:NAME.",
    ),
    "filter_holds": t("絞り込みに該当するのは{held}拠点です。", "The filter holds {held} sites."),
    "filter_holds_more": t("絞り込みに該当するのは{held}拠点以上です。", "The filter holds more than {held} sites."),
    "filter_broken": t("この絞り込みは使えないため、拠点を表示していません。", "This filter holds nobody."),
    "query_unreadable": t(
        "条件式の{place}文字目から読み取れません。", "The query cannot be read from character {place} on"
    ),
    "query_how": t("条件式の書き方", "How to write a query"),
    "query_hint": t(
        '語を並べると、すべてを満たす拠点を探します。or・not・かっこも使えます。空白を含む語は " " で囲みます。',
        "Words and tests side by side must all hold; or, not and brackets work too. Quote what has blanks.",
    ),
    "query_of_site": t("拠点名（メモ）に「大阪」を含む", "the memo contains that word"),
    "query_of_presence": t("切断中", "disconnected"),
    "query_of_tag": t("タグ「本社」が付いている", "carries that tag"),
    "query_of_drift": t("起動時設定とずれがあり、グループ「試験」でない", "drifted, and not in that group"),
    "query_of_fault": t("対応中の故障か、進行中の配信がある", "has an open fault or a push under way"),
}
