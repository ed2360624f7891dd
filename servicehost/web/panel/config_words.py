"""What the page of an adapter's config says, by name; drift and targets in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.push import Target
from servicehost.domain.rule import Text
from servicehost.web.panel.both import t
from servicehost.web.panel.state_words import Badge

__all__ = ["CONFIG_WORDS", "DRIFT", "STANDINGS", "TARGETS"]


CONFIG_WORDS: Final[Mapping[str, Text]] = {
    "config_title": t("コンフィグ", "Config"),
    "to_config": t("コンフィグの編集と配信", "Edit and push the config"),
    "config_now": t("いまのコンフィグ", "The config now"),
    "config_which": t("種類", "Which"),
    "config_version": t("版", "Revision"),
    "config_saved": t("保存日時", "Saved"),
    "config_by": t("保存した人", "Saved by"),
    "config_never": t("まだありません", "none yet"),
    "config_silent": t("機器からの報告がありません", "no unit has said"),
    "config_none": t("コンフィグはまだ保存されていません。", "No config has been saved yet."),
    "config_none_more": t(
        "下の欄に入力して保存すると、配信できるようになります。", "Write one below and save it; then it can be pushed."
    ),
    "drift": t("起動時設定とのずれ", "Drift from startup"),
    "config_edit": t("編集して保存する", "Edit and save"),
    "config_text": t("コンフィグ本文", "Text of the config"),
    "config_text_hint": t(
        "保存しても機器には届きません。届けるには、保存のあとで配信してください。",
        "Saving sends nothing to the unit: push it afterwards.",
    ),
    "config_masked": t(
        "秘密の値は伏せて表示しています。伏せたままでは保存できません。",
        "Secret values are masked; a text with masks cannot be saved.",
    ),
    "config_long": t(
        "長いため、この画面では編集できません。servicehost config コマンドをお使いください。",
        "It is too long to be edited here: use the command servicehost config.",
    ),
    "config_why": t("変更の理由", "Why it is changed"),
    "config_save": t("保存する", "Save"),
    "config_yours": t(
        "保存済みの最新版と、入力された内容との違い（入力内容は下の欄に残っています）",
        "How your text differs from the newest revision; your text is still in the field below",
    ),
    "config_goes_out": t("配信で変わるところ", "What a push changes"),
    "config_same": t("違いはありません。", "There is no difference."),
    "config_no_text": t("文字として比べられない内容です。", "It cannot be compared as text."),
    "config_cut": t(
        "以下は省略しています。全体は servicehost config diff で確認できます。",
        "The rest is left out here; servicehost config diff shows all of it.",
    ),
    "diff_added": t("追加", "added"),
    "diff_removed": t("削除", "removed"),
    "from_running": t("実行中 → 作業中", "running → working"),
    "from_startup": t("起動時 → 作業中", "startup → working"),
    "config_push": t("配信する", "Push"),
    "config_push_this": t("この版を配信する", "Push this revision"),
    "push_target": t("配信先", "Target"),
    "push_through": t(
        "この機器を経由して操作していることを承知のうえで配信する",
        "Push although I am operating through this very adapter",
    ),
    "push_ask": t("この内容で配信しますか？", "Push this?"),
    "push_follows": t(
        "機器は新しいコンフィグを試し、サービスホストへ接続し直せなければ、自分で元のコンフィグに戻ります。",
        "The unit tries the config; if it cannot reach the host with it, it restores what it ran before by itself.",
    ),
    "push_when": t("届くとき", "When"),
    "push_absent": t(
        "機器が接続していません。次に接続したときに届きます。", "Not in session: it gets it when it comes."
    ),
    "push_sends": t("送る部分", "What is sent"),
    "push_standby": t(
        "スタンバイの機器にはコンフィグを配信できません。", "A standby adapter takes no config: promote it first."
    ),
    "pushes_here": t("この拠点への配信", "Pushes to this site"),
    "no_pushes": t("配信はまだありません。", "Nothing has been pushed yet."),
    "no_pushes_more": t("配信すると、ここで進み具合を確認できます。", "What is pushed is followed here."),
    "push_cancel": t("配信を取り消す", "Cancel this push"),
    "ordered_at": t("受付", "Ordered"),
    "ordered_by": t("配信した人", "Ordered by"),
    "push_state": t("状態", "State"),
    "config_history": t("履歴", "History"),
    "config_compare": t("版を比べる", "Compare two revisions"),
    "compare_from": t("比べる元", "From"),
    "compare_to": t("比べる先", "To"),
    "compare_it": t("比べる", "Compare"),
    "config_restore": t("この版を作業中に戻す", "Bring this revision back"),
    "by_consent_only": t(
        "編集と配信はお客さまの運用管理担当者が行います。同意の記録がある間だけ、サポートと手配担当も行えます。",
        "Editing and pushing are the customer's; support and dispatchers may while a consent is on record.",
    ),
}

STANDINGS: Final[Mapping[str, Text]] = {
    "working": t("作業中（編集用）", "working"),
    "startup": t("起動時", "startup"),
    "running": t("実行中", "running"),
}
"""The three that an adapter has."""

DRIFT: Final[Mapping[str, Badge]] = {
    "none": Badge(sign="✓", word=t("ずれなし", "none"), tone="good"),
    "drifted": Badge(sign="≠", word=t("ずれあり", "drifted"), tone="warn"),
    "unknown": Badge(sign="?", word=t("わかりません", "not known"), tone="calm"),
}

TARGETS: Final[Mapping[Target, Text]] = {
    Target.BOTH: t(
        "実行中と起動時の両方（確定したら起動時にもなります）", "running and startup (startup once it is confirmed)"
    ),
    Target.RUNNING: t("実行中のみ（再起動で元に戻ります）", "running alone (a reboot returns to the startup config)"),
    Target.STARTUP: t("起動時のみ（次の再起動から使われます）", "startup alone (used from the next boot on)"),
}
