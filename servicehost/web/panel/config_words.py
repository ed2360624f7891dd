"""What the page of an adapter's config says, by name; drift and targets in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.push import Target
from servicehost.domain.rule import Text
from servicehost.web.panel.state_words import Badge

__all__ = ["CONFIG_WORDS", "DRIFT", "STANDINGS", "TARGETS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


CONFIG_WORDS: Final[Mapping[str, Text]] = {
    "config_title": _t("コンフィグ", "Config"),
    "to_config": _t("コンフィグの編集と配信", "Edit and push the config"),
    "config_now": _t("いまのコンフィグ", "The config now"),
    "config_which": _t("種類", "Which"),
    "config_version": _t("版", "Revision"),
    "config_saved": _t("保存日時", "Saved"),
    "config_by": _t("保存した人", "Saved by"),
    "config_never": _t("まだありません", "none yet"),
    "config_silent": _t("機器からの報告がありません", "no unit has said"),
    "config_none": _t("コンフィグはまだ保存されていません。", "No config has been saved yet."),
    "config_none_more": _t(
        "下の欄に入力して保存すると、配信できるようになります。", "Write one below and save it; then it can be pushed."
    ),
    "drift": _t("起動時設定とのずれ", "Drift from startup"),
    "config_edit": _t("編集して保存する", "Edit and save"),
    "config_text": _t("コンフィグ本文", "Text of the config"),
    "config_text_hint": _t(
        "保存しても機器には届きません。届けるには、保存のあとで配信してください。",
        "Saving sends nothing to the unit: push it afterwards.",
    ),
    "config_masked": _t(
        "秘密の値は伏せて表示しています。伏せたままでは保存できません。",
        "Secret values are masked; a text with masks cannot be saved.",
    ),
    "config_long": _t(
        "長いため、この画面では編集できません。servicehost config コマンドをお使いください。",
        "It is too long to be edited here: use the command servicehost config.",
    ),
    "config_why": _t("変更の理由", "Why it is changed"),
    "config_save": _t("保存する", "Save"),
    "config_yours": _t(
        "保存済みの最新版と、入力された内容との違い（入力内容は下の欄に残っています）",
        "How your text differs from the newest revision; your text is still in the field below",
    ),
    "config_goes_out": _t("配信で変わるところ", "What a push changes"),
    "config_same": _t("違いはありません。", "There is no difference."),
    "config_no_text": _t("文字として比べられない内容です。", "It cannot be compared as text."),
    "config_cut": _t(
        "以下は省略しています。全体は servicehost config diff で確認できます。",
        "The rest is left out here; servicehost config diff shows all of it.",
    ),
    "diff_added": _t("追加", "added"),
    "diff_removed": _t("削除", "removed"),
    "from_running": _t("実行中 → 作業中", "running → working"),
    "from_startup": _t("起動時 → 作業中", "startup → working"),
    "config_push": _t("配信する", "Push"),
    "config_push_this": _t("この版を配信する", "Push this revision"),
    "push_target": _t("配信先", "Target"),
    "push_through": _t(
        "この機器を経由して操作していることを承知のうえで配信する",
        "Push although I am operating through this very adapter",
    ),
    "push_ask": _t("この内容で配信しますか？", "Push this?"),
    "push_follows": _t(
        "機器は新しいコンフィグを試し、サービスホストへ接続し直せなければ、自分で元のコンフィグに戻ります。",
        "The unit tries the config; if it cannot reach the host with it, it restores what it ran before by itself.",
    ),
    "push_when": _t("届くとき", "When"),
    "push_absent": _t(
        "機器が接続していません。次に接続したときに届きます。", "Not in session: it gets it when it comes."
    ),
    "push_sends": _t("送る部分", "What is sent"),
    "push_standby": _t(
        "スタンバイの機器にはコンフィグを配信できません。", "A standby adapter takes no config: promote it first."
    ),
    "pushes_here": _t("この拠点への配信", "Pushes to this site"),
    "no_pushes": _t("配信はまだありません。", "Nothing has been pushed yet."),
    "no_pushes_more": _t("配信すると、ここで進み具合を確認できます。", "What is pushed is followed here."),
    "push_cancel": _t("配信を取り消す", "Cancel this push"),
    "ordered_at": _t("受付", "Ordered"),
    "ordered_by": _t("配信した人", "Ordered by"),
    "push_state": _t("状態", "State"),
    "config_history": _t("履歴", "History"),
    "config_compare": _t("版を比べる", "Compare two revisions"),
    "compare_from": _t("比べる元", "From"),
    "compare_to": _t("比べる先", "To"),
    "compare_it": _t("比べる", "Compare"),
    "config_restore": _t("この版を作業中に戻す", "Bring this revision back"),
    "by_consent_only": _t(
        "編集と配信はお客さまの運用管理担当者が行います。同意の記録がある間だけ、サポートと手配担当も行えます。",
        "Editing and pushing are the customer's; support and dispatchers may while a consent is on record.",
    ),
}

STANDINGS: Final[Mapping[str, Text]] = {
    "working": _t("作業中（編集用）", "working"),
    "startup": _t("起動時", "startup"),
    "running": _t("実行中", "running"),
}
"""The three that an adapter has."""

DRIFT: Final[Mapping[str, Badge]] = {
    "none": Badge(sign="✓", word=_t("ずれなし", "none"), tone="good"),
    "drifted": Badge(sign="≠", word=_t("ずれあり", "drifted"), tone="warn"),
    "unknown": Badge(sign="?", word=_t("わかりません", "not known"), tone="calm"),
}

TARGETS: Final[Mapping[Target, Text]] = {
    Target.BOTH: _t(
        "実行中と起動時の両方（確定したら起動時にもなります）", "running and startup (startup once it is confirmed)"
    ),
    Target.RUNNING: _t("実行中のみ（再起動で元に戻ります）", "running alone (a reboot returns to the startup config)"),
    Target.STARTUP: _t("起動時のみ（次の再起動から使われます）", "startup alone (used from the next boot on)"),
}
