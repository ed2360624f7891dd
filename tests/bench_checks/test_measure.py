"""What the kernel tells of processes; a child that is told what to do stands for the server."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.bench import measure

# Answers each line when it is done: `burn` spends CPU in a thread that ends, `grow` keeps 32 MiB, `fork` has a child.
SERVER = """
import os, sys, threading, time
kept = []
def burn():
    end = time.thread_time() + 0.1
    while time.thread_time() < end: pass
for line in sys.stdin:
    if line == "burn\\n":
        thread = threading.Thread(target=burn); thread.start(); thread.join()
    elif line == "grow\\n":
        kept.append(b"x" * (32 << 20))
    elif line == "fork\\n":
        kept.append(os.popen("cat; :", "w"))
    print(sorted(os.sched_getaffinity(0)), flush=True)
"""


class Server:
    """The child, spoken to line by line."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.pid = self.process.pid

    def do(self, order: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(order + "\n")
        return self.process.stdout.readline().strip()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with server.process:
        server.do("start")
        yield server


def test_cpu_of_a_thread_that_ended_is_still_counted(server: Server) -> None:
    before = measure.read(server.pid)
    server.do("burn")
    assert measure.read(server.pid).since(before).server_cpu_s >= 0.1


def test_the_clients_own_cpu_is_counted_apart(server: Server) -> None:
    before = measure.read(server.pid)
    sum(range(300_000))
    window = measure.read(server.pid).since(before)
    assert window.client_cpu_s > window.server_cpu_s
    assert window.client_waited_s >= 0


def test_memory_that_a_server_takes_is_seen(server: Server) -> None:
    before = measure.resident_kib(server.pid)
    server.do("grow")
    assert 32 << 10 <= measure.resident_kib(server.pid) - before < 40 << 10


def test_children_belong_to_the_server(server: Server) -> None:
    before = measure.resident_kib(server.pid)
    server.do("fork")
    family = list(measure.family(server.pid))
    assert family[0] == server.pid
    assert len(family) > 1
    assert measure.resident_kib(server.pid) > before


def test_a_process_that_is_gone_is_named() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    with pytest.raises(ProcessLookupError, match=str(gone.pid)):
        measure.cpu_seconds(gone.pid)


def test_what_is_started_on_a_core_stays_there_and_the_caller_comes_back() -> None:
    before = os.sched_getaffinity(0)
    core, _ = measure.cores()
    with measure.on_core(core):
        server = Server()
    with server.process:
        assert server.do("where") == f"[{core}]"
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize(("needed", "complains"), [(100, False), (1_000_000, True)])
def test_too_few_open_files_are_a_complaint(monkeypatch: pytest.MonkeyPatch, needed: int, complains: bool) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 20_000))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    complaint = measure.raise_open_files(needed)
    assert asked == [(20_000, 20_000)]
    assert (complaint is not None and "20000" in complaint) is complains


def test_a_core_is_used_by_whoever_is_not_idle_and_the_server_is_not_another() -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    stat = f"cpu 9 9 9 9 9 9 9 9 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 {ticks} 0 {ticks} 70 50 0 0 {ticks} 0 0\nctxt 3\n"
    assert measure.core_used_s(stat, 1) == 3
    before = measure.CoreReading(wall_s=100, used_s=10, server_cpu_s=4)
    after = measure.CoreReading(wall_s=110, used_s=13, server_cpu_s=6.5)
    assert after.others_since(before) == 0.05
    with pytest.raises(ValueError, match="nothing of core 7"):
        measure.core_used_s(stat, 7)
