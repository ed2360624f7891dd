"""Rollouts and tasks as people see them: their states with a sign each, and what a task does."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rollout import RolloutState
from servicehost.domain.rule import Text
from servicehost.domain.task import TaskState
from servicehost.domain.task_work import TaskKind
from servicehost.web.panel.both import t
from servicehost.web.panel.state_words import Badge

__all__ = ["ROLLOUT_STATES", "TASK_KINDS", "TASK_STATES", "WORK_WORDS"]


def _b(sign: str, ja: str, en: str, tone: str) -> Badge:
    return Badge(sign=sign, word=Text(ja=ja, en=en), tone=tone)


ROLLOUT_STATES: Final[Mapping[str, Badge]] = {
    RolloutState.DRAFT: _b("○", "下書き", "draft", "calm"),
    RolloutState.WAITING_APPROVAL: _b("?", "承認待ち", "waits for approval", "warn"),
    RolloutState.SCHEDULED: _b("…", "開始待ち", "scheduled", "busy"),
    RolloutState.RUNNING: _b("▶", "配信中", "running", "busy"),
    RolloutState.PAUSED: _b("‖", "一時停止", "paused", "warn"),
    RolloutState.HALTED: _b("■", "中止", "halted", "bad"),
    RolloutState.ROLLING_BACK: _b("◀", "切り戻し中", "rolling back", "busy"),
    RolloutState.ROLLED_BACK: _b("↩", "切り戻し済み", "rolled back", "warn"),
    RolloutState.FINISHED: _b("✓", "完了", "finished", "good"),
}

TASK_STATES: Final[Mapping[str, Badge]] = {
    TaskState.QUEUED: _b("…", "待機", "queued", "busy"),
    TaskState.IN_PROGRESS: _b("▶", "実行中", "in progress", "busy"),
    TaskState.SUCCEEDED: _b("✓", "成功", "succeeded", "good"),
    TaskState.FAILED: _b("×", "失敗", "failed", "bad"),
    TaskState.TIMED_OUT: _b("△", "時間切れ", "timed out", "warn"),
    TaskState.REJECTED: _b("⊘", "拒否", "rejected", "bad"),
    TaskState.CANCELLED: _b("－", "取消", "cancelled", "calm"),
    TaskState.INTERRUPTED: _b("?", "中断（結果不明）", "interrupted", "warn"),
}

TASK_KINDS: Final[Mapping[str, Text]] = {
    TaskKind.PING: t("疎通確認", "ping"),
    TaskKind.TRACEROUTE: t("経路確認", "traceroute"),
    TaskKind.READ_CONFIG: t("コンフィグの読み出し", "read config"),
    TaskKind.READ_STATUS: t("状態の読み出し", "read status"),
    TaskKind.CLEAR_STATUS: t("統計のクリア", "clear status"),
    TaskKind.COMMAND: t("コマンド実行", "command"),
    TaskKind.REBOOT: t("再起動", "reboot"),
    TaskKind.DUMP_DEBUG: t("調査用情報の取得", "dump debug"),
}

WORK_WORDS: Final[Mapping[str, Text]] = {
    "rollouts": t("ロールアウト（段階的な配信）", "Rollouts"),
    "rollouts_all": t("すべてのロールアウト", "All rollouts"),
    "no_rollouts": t("進行中のロールアウトはありません。", "No rollout is under way."),
    "tasks": t("タスク", "Tasks"),
    "no_tasks": t("タスクはまだ依頼されていません。", "No task has been ordered yet."),
    "wave": t("第{wave}波（全{waves}波）", "wave {wave} of {waves}"),
    "rollout_progress": t("{done}／{members}拠点が完了", "{done} of {members} sites done"),
    "rollout_failed": t("失敗 {failed}", "{failed} failed"),
    "rollout_trying": t("試行中 {in_flight}", "{in_flight} being tried"),
}
