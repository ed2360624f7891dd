"""What the pages of schedules say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.domain.scheduled_order import Late, OccurrenceEnd, ScheduleState
from servicehost.web.panel.both import t
from servicehost.web.panel.state_words import Badge

__all__ = ["LATES", "OCCURRENCES", "SCHEDULE_DONE", "SCHEDULE_STATES", "SCHEDULE_WORDS"]


def _b(sign: str, ja: str, en: str, tone: str) -> Badge:
    return Badge(sign=sign, word=Text(ja=ja, en=en), tone=tone)


SCHEDULE_STATES: Final[Mapping[str, Badge]] = {
    ScheduleState.WAITING: _b("…", "実行待ち", "waiting", "busy"),
    ScheduleState.DONE: _b("✓", "終了", "done", "good"),
    ScheduleState.CANCELLED: _b("－", "取消", "cancelled", "calm"),
    ScheduleState.REFUSED: _b("⊘", "実行できず", "refused", "bad"),
}

OCCURRENCES: Final[Mapping[str, Badge]] = {
    OccurrenceEnd.FIRED: _b("✓", "実行", "on time", "good"),
    OccurrenceEnd.LATE: _b("△", "遅れて実行", "late", "warn"),
    OccurrenceEnd.MISSED: _b("×", "実行されず", "missed", "bad"),
    OccurrenceEnd.REFUSED: _b("⊘", "実行できず", "refused", "bad"),
}

LATES: Final[Mapping[Late, Text]] = {
    Late.RUN: t("最後に逃した回を、遅れて実行する", "the last one missed is carried out late"),
    Late.SKIP: t("逃した回は実行しない", "what was missed is not made up for"),
}

SCHEDULE_WORDS: Final[Mapping[str, Text]] = {
    "schedules_title": t("予約", "Schedules"),
    "schedules_lead": t(
        "日時を決めて行う配信とタスクです。次の実行が近い順に並びます。",
        "Pushes and tasks for later, the next one first.",
    ),
    "schedules_none": t("該当する予約はありません。", "There is no such schedule."),
    "schedules_by_cli": t(
        "予約は servicehost schedule コマンドか API で登録します。",
        "Schedules are made with the command servicehost schedule, or by the API.",
    ),
    "schedules_waiting": t("実行待ち", "Waiting"),
    "schedules_every": t("終わったものも含めてすべて", "All, also those that are over"),
    "schedule_push": t("コンフィグの配信", "Push of a config"),
    "schedule_task": t("タスク「{kind}」", "Task: {kind}"),
    "schedule_next": t("次の実行", "Next time"),
    "schedule_no_next": t("ありません", "none"),
    "schedule_when": t("日時", "When"),
    "schedule_once": t("1回のみ", "once"),
    "schedule_to": t("対象", "Targets"),
    "schedule_more": t("ほか{count}拠点", "and {count} more"),
    "schedule_what": t("内容", "What"),
    "schedule_fixed": t("予約した時点の版（{revisions}）", "as it stood when it was scheduled ({revisions})"),
    "schedule_revision": t("第{revision}版", "revision {revision}"),
    "schedule_working": t("実行する時点の作業中の版", "whatever is the working revision by then"),
    "schedule_late": t("実行できなかった回", "If a time is missed"),
    "schedule_ordered": t("予約した人", "Scheduled by"),
    "schedule_fired": t("これまでの実行", "So far"),
    "schedule_times": t("{count}回", "{count} times"),
    "schedule_note": t("メモ", "Note"),
    "schedule_history": t("最近の実行", "Latest times"),
    "schedule_due": t("予定", "Due"),
    "schedule_at": t("実行", "Carried out"),
    "schedule_ended": t("結果", "How it ended"),
    "schedule_came": t("出た指示", "Ordered"),
    "schedule_pushes": t("配信 {count}件", "{count} pushes"),
    "schedule_tasks": t("タスク {count}件", "{count} tasks"),
    "schedule_no_history": t("まだ一度も実行の時刻が来ていません。", "None of its times has come yet."),
    "schedule_deeds": t("操作", "Deeds"),
    "schedule_cancel": t("予約を取り消す", "Cancel this schedule"),
    "schedule_cancel_follows": t(
        "これからの回は実行されません。すでに出た配信やタスクはそのまま続きます。",
        "None of its times to come is carried out. What it has ordered already goes on.",
    ),
    "schedule_retime": t("日時を変更する", "Give it another time"),
    "schedule_new_time": t("新しい日時（日本時間）", "New time, in Japan"),
    "schedule_new_hour": t("新しい時刻（{zone}）", "New time of day ({zone})"),
    "schedule_retime_it": t("変更する", "Change it"),
}

SCHEDULE_DONE: Final[Mapping[str, Text]] = {
    "schedule_cancelled": t("予約を取り消しました。", "The schedule is cancelled."),
    "schedule_retimed": t("予約の日時を変更しました。", "The schedule has another time."),
}
"""By the name of the deed."""
