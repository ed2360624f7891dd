"""What the page itself says, by name. Words of states and events have their own tables."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t
from servicehost.web.panel.filter_words import FILTER_WORDS
from servicehost.web.panel.work_words import WORK_WORDS

__all__ = ["NO_SCRIPT", "REFUSALS", "SCRIPT", "WORDS"]


WORDS: Final[Mapping[str, Text]] = {
    "title": t("サービスホスト", "Service host"),
    "skip": t("本文へ移動", "Skip to content"),
    "log_in": t("ログイン", "Log in"),
    "log_out": t("ログアウト", "Log out"),
    "logged_in_as": t("ログイン中", "Logged in as"),
    "master_id": t("マスターID", "Master ID"),
    "password": t("パスワード", "Password"),
    "first_log_in": t("はじめてログインする方", "First log-in"),
    "first_log_in_hint": t(
        "ワンタイムパスワードは一度しか使えません。今後お使いになる新しいパスワードを、ここで決めてください。",
        "A one-time password works once. Choose here the password that you will use from now on.",
    ),
    "new_password": t("新しいパスワード", "New password"),
    "new_password_rule": t("12文字以上", "At least 12 characters"),
    "repeat_password": t("新しいパスワード（確認）", "New password, once more"),
    "first_password": t("最初のパスワードの設定", "Choose your first password"),
    "first_password_hint": t(
        "お知らせに記載のマスターIDと、これからお使いになるパスワードを入力してください。",
        "Enter the Master ID that stands in your notice, and the password that you will use from now on.",
    ),
    "first_password_chosen": t(
        "パスワードを設定しました。新しいパスワードでログインしてください。",
        "Your password is set. Log in with it.",
    ),
    "choose_password": t("パスワードを設定する", "Set the password"),
    "working": t("確認しています…", "Checking …"),
    "language": t("表示言語", "Language"),
    "presence": t("接続状態", "Presence"),
    "pushes": t("配信", "Pushes"),
    "push_counts": t("配信の状況（これまでの合計）", "Pushes by phase, all so far"),
    "pushes_open": t("進行中の配信", "Pushes under way"),
    "pushes_ended": t("最近終わった配信", "Pushes that ended last"),
    **WORK_WORDS,
    **FILTER_WORDS,
    "fleet": t("拠点一覧", "Fleet"),
    "cases": t("故障と交換", "Faults and exchanges"),
    "events": t("最近のイベント", "Newest events"),
    "site": t("拠点", "Site"),
    "service_code": t("サービスコード", "Service code"),
    "unit": t("機器", "Unit"),
    "state": t("状態", "State"),
    "heard": t("最終受信", "Last heard"),
    "config": t("コンフィグ", "Config"),
    "push": t("配信", "Push"),
    "target_startup": t("次回の起動から反映", "from the next boot on"),
    "target_running": t("次回の起動まで反映", "until the next boot"),
    "time": t("時刻", "Time"),
    "what": t("内容", "What happened"),
    "who": t("実行者", "By"),
    "reason": t("理由", "Reason"),
    "revision": t("リビジョン", "Revision"),
    "saved": t("保存済み", "saved"),
    "not_taken": t("受け付けなかった項目", "not taken"),
    "search": t("検索", "Search"),
    "search_hint": t("拠点名・サービスコード・機器・お客さま", "Site, service code, unit or customer"),
    "search_clear": t("絞り込みを解除", "Show everything"),
    "only": t("絞り込み中", "Filtered by"),
    "nothing_open": t("進行中の配信はありません。", "No push is under way."),
    "nothing_ended": t("終わった配信はまだありません。", "No push has ended yet."),
    "nothing_found": t("条件に合う拠点はありません。", "No site matches."),
    "none_found": t("絞り込んだ拠点にはありません。", "None at the sites found."),
    "no_adapters": t("サービスアダプタはまだ登録されていません。", "No service adapter is registered yet."),
    "no_cases": t("記録されている故障はありません。", "No fault is on record."),
    "no_events": t("イベントはまだありません。", "Nothing has happened yet."),
    "shown": t("{total}拠点中 {shown}拠点を表示", "{shown} of {total} sites"),
    "shown_part": t(
        "{fitting}拠点のうち {first}～{last}番目を表示（要確認の拠点が先頭、全{total}拠点）。",
        "{first} to {last} of {fitting} sites, those that need attention first ({total} in all).",
    ),
    "too_many": t(
        "この画面で監視できるのは{limit}拠点までです。残りはAPIで確認してください。",
        "This page watches {limit} sites at most. Ask the API for the others.",
    ),
    "all_well": t("異常はありません", "Nothing is wrong"),
    "all_well_more": t("全{count}拠点を監視しています。", "Watching all {count} sites."),
    "trouble": t("確認が必要な拠点 {count}件", "{count} sites need attention"),
    "trouble_one": t("確認が必要な拠点 1件", "1 site needs attention"),
    "waiting": t("判断待ちの機器 {count}件", "{count} units wait for a decision"),
    "waiting_one": t("判断待ちの機器 1件", "1 unit waits for a decision"),
    "host_trouble": t("サービスホストが状態を確認中です", "The service host is finding out"),
    "host_trouble_more": t(
        "{count}拠点の状態が不明です。サービスホスト側の事情によるもので、機器の故障とは限りません。",
        "The state of {count} sites is unknown. The cause is on the host's side and says nothing about the units.",
    ),
    "empty_fleet": t("監視する拠点がありません", "There is nothing to watch yet"),
    "empty_fleet_more": t(
        "サービスアダプタを登録すると、ここに表示されます。", "Service adapters show here once they are registered."
    ),
    "part_disconnected": t("切断", "disconnected"),
    "part_disconnected_one": t("切断", "disconnected"),
    "part_push": t("配信の失敗", "failed pushes"),
    "part_push_one": t("配信の失敗", "failed push"),
    "part_case": t("対応中の故障", "open faults"),
    "part_case_one": t("対応中の故障", "open fault"),
    "part_held": t("ID重複の疑いで保留中の機器", "units held: two boxes use one identity"),
    "part_held_one": t("ID重複の疑いで保留中の機器", "unit held: two boxes use its identity"),
    "part_request": t("承認が必要な証明書の発行依頼", "enrolments that need approval"),
    "part_request_one": t("承認が必要な証明書の発行依頼", "enrolment that needs approval"),
    "checks": t("代替機の動作確認", "The host's check of the new unit"),
    "found": t("結果", "found"),
    "fault": t("故障", "Fault"),
    "exchange": t("交換", "Exchange"),
    "verdict": t("判定", "Verdict"),
    "charge": t("費用", "Charge"),
    "trace": t("判定の理由（全規則）", "Why: every rule"),
    "charge_trace": t("費用の理由（全規則）", "Why this charge: every rule"),
    "decides": t("この規則で決定", "decides"),
    "waits_here": t("判定はこの確認待ち", "the verdict waits for this"),
    "waits_for": t("確認待ち", "Waits for"),
    "progress": t("進み具合", "Progress"),
    "no_exchange": t("交換の依頼はまだありません。", "Nobody has asked for an exchange yet."),
    "facts_differ": t("申告が食い違っています", "sources differ"),
    "not_known": t("未確認", "not known"),
    "by": t("申告", "stated by"),
    "no_unit": t("機器なし", "no unit"),
    "footer": t("時刻は日本時間（JST）です。", "Times are Japan Standard Time (JST)."),
}

SCRIPT: Final[Mapping[str, Text]] = {
    "connecting": t("接続しています…", "Connecting …"),
    "live": t("ライブ更新中", "Live"),
    "updated": t("最終更新", "last update"),
    "lost": t("接続が切れました。再接続しています…", "Connection lost, reconnecting …"),
    "leaving": t("サービスホストが停止します。再接続を待っています…", "The service host goes down. Reconnecting …"),
    "trouble": t(
        "サービスホストがデータを読み出せません。表示は最新ではありません。",
        "The host cannot read its data: what you see is not up to date.",
    ),
    "back": t("再接続しました", "Connected again"),
    "missed": t("切断中のイベント {count}件", "{count} events while away"),
    "expired": t("ログインの有効期限が切れました。", "Your log-in has ended."),
    "log_in_again": t("ログインし直す", "Log in again"),
    "too_many_viewers": t(
        "同時に表示できる画面の数を超えています。空きを待っています…", "Too many pages are open on this host. Waiting …"
    ),
    "newer": t(
        "新しい情報があります。入力を終えてから再読み込みしてください。",
        "There is something newer. Reload when you have finished.",
    ),
    "renewed": t("画面が新しくなりました。再読み込みしてください。", "This page has been renewed: please reload it."),
    "resting": t("表示していない間は更新を休みます。", "Resting while the page is hidden."),
}
"""What the script says; it finds these in the page, in the page's language."""

NO_SCRIPT: Final = t(
    "JavaScriptが無効のため自動では更新されません。再読み込みしてください。",
    "Without JavaScript this page does not move by itself: reload it.",
)

REFUSALS: Final[Mapping[str, Text]] = {
    "log_in_failed": t("マスターIDまたはパスワードが違います。", "The Master ID or the password is wrong."),
    "password_change_required": t(
        "このパスワードは一度だけ有効です。もう一度入力し、新しいパスワードを決めてください。",
        "This password works once. Enter it again and choose a new one.",
    ),
    "password_too_short": t("パスワードは12文字以上にしてください。", "A password has at least 12 characters."),
    "password_too_long": t("パスワードは256文字以内にしてください。", "A password has at most 256 characters."),
    "password_is_master_id": t("マスターIDはパスワードにできません。", "The Master ID itself is no password."),
    "password_unchanged": t(
        "新しいパスワードが今のパスワードと同じです。別のものにしてください。",
        "The new password is the old one; choose another.",
    ),
    "passwords_differ": t(
        "新しいパスワードと確認用の入力が一致しません。", "The new password and its repetition differ."
    ),
    "link_refused": t(
        "このアドレスは使えません。一度しか使えず、期限もあります。マスターIDをご確認のうえ、使えないときは新しいお知らせを"
        "担当者へご依頼ください。",
        "This link is not good (any more), or not with this Master ID. It works once and for a limited time: check the "
        "Master ID, or ask for a new notice.",
    ),
    "too_many_tries": t(
        "ログインの試行が多すぎます。{seconds}秒ほど待ってからもう一度お試しください。",
        "Too many tries. Wait about {seconds} seconds, then try again.",
    ),
    "log_ins_busy": t(
        "ログインが混み合っています。{seconds}秒ほど待ってからもう一度お試しください。",
        "Many people are logging in. Try again in about {seconds} seconds.",
    ),
    "form_stale": t(
        "画面の有効期限が切れたか、Cookieが無効です。もう一度入力してください。",
        "This form is too old, or cookies are switched off. Please enter it again.",
    ),
    "origin_foreign": t("別のサイトからの操作は受け付けません。", "Requests from another site are not taken."),
    "form_incomplete": t("マスターIDとパスワードを入力してください。", "Enter the Master ID and the password."),
    "store_full": t(
        "データベースが一杯のため受け付けられません。", "The database is full: nothing can be taken in now."
    ),
    "token_invalid": t(
        "ログインの有効期限が切れました。もう一度ログインしてください。", "Your log-in has ended. Please log in again."
    ),
}
"""What somebody who logs in is told, by the refusal's code."""
