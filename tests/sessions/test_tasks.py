"""Tasks over one session: given, ended at once or later, and found out when they are not answered at all."""

from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import ConfigOffer
from protocol.states import Kind
from protocol.task_messages import Ping, TaskAnswer, TaskDone, TaskRun
from servicehost.sessions.offers import TASK_ANSWER_DUE_S
from tests.builders.doors import Door, MemoryUnit


def a_run(task: int) -> TaskRun:
    return TaskRun(task=task, issued_ms=1, work=Ping(address="192.0.2.1"), time_out_s=60)


def given(unit: MemoryUnit) -> list[int]:
    return [message.task for message in unit.heard(Kind.TASK)]


async def test_a_task_that_waits_is_given_after_the_welcome_and_the_next_one_with_its_end() -> None:
    door = Door()
    door.desk.tasks[1] += [a_run(1), a_run(2)]
    unit = await door.welcomed()
    assert given(unit) == [1]
    await unit.answer(TaskAnswer(outcome="succeeded"))
    assert given(unit) == [1, 2]
    assert [call[0] for call in door.desk.calls[-2:]] == ["take_task_answer", "work_due"]  # both in one batch


async def test_an_accepted_task_is_not_given_again_in_the_session_and_its_end_brings_the_next_one() -> None:
    door = Door()
    door.desk.tasks[1] += [a_run(1), a_run(2)]
    unit = await door.welcomed()
    await unit.answer(TaskAnswer(outcome="accepted"))
    assert door.desk.named("take_task_answer") == []
    door.shared.registry.nudge([1])
    await unit.rest()
    assert given(unit) == [1]
    await unit.say(TaskDone(task=1, issued_ms=1, outcome="failed", reason="unknown_host"))
    assert unit.heard(Kind.TASK_DONE_ANSWER)
    assert given(unit) == [1, 2]


async def test_a_push_can_go_out_while_a_task_runs() -> None:
    door = Door()
    door.desk.tasks[1].append(a_run(1))
    unit = await door.welcomed()
    await unit.answer(TaskAnswer(outcome="accepted"))
    door.desk.offers[1].append(ConfigOffer(push=1, revision=1, digest="sha256:" + "0" * 64, body="x"))
    door.shared.registry.nudge([1])
    await unit.rest()
    assert len(unit.heard(Kind.OFFER)) == 1


async def test_a_unit_that_cannot_begin_is_told_of_to_the_desk_and_not_asked_again_at_once() -> None:
    door = Door()
    door.desk.tasks[1].append(a_run(1))
    unit = await door.welcomed()
    request = next(one for one in reversed(unit.messages) if one.id is not None)
    assert request.id is not None
    unit.wire.send_text(unit.engine.refuse(request.id, ErrorCode.BUSY, "not now", Refusal(reason="config_on_trial")))
    await unit.rest()
    ((_, task, said),) = door.desk.named("take_task_answer")
    assert (task, said.reason) == (1, "config_on_trial")
    assert given(unit) == [1]


async def test_a_session_in_which_a_task_is_not_answered_is_found_out_by_the_next_look() -> None:
    door = Door()
    door.desk.tasks[1].append(a_run(1))
    unit = await door.welcomed()
    door.shared.registry.nudge([1])
    await unit.rest()
    assert door.endings == []
    door.shared.wheel.now += TASK_ANSWER_DUE_S + 1
    door.shared.registry.nudge([1])
    await unit.rest()
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, "task_unanswered")]
