"""What the pages of tasks say, by name; what a task is to do, in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.domain.task_work import (
    ClearStatus,
    Command,
    ConfigSlot,
    Ping,
    ReadConfig,
    ReadStatus,
    TaskWork,
    Traceroute,
    modules_of,
)
from servicehost.web.panel.both import t
from servicehost.web.panel.language import fill

__all__ = ["TASK_DONE", "TASK_WORDS", "work_text"]


TASK_WORDS: Final[Mapping[str, Text]] = {
    "tasks_here": t("タスク", "Tasks"),
    "tasks_none": t("タスクはまだ依頼されていません。", "No task has been ordered yet."),
    "tasks_by_cli": t(
        "タスクは servicehost task run コマンドか API で依頼します。",
        "Tasks are ordered with the command servicehost task run, or by the API.",
    ),
    "tasks_every": t("この拠点のすべてのタスク", "All tasks of this site"),
    "task_kind": t("内容", "What"),
    "task_ordered_by": t("依頼した人", "Ordered by"),
    "task_results": t("結果", "Results"),
    "task_no_result": t("なし", "none"),
    "task_download": t("ダウンロード", "Download"),
    "task_module": t("モジュール{module}", "module {module}"),
    "task_bytes": t("{size}バイト", "{size} bytes"),
    "task_removed": t("保存期間を過ぎたため削除済み", "removed, as results are kept only so long"),
    "task_cancel": t("取り消す", "Cancel"),
    "task_told": t("機器の説明", "The unit says"),
    "task_to": t("宛先 {address}", "to {address}"),
    "task_times": t("宛先 {address}、{count}回", "to {address}, {count} times"),
    "task_running": t("動作中のコンフィグ", "the running config"),
    "task_startup": t("起動時のコンフィグ", "the startup config"),
    "task_lines": t("コマンド「{lines}」", "“{lines}”"),
    "task_part": t("対象「{request}」", "of “{request}”"),
}

TASK_DONE: Final[Mapping[str, Text]] = {
    "task_cancelled": t("タスクを取り消しました。", "The task is cancelled."),
}
"""By the name of the deed."""

_SLOTS: Final = {ConfigSlot.RUNNING: "task_running", ConfigSlot.STARTUP: "task_startup"}


def work_text(work: TaskWork) -> Text | None:
    """What its kind alone does not say; None where that is all."""
    said = [one for one in (_parameter(work), _modules(work)) if one is not None]
    if not said:
        return None
    return Text(ja="、".join(one.ja for one in said), en=", ".join(one.en for one in said))


def _parameter(work: TaskWork) -> Text | None:
    match work:
        case Ping(address=address, count=count):
            return fill(TASK_WORDS["task_times"], address=address, count=count)
        case Traceroute(address=address):
            return fill(TASK_WORDS["task_to"], address=address)
        case ReadConfig(which=which):
            return TASK_WORDS[_SLOTS[which]]
        case Command(lines=lines):
            return fill(TASK_WORDS["task_lines"], lines=" / ".join(lines))
        case ReadStatus(request=request) | ClearStatus(request=request) if request:
            return fill(TASK_WORDS["task_part"], request=request)
    return None


def _modules(work: TaskWork) -> Text | None:
    """Nothing of the main one alone."""
    modules = modules_of(work)
    if modules in ((), (0,)):
        return None
    return fill(TASK_WORDS["task_module"], module=", ".join(str(one) for one in modules))
