"""A fleet as a process: signals, commands, gauges, and what is written where."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec
import structlog
from rich.console import Console

from adapter_sim import control
from adapter_sim.control import Add, Command, CommandRefused, Do, ReadGauge
from adapter_sim.fleet import Fleet, FleetError, FleetPlan
from adapter_sim.gauge import Gauge, table
from adapter_sim.happenings import Happening
from adapter_sim.inventory import InventoryError, UnitEntry, read_entry
from adapter_sim.output import LineWriter, happening_line, line, write_all
from adapter_sim.scenario import placed
from adapter_sim.timers import LoopTimers
from adapter_sim.turnstile import Turnstile
from adapter_sim.world import World

__all__ = ["Options", "Running"]

_LAST_LINES_DUE_S: Final = 2
_NEWS: Final = frozenset(
    {
        "confirmed",
        "reverted",
        "ended",
        "moved",
        "dial_failed",
        "request_dropped",
        "event_lost",
        "renewed",
        "renewal_failed",
        "candidate_refused",
        "went_back",
        "credential_unreadable",
        "location_learned",
        "location_refused",
        "location_failed",
    }
)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the process behaves; see the command for each."""

    json: bool = False
    stop_with_stdin: bool = False
    at_once: int = 200
    gauge_every_s: float = 5.0


class Running:
    """One run of a fleet, made inside a running loop."""

    def __init__(self, plan: FleetPlan, options: Options) -> None:
        self._loop = asyncio.get_running_loop()
        self._options = options
        self._gauge = Gauge()
        self._writer = LineWriter(partial(write_all, sys.stdout.fileno())) if options.json else None
        self._console = Console()
        self._stop = asyncio.Event()
        self._additions: set[asyncio.Task[None]] = set()
        timers = LoopTimers(self._loop)
        self._fleet = Fleet(plan, World(timers=timers, tell=self._tell, gate=Turnstile(options.at_once)))

    async def run(self, entries: Sequence[UnitEntry]) -> None:
        """Until somebody says stop. Raises FleetError for a unit that cannot be brought up, once the others stopped."""
        for name in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(name, self._stop.set)
        if self._options.json:
            control.listen(sys.stdin.fileno(), self._from_thread, self._stdin_over)
        if self._options.gauge_every_s:
            self._loop.call_later(self._options.gauge_every_s, self._gauge_due)
        starting = asyncio.create_task(self._start(entries))
        starting.add_done_callback(self._started)
        try:
            await self._stop.wait()
        finally:
            starting.cancel()
            await self._end()
        await _result_of(starting)

    async def _start(self, entries: Sequence[UnitEntry]) -> None:
        await self._fleet.start(entries)
        self._write("started", units=len(self._fleet.adapters))

    def _started(self, starting: asyncio.Task[None]) -> None:
        if not starting.cancelled() and starting.exception() is not None:
            self._stop.set()

    async def _end(self) -> None:
        for task in self._additions:
            task.cancel()
        await self._fleet.stop()
        self._show_gauge()
        self._write("stopped")
        if self._writer is not None:
            self._writer.close(_LAST_LINES_DUE_S)

    # -- out ----------------------------------------------------------------------------------------------------

    def _tell(self, happening: Happening) -> None:
        self._gauge.note(happening)
        log = _log.info if happening.what in _NEWS else _log.debug
        log(happening.what, unit=happening.unit, **happening.fields)
        if self._writer is not None:
            self._writer.put(happening_line(happening, self._fleet.age_s))

    def _write(self, what: str, **fields: object) -> None:
        if self._writer is not None:
            self._writer.put(line(what, **fields))

    def _gauge_due(self) -> None:
        self._show_gauge()
        self._loop.call_later(self._options.gauge_every_s, self._gauge_due)

    def _show_gauge(self) -> None:
        reading = self._gauge.read(self._fleet.adapters.values())
        if self._writer is None:
            self._console.print(table(reading))
        else:
            self._write("gauge", **msgspec.structs.asdict(reading))

    # -- in -----------------------------------------------------------------------------------------------------

    def _from_thread(self, text: bytes) -> None:
        self._loop.call_soon_threadsafe(self._take, text)

    def _stdin_over(self) -> None:
        if self._options.stop_with_stdin:
            self._loop.call_soon_threadsafe(self._stop.set)

    def _take(self, text: bytes) -> None:
        try:
            command = control.read_command(text)
            self._obey(command)
        except CommandRefused as error:
            self._write("refused", ref=error.ref, error=str(error))

    def _obey(self, command: Command) -> None:
        match command.what:
            case Do(unit=unit, deed=deed):
                if unit not in self._fleet.adapters:
                    raise CommandRefused(f"the fleet has no unit {unit}", command.ref)
                if not self._fleet.do(deed, unit):
                    raise CommandRefused("the unit's event queue is full: the event is lost", command.ref)
            case Add() as add:
                task = asyncio.create_task(self._add(add, command.ref))
                self._additions.add(task)
                task.add_done_callback(self._additions.discard)
                return
            case ReadGauge():
                self._show_gauge()
            case _:
                self._stop.set()
        self._write("done", ref=command.ref)

    async def _add(self, add: Add, ref: str | int | None) -> None:
        try:
            folder = self._fleet.state
            ailments = [placed(one, folder) for one in add.ailment]
            added = await self._fleet.add(read_entry(add.entry, beside=folder), ailments)
        except (FleetError, InventoryError) as error:
            self._write("refused", ref=ref, error=str(error))
        else:
            if added:
                self._write("done", ref=ref)
            else:
                self._write("refused", ref=ref, error="the unit was refused a certificate")


async def _result_of(task: asyncio.Task[None]) -> None:
    try:
        await task
    except asyncio.CancelledError:
        return
