"""One round: a fresh server, its memory, then each load in turn with a warm-up before and quiet after."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

from tests.bench import measure, rows
from tests.bench.measure import Window
from tests.bench.quiet import until_quiet
from tests.bench.rows import Figure, Row, Unit
from tests.bench.subject import LoopHolder, Revoker, RolloutRunner, Subject, TaskRunner

MEMORY = "session_memory"
REVOKE = "revoke"
REVOCATIONS = 100
HELD = "loop_held"
FIRST_ROLLOUT = 100
HANDSHAKES_A_SECOND = 250
REPORTS_A_SECOND = 5_000
LOAD_S = 5.0
IDLE_S = 20.0
REPORT_INTERVAL_S = 30.0

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """One row's load: what to do before the window, what in it, and how to read the window."""

    name: str
    unit: Unit
    warm_up: Callable[[Subject, int], Awaitable[int]]
    run: Callable[[Subject, int], Awaitable[int]]
    figure: Callable[[int, Window], Figure] = rows.throughput
    windows: int = 1


# Reports and pushes warm up once round the fleet: what a session allocates at its first message is not the pace's.
LOADS: tuple[Load, ...] = (
    Load(
        name="handshake",
        unit="operations a second",
        warm_up=lambda subject, _: subject.handshakes(HANDSHAKES_A_SECOND // 2, HANDSHAKES_A_SECOND),
        run=lambda subject, _: subject.handshakes(int(HANDSHAKES_A_SECOND * LOAD_S), HANDSHAKES_A_SECOND),
    ),
    Load(
        name="push_durable",
        unit="operations a second",
        warm_up=lambda subject, sessions: subject.push(sessions, subject.push_rate),
        # An adapter tries one config at a time: each window pushes once to everybody, with the tries ended in between.
        run=lambda subject, sessions: subject.push(sessions, subject.push_rate),
        windows=5,
    ),
    Load(
        name="reports",
        unit="operations a second",
        warm_up=lambda subject, sessions: subject.reports(sessions, REPORTS_A_SECOND),
        run=lambda subject, _: subject.reports(int(REPORTS_A_SECOND * LOAD_S), REPORTS_A_SECOND),
    ),
    Load(
        name="idle_cpu",
        unit="percent of a core",
        # A whole interval: who was silent until now is asked for a sign of life first, which is no idle fleet.
        warm_up=lambda subject, _: subject.idle(REPORT_INTERVAL_S + 5.0),
        run=lambda subject, _: subject.idle(IDLE_S),
        figure=rows.occupation,
    ),
)
TASKS = Load(
    name="tasks",
    unit="operations a second",
    warm_up=lambda subject, sessions: cast("TaskRunner", subject).tasks(sessions),
    run=lambda subject, sessions: cast("TaskRunner", subject).tasks(sessions),
    windows=5,
)
"""From the order to the durable end of each, result included: for subjects that are a `TaskRunner`."""
ROLLOUT = Load(
    name="rollout",
    unit="operations a second",
    warm_up=lambda subject, sessions: cast("RolloutRunner", subject).rollout(min(FIRST_ROLLOUT, sessions)),
    run=lambda subject, sessions: cast("RolloutRunner", subject).rollout(sessions),
)
"""From the order to the last confirmed, each unit's new handshake included: for subjects that are a `RolloutRunner`."""
EXTRA_SESSIONS = int(HANDSHAKES_A_SECOND * (LOAD_S + 0.5)) + 2  # above the held ones: handshakes, helpers


async def measured(subject: Subject, sessions: int, progress: Progress) -> dict[str, Figure]:
    """The figures of one round by name; the server is stopped whatever happens. `LoadError` if a load fails."""
    server_core, client_core = measure.cores()
    with measure.on_core(client_core):
        try:
            with measure.on_core(server_core):
                await subject.start()
            before = measure.read_core(server_core, subject.pid)
            figures = {MEMORY: await _memory(subject, sessions, progress)}
            holds_ms = await _held(subject, MEMORY, progress)
            for load in _loads(subject):
                figures[load.name] = await _window(load, subject, sessions, progress)
                holds_ms += await _held(subject, load.name, progress)
            if isinstance(subject, Revoker):
                figures[REVOKE] = await _revoked(subject, subject, min(REVOCATIONS, sessions // 2), progress)
                holds_ms += await _held(subject, REVOKE, progress)
            if holds_ms:
                others = measure.read_core(server_core, subject.pid).others_since(before)
                progress(f"others had {others:.0%} of the server's core")
                figures[HELD] = rows.longest(holds_ms, list(figures.values()), others_share=others)
            return figures
        finally:
            await subject.stop()


def _loads(subject: Subject) -> Sequence[Load]:
    """Those of everybody, and those that only some can carry."""
    of_its_own = ((TASKS, isinstance(subject, TaskRunner)), (ROLLOUT, isinstance(subject, RolloutRunner)))
    return (*LOADS, *(load for load, can in of_its_own if can))


async def _held(subject: Subject, name: str, progress: Progress) -> list[float]:
    """The longest hold while that figure was taken, its warm-up and its rest included; none of who cannot tell it."""
    if not isinstance(subject, LoopHolder):
        return []
    longest_ms = await subject.longest_hold_ms()
    progress(f"{subject.name}: {name} held the event loop for at most {longest_ms:g} ms")
    return [longest_ms]


async def _memory(subject: Subject, sessions: int, progress: Progress) -> Figure:
    before = measure.resident_kib(subject.pid)
    await subject.connect(sessions)
    await _settle(subject, progress)
    figure = rows.memory(before, measure.resident_kib(subject.pid), sessions)
    progress(f"{subject.name}: {sessions:,} sessions, {figure.value:.1f} KiB each")
    return figure


async def _window(load: Load, subject: Subject, sessions: int, progress: Progress) -> Figure:
    await load.warm_up(subject, sessions)
    await _settle(subject, progress)
    operations, window = 0, None
    for _ in range(load.windows):
        before = measure.read(subject.pid)
        operations += await load.run(subject, sessions)
        one = measure.read(subject.pid).since(before)
        window = one if window is None else window.joined(one)
        await _settle(subject, progress)
    assert window is not None, "a load has at least one window"
    figure = load.figure(operations, window)
    progress(
        f"{subject.name}: {load.name} {figure.value:,.1f} {load.unit}, {figure.cpu_us or 0:,.1f} µs each; "
        f"server {window.server_share:.0%}, client {window.client_share:.0%} of its core"
    )
    return figure


async def _revoked(subject: Subject, revoker: Revoker, count: int, progress: Progress) -> Figure:
    """The last of all: its units do not come back."""
    before = measure.read(subject.pid)
    worst_ms = await revoker.revoke(count)
    figure = rows.worst(count, worst_ms, measure.read(subject.pid).since(before))
    progress(f"{subject.name}: {count} revocations, the slowest took {worst_ms:.1f} ms, {figure.cpu_us:,.1f} µs each")
    return figure


async def _settle(subject: Subject, progress: Progress) -> None:
    await subject.rest()
    if not await until_quiet(subject.pid):
        progress(f"{subject.name}: does not come to rest; the next window holds some of the work before it")


def table_rows(
    sessions: int, own: Sequence[dict[str, Figure]], *, peer: str | None, peers: Sequence[dict[str, Figure]]
) -> list[Row]:
    """The rounds of both subjects at one fleet size as rows, in the table's order."""
    units: dict[str, Unit] = {MEMORY: "KiB"}
    units.update((load.name, load.unit) for load in LOADS)
    units.update((load.name, load.unit) for load in (TASKS, ROLLOUT))
    units.update({REVOKE: "ms", HELD: "ms"})
    return [
        rows.row(name, sessions, unit, [r[name] for r in own], peer=peer, peers=[r[name] for r in peers if name in r])
        for name, unit in units.items()
        if name in own[0]
    ]
