"""What a task has brought goes in the frame while it fits, as files where it does not, and otherwise not at all."""

import pytest

from adapter_sim.outcome import fitted
from adapter_sim.stored_task import Done
from protocol.digest import digest_of
from protocol.task_messages import DumpDebug, TaskResult, TaskRun, UploadedFile

BODY = "x" * 300
DONE = Done(outcome="succeeded", results=(TaskResult(module=1, body=BODY), TaskResult(module=2, failed="no_config")))


def run(*, path: str = "/results/7-1-", frame: int = 200, file: int = 300) -> TaskRun:
    return TaskRun(
        task=7,
        issued_ms=1,
        work=DumpDebug(modules=(1, 2)),
        time_out_s=9,
        max_result_bytes=frame,
        upload_path=path,
        max_upload_bytes=file,
    )


def test_what_fits_the_frame_stays_in_it() -> None:
    assert fitted(run(frame=1_000), DONE) == (DONE, {})


def test_what_does_not_is_named_with_its_digest_and_lies_beside() -> None:
    done, files = fitted(run(), DONE)
    assert files == {"/results/7-1-1": BODY.encode()}
    named = UploadedFile(size_bytes=300, digest=digest_of(BODY.encode()))
    assert done.results == (TaskResult(module=1, file=named), TaskResult(module=2, failed="no_config"))


def test_a_liar_names_another_digest() -> None:
    done, _ = fitted(run(), DONE, lies=True)
    assert done.results[0].file is not None
    assert done.results[0].file.digest != digest_of(BODY.encode())


@pytest.mark.parametrize("task", [run(path=""), run(file=299)])
def test_without_a_way_the_task_has_failed(task: TaskRun) -> None:
    assert fitted(task, DONE) == (Done(outcome="failed", reason="result_too_large"), {})
