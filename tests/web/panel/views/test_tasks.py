"""The tasks of a site: how they ended in words, what they brought, and who takes it away."""

from collections.abc import Sequence
from typing import Any

from protocol.digest import digest_of
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import Result, Task, TaskState
from servicehost.domain.task_work import Command, TaskKind
from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld
from tests.builders.tasks import a_task
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT

SITE = f"/panel/adapters/{CODE}"
PAGE = f"{SITE}/tasks"
BODY = b"5 packets, 0 lost\n"


async def ordered(panel: PanelWorld, *tasks: Task, results: Sequence[Result] = ()) -> list[Task]:
    def work(batch: Any) -> list[Task]:
        made: list[Task] = batch.add_tasks(tasks)
        batch.save_tasks(made)
        batch.add_task_results(results)
        return made

    return await panel.world.store.batch(EVERYTHING, work)


def a_result(**fields: Any) -> Result:
    plain: dict[str, Any] = {
        "task": 1,
        "module": 0,
        "management_code": TENANT,
        "media_type": "text/plain",
        "size_bytes": len(BODY),
        "digest": digest_of(BODY),
        "body": BODY,
    }
    return Result(**(plain | fields))


def pinged(**fields: Any) -> Task:
    return a_task(CODE, TENANT, **({"state": TaskState.SUCCEEDED, "reason": "done", "due_at": None} | fields))


async def test_a_site_shows_its_newest_tasks_in_words(panel: PanelWorld) -> None:
    lost = pinged(state=TaskState.INTERRUPTED, reason="interrupted", text="power came back at 02:00")
    asked = Command(lines=("show version", "show log"), modules=(0, 1))
    await ordered(panel, lost, pinged(kind=TaskKind.COMMAND, work=asked, state=TaskState.TIMED_OUT, reason="no_answer"))
    page = await panel.page(ANNA, SITE)
    for said in (
        "宛先 192.0.2.1、5回",
        "途中で中断された",
        "power came back at 02:00",
        "コマンド「show version / show log」、モジュール0, 1",
        "機器から結果の連絡がない",
        f"Person {ANNA}",
    ):
        assert said in page.text, said


async def test_a_result_is_taken_away_as_a_file_and_that_is_recorded(panel: PanelWorld) -> None:
    await ordered(panel, pinged(), results=[a_result()])
    assert f"{len(BODY)}バイト" in (await panel.page(ANNA, PAGE)).text
    sent = await panel.page(ANNA, "/panel/tasks/1/results/0")
    assert (sent.status, sent.text) == (200, BODY.decode())
    assert sent.headers["Content-Disposition"] == 'attachment; filename="task-1-module-0.txt"'
    assert sent.headers["Content-Type"].startswith("application/octet-stream")
    records = [line.record for line in await panel.world.reads.audit(EVERYTHING, TENANT)]
    assert sum(Action.READ_RESULT.encode() in bytes(one) for one in records) == 1


async def test_what_was_removed_or_failed_is_said(panel: PanelWorld) -> None:
    results = [a_result(body=None, removed_at=5), a_result(module=1, size_bytes=0, body=None, failed="unknown_module")]
    await ordered(panel, pinged(), results=results)
    page = await panel.page(ANNA, PAGE)
    assert "保存期間を過ぎたため削除済み" in page.text
    assert "機器が知らないモジュール" in page.text
    gone = await panel.page(ANNA, "/panel/tasks/1/results/0")
    assert (gone.status, "保存期間を過ぎたため削除されました" in gone.text) == (409, True)


async def test_what_waits_can_be_taken_back(panel: PanelWorld) -> None:
    await ordered(panel, a_task(CODE, TENANT))
    done = await panel.send(ANNA, f"{PAGE}/1/cancel")
    assert done.headers["Location"] == f"{PAGE}?done=task_cancelled"
    task = await panel.world.reads.task(EVERYTHING, 1)
    assert task is not None
    assert task.state is TaskState.CANCELLED


async def test_older_tasks_stand_on_further_pages(panel: PanelWorld) -> None:
    await ordered(panel, *(pinged() for _ in range(21)))
    assert f'href="{PAGE}"' in (await panel.page(ANNA, SITE)).text
    assert f"{PAGE}?before=2" in (await panel.page(ANNA, PAGE)).text
    assert f"{PAGE}?before=" not in (await panel.page(ANNA, PAGE, before="2")).text


async def test_another_customer_sees_no_task_and_takes_no_result(panel: PanelWorld) -> None:
    await ordered(panel, pinged(note="annas note"), a_task(OTHER_CODE, OTHER_TENANT), results=[a_result()])
    for path in (SITE, PAGE, "/panel/tasks/1/results/0"):
        page = await panel.page(BEN, path)
        assert (page.status, "annas note" in page.text, BODY.decode() in page.text) == (404, False, False)
    assert (await panel.send(BEN, f"{PAGE}/1/cancel")).status == 404
    # A task of one site is not taken back at another's address either.
    assert (await panel.send(BEN, f"/panel/adapters/{OTHER_CODE}/tasks/1/cancel")).status == 404
    assert (await panel.page(DORA, PAGE)).status == 200
