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
from servicehost.web.panel.language import fill

__all__ = ["TASK_DONE", "TASK_WORDS", "work_text"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


TASK_WORDS: Final[Mapping[str, Text]] = {
    "tasks_here": _t("タスク", "Tasks"),
    "tasks_none": _t("タスクはまだ依頼されていません。", "No task has been ordered yet."),
    "tasks_by_cli": _t(
        "タスクは servicehost task run コマンドか API で依頼します。",
        "Tasks are ordered with the command servicehost task run, or by the API.",
    ),
    "tasks_every": _t("この拠点のすべてのタスク", "All tasks of this site"),
    "task_kind": _t("内容", "What"),
    "task_ordered_by": _t("依頼した人", "Ordered by"),
    "task_results": _t("結果", "Results"),
    "task_no_result": _t("なし", "none"),
    "task_download": _t("ダウンロード", "Download"),
    "task_module": _t("モジュール{module}", "module {module}"),
    "task_bytes": _t("{size}バイト", "{size} bytes"),
    "task_removed": _t("保存期間を過ぎたため削除済み", "removed, as results are kept only so long"),
    "task_cancel": _t("取り消す", "Cancel"),
    "task_told": _t("機器の説明", "The unit says"),
    "task_to": _t("宛先 {address}", "to {address}"),
    "task_times": _t("宛先 {address}、{count}回", "to {address}, {count} times"),
    "task_running": _t("動作中のコンフィグ", "the running config"),
    "task_startup": _t("起動時のコンフィグ", "the startup config"),
    "task_lines": _t("コマンド「{lines}」", "“{lines}”"),
    "task_part": _t("対象「{request}」", "of “{request}”"),
}

TASK_DONE: Final[Mapping[str, Text]] = {
    "task_cancelled": _t("タスクを取り消しました。", "The task is cancelled."),
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
