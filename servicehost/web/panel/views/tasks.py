"""The tasks of one site: where each stands, what it brought, and what it brought to take away."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from servicehost.domain.errors import NotFound, Refused, Unauthenticated
from servicehost.domain.people import Right
from servicehost.domain.rule import Text
from servicehost.domain.task import Result, Task, TaskState
from servicehost.ports.tasks import TaskFilter
from servicehost.web.panel.deeds import Deed
from servicehost.web.panel.forms import Form
from servicehost.web.panel.shell import HTML_HEADERS, Look, View, look_of, painted, refused_view, to_log_in
from servicehost.web.panel.task_page_words import work_text
from servicehost.web.panel.views.config import the_adapter

__all__ = ["CANCEL_TASK", "RESULT", "newest_tasks", "send_result", "show_tasks"]

RESULT: Final = "/panel/tasks/{task}/results/{module}"
_OF: Final = "/panel/adapters/{service_code}/tasks"
_PAGE: Final = 20
_NEWEST: Final = 5


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task with what it brought. `recallable`: no unit has been given it yet."""

    task: Task
    work: Text | None
    results: Sequence[Result]
    recallable: bool


async def newest_tasks(look: Look, service_code: str) -> dict[str, Any]:
    """What the page of a site shows of its tasks."""
    return await _shown(look, service_code, 0, _NEWEST)


async def show_tasks(look: Look) -> View:
    """All tasks of a site, the newest first. Raises NotFound `adapter_not_found`."""
    code = (await the_adapter(look)).adapter.service_code
    before = look.asked_number("before")
    shown = await _shown(look, code, before, _PAGE)
    path = f"/panel/adapters/{code}/tasks"
    last = shown["tasks"][-1].task.task if shown["more_tasks"] else 0
    values = {
        "of": look.site(code),
        "first": path if before else "",
        "following": f"{path}?before={last}" if last else "",
        **shown,
    }
    return View(template="tasks.html", values=values)


async def _shown(look: Look, code: str, before: int, most: int) -> dict[str, Any]:
    wanted = TaskFilter(service_code=code)
    found = await look.reads.tasks(look.scope, wanted, after=before, limit=most + 1, newest_first=True)
    lines = [await _line(look, one) for one in found[:most]]
    return {
        "tasks": lines,
        "more_tasks": len(found) > most,
        "cancels": look.provider or look.may(Right.LOOK_INTO_UNITS),
        "task_people": await look.people([one.task.ordered_by for one in lines]),
    }


async def _line(look: Look, task: Task) -> TaskLine:
    return TaskLine(
        task=task,
        work=work_text(task.work),
        results=await look.reads.task_results(look.scope, task.task) if task.state.ended else (),
        recallable=task.state is TaskState.QUEUED,
    )


async def send_result(request: web.Request) -> web.StreamResponse:
    """What a module gave, as a file; each reading is recorded, as it is at the API."""
    try:
        look = await look_of(request)
    except Unauthenticated as refused:
        return to_log_in(refused)
    number, module = look.number("task"), look.number("module")
    try:
        read = await look.door.catalogue.tasks.read_result(look.actor, number, module)
    except Refused as refused:
        return await painted(look, refused_view(refused))
    headers = {
        **HTML_HEADERS,
        hdrs.CONTENT_TYPE: "application/octet-stream",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="task-{number}-module-{module}.{_suffix(read.result)}"',
        "X-Content-Type-Options": "nosniff",
    }
    if read.path is not None:
        return web.FileResponse(read.path, headers=headers)
    return web.Response(body=read.result.body or b"", headers=headers)


def _suffix(result: Result) -> str:
    """So that people's machines know what to open it with; what it is called is never the unit's word."""
    return "txt" if result.media_type.startswith("text/") else "bin"


async def _cancel(look: Look, _form: Form) -> str:
    code, number = look.request.match_info["service_code"], look.number("task")
    task = await look.reads.task(look.scope, number)
    if task is None or task.service_code != code:
        raise NotFound("task_not_found", "There is no such task")
    await look.door.catalogue.tasks.cancel_task(look.actor, number)
    return f"/panel/adapters/{code}/tasks"


CANCEL_TASK: Final = Deed(path=f"{_OF}/{{task}}/cancel", name="task_cancelled", shows=show_tasks, do=_cancel)
