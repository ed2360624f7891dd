"""What a process costs, read from the kernel without root: CPU in nanoseconds, memory in KiB, cores, open files."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CLIENT_SHARE_LIMIT = 0.80
OTHERS_SHARE_LIMIT = 0.05
SPARE_FILES = 200  # what a process opens beside its sessions
PROC = Path("/proc")
_SCHED_CLOCK = 2  # the kernel's CPUCLOCK_SCHED: the scheduler's own nanosecond account, every thread, dead ones too


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What happened between two readings: seconds of wall clock, of the server's CPU and of the client's."""

    wall_s: float
    server_cpu_s: float
    client_cpu_s: float
    client_waited_s: float

    def joined(self, other: "Window") -> "Window":
        """This window and another as one: what lies between them does not count."""
        return Window(
            wall_s=self.wall_s + other.wall_s,
            server_cpu_s=self.server_cpu_s + other.server_cpu_s,
            client_cpu_s=self.client_cpu_s + other.client_cpu_s,
            client_waited_s=self.client_waited_s + other.client_waited_s,
        )

    @property
    def server_share(self) -> float:
        """The server's part of one core."""
        return self.server_cpu_s / self.wall_s

    @property
    def client_share(self) -> float:
        """The part of its core the client used *or wanted*: time it stood in the run queue is not idle time."""
        return (self.client_cpu_s + self.client_waited_s) / self.wall_s

    @property
    def client_bound(self) -> bool:
        """True if the client was not shown to be at least 20 % idle; the window is then no result."""
        return self.client_share > CLIENT_SHARE_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The clocks of server and client at one moment; `since` makes a Window of two."""

    wall_s: float
    server_cpu_s: float
    client_cpu_s: float
    client_waited_s: float

    def since(self, earlier: "Reading") -> Window:
        """The window that ends with this reading."""
        return Window(
            wall_s=self.wall_s - earlier.wall_s,
            server_cpu_s=self.server_cpu_s - earlier.server_cpu_s,
            client_cpu_s=self.client_cpu_s - earlier.client_cpu_s,
            client_waited_s=self.client_waited_s - earlier.client_waited_s,
        )


def read(server: int) -> Reading:
    """The clocks now, for the server with that pid and its children; the caller is the load client."""
    return Reading(
        wall_s=time.monotonic(),
        server_cpu_s=sum(map(cpu_seconds, family(server))),
        client_cpu_s=time.process_time(),
        client_waited_s=_waited_seconds(),
    )


def cpu_seconds(pid: int) -> float:
    """User and system CPU of all threads of a process, to the nanosecond; `ProcessLookupError` if it is gone.

    This is clock_getcpuclockid(3), spelt out because Python has it not: /proc/<pid>/stat counts in ticks of 10 ms, and
    /proc/<pid>/schedstat forgets threads that ended.
    """
    try:
        return time.clock_gettime(~pid << 3 | _SCHED_CLOCK)
    except OSError as error:
        raise ProcessLookupError(f"no process {pid} to read the CPU of") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class CoreReading:
    """How long a core had been used at one moment: by anybody at all, and by the server that is pinned to it."""

    wall_s: float
    used_s: float
    server_cpu_s: float

    def others_since(self, earlier: "CoreReading") -> float:
        """The part of the core that went to others than the server between two readings, never below 0."""
        others_s = (self.used_s - earlier.used_s) - (self.server_cpu_s - earlier.server_cpu_s)
        return max(0.0, others_s) / (self.wall_s - earlier.wall_s)


def read_core(core: int, server: int) -> CoreReading:
    """The core's account now, to the kernel's tick of 10 ms: for a whole round, not for a window."""
    used_s = core_used_s((PROC / "stat").read_text(), core)
    return CoreReading(wall_s=time.monotonic(), used_s=used_s, server_cpu_s=sum(map(cpu_seconds, family(server))))


def core_used_s(stat: str, core: int) -> float:
    """Seconds a core was not idle, out of /proc/stat; what the machine below us took from it counts as used."""
    for line in stat.splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, ticks[:8])
            return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    raise ValueError(f"the kernel tells nothing of core {core}")


def resident_kib(pid: int) -> int:
    """KiB resident in a process and its children. Pages they share count in each: it may overstate, never flatter."""
    return sum(map(_resident_of_one, family(pid)))


def family(pid: int) -> Iterator[int]:
    """A pid and its living descendants, parents first."""
    yield pid
    with suppress(FileNotFoundError):
        for task in (PROC / str(pid) / "task").iterdir():
            with suppress(FileNotFoundError):
                for child in (task / "children").read_text().split():
                    yield from family(int(child))


def _resident_of_one(pid: int) -> int:
    # smaps_rollup walks the page tables; the counters in status are kept per CPU and may be off by megabytes.
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1])
    raise ValueError(f"the kernel tells no Rss of process {pid}")


def _waited_seconds() -> float:
    """How long the calling thread has stood ready without a core; the load client has one thread."""
    return int((PROC / "thread-self" / "schedstat").read_text().split()[1]) / 1e9


def cores() -> tuple[int, int]:
    """The core for the server and the one for the load client; the same one twice if there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Pin the caller; what it starts inside inherits the core, every thread of it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_open_files(needed: int) -> str | None:
    """Raise the soft limit of open files to the hard one, for us and all we start; a complaint if it is not enough."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return None
    return f"{needed} open files are needed, the hard limit is {hard}: raise it (ulimit -Hn) or ask for fewer sessions"
