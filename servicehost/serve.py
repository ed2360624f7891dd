"""One running host, from its start to its end.

Start: lock, migrate, open the store, begin a run, take from sessions, open the adapters' door, the bootstrap door, the
operators' door, be ready. End, on the first signal: be not ready, let sessions go, finish what they said, close the
doors, close the store; all within 30 seconds. A second signal waits for nobody, and still loses nothing acknowledged.
"""

import asyncio
import os
import platform
import sqlite3
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web

from servicehost.doors import Doors, forget_doors, write_doors
from servicehost.leave import close_doors, end_tasks, leave_politely
from servicehost.opened import open_authority, open_truth
from servicehost.runtime.addresses import reachable
from servicehost.runtime.clock import SystemClock
from servicehost.runtime.collector import calm_the_collector
from servicehost.runtime.held import HeldMeter
from servicehost.runtime.limits import raise_open_files
from servicehost.runtime.metrics import Metrics
from servicehost.runtime.notify import Notifier
from servicehost.runtime.shutdown import Leaving, listening_to_signals
from servicehost.runtime.supervise import keep_running
from servicehost.sessions.listener import listen
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.settings.tables import Settings
from servicehost.start import StartFailed, naming_failures, naming_of_address
from servicehost.wiring import Host, bind_host, operators_context
from servicehost.workers.rounds import Round

__all__ = ["HostFailed", "serve"]

_WAL_RESET_MENDED: Final = (3, 51, 3)
_BACKLOG: Final = 128
_log: Final[Any] = structlog.get_logger("servicehost.serve")


class HostFailed(Exception):
    """A part that must never end has ended; the log has the traceback. The host has left as on a signal."""


class _Serving:
    """What one run of `serve` shares between its steps."""

    def __init__(self, settings: Settings, leaving: Leaving, notifier: Notifier) -> None:
        self.settings = settings
        self.leaving = leaving
        self.notifier = notifier
        self.metrics = Metrics(process=settings.metrics.process)
        self.held = HeldMeter(asyncio.get_running_loop().call_later, self.metrics.observe_held)
        self.ready = False

    def is_ready(self) -> bool:
        return self.ready


async def serve(
    settings: Settings,
    *,
    leaving: Leaving | None = None,
    notifier: Notifier | None = None,
    opened: Callable[[Doors], None] | None = None,
) -> None:
    """Serve until a signal, or `leaving`, asks to go. `opened` is told where the doors are once the host is ready.

    In the main thread only. Raises StartFailed, after which nothing is left open; HostFailed.
    """
    serving = _Serving(settings, leaving or Leaving(), notifier or Notifier({}))
    _say_where_we_are(settings)
    with listening_to_signals(serving.leaving):
        with naming_failures():
            _require_database(settings.store.database)
            authority = open_authority(settings.authority)
            truth = await open_truth(settings.store)
        try:
            with naming_failures():
                host = await bind_host(
                    settings, truth, authority, clock=SystemClock(), metrics=serving.metrics, ready=serving.is_ready
                )
            await _live(host, serving, opened)
        finally:
            await truth.close()
    _log.info("ended")


async def _live(host: Host, serving: _Serving, opened: Callable[[Doors], None] | None) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(host.intake.run())]
            try:
                doors = await _open(host, serving.settings)
                tasks += [group.create_task(_keep(one, serving)) for one in _rounds(host, serving)]
                _announce(doors, serving)
                if opened is not None:
                    opened(doors)
                await serving.leaving.asked.wait()
            finally:
                await _go(host, serving)
                await end_tasks(tasks)
    except BaseExceptionGroup as group_of_faults:
        known, other = group_of_faults.split(StartFailed)
        if known is not None and other is None:
            raise known.exceptions[0] from None
        _log.exception("host_failed")
        raise HostFailed("a part of the host that must never end has ended; see the log") from group_of_faults


async def _go(host: Host, serving: _Serving) -> None:
    was_ready, serving.ready = serving.ready, False
    serving.held.stop()
    serving.notifier.stopping()
    forget_doors(serving.settings.host.run_folder)
    if was_ready:
        await leave_politely(host, serving.leaving)
    await close_doors(host)


def _rounds(host: Host, serving: _Serving) -> tuple[Round, ...]:
    every_s = serving.notifier.watchdog_every_s
    return host.rounds if every_s is None else (*host.rounds, Round("watchdog", serving.notifier.alive, every_s))


async def _keep(one: Round, serving: _Serving) -> None:
    def failed(name: str) -> None:
        serving.metrics.count("failed_rounds_total", name)

    await keep_running(one.name, one.work, every_s=one.every_s, stopping=asyncio.Event(), failed=failed)


async def _open(host: Host, settings: Settings) -> Doors:
    adapters, bootstrap, operators = settings.adapters_door, settings.bootstrap_door, settings.operators_door
    with naming_of_address("adapters_door", adapters.addresses, adapters.port):
        host.adapters_door.start()
    with naming_of_address("bootstrap_door", bootstrap.addresses, bootstrap.port):
        at_bootstrap = await host.bootstrap_door.start(reachable(bootstrap.addresses), bootstrap.port)
    with naming_failures():
        context = operators_context(operators)
    return Doors(
        host=host.us.host,
        run=host.us.run,
        pid=os.getpid(),
        adapters_door=list(host.adapters_door.addresses),
        bootstrap_door=at_bootstrap,
        operators_door=await _open_operators_door(host.operators_door, operators, context),
        operators_scheme="http" if context is None else "https",
    )


async def _open_operators_door(
    runner: web.AppRunner, settings: OperatorsDoor, context: ssl.SSLContext | None
) -> list[tuple[str, int]]:
    with naming_of_address("operators_door", settings.addresses, settings.port):
        sockets = listen(settings.addresses, settings.port, _BACKLOG)
    await runner.setup()
    for one in sockets:
        await web.SockSite(runner, one, ssl_context=context, backlog=_BACKLOG).start()
    return [one.getsockname()[:2] for one in sockets]


def _announce(doors: Doors, serving: _Serving) -> None:
    with naming_failures():
        write_doors(serving.settings.host.run_folder, doors)
    calm_the_collector()
    serving.held.start()
    serving.ready = True
    _log.info("ready", **msgspec.to_builtins(doors))
    serving.notifier.ready(f"serving as {doors.host}, run {doors.run}")


def _require_database(database: Path) -> None:
    if not database.exists():
        text = f"there is no database {database}: make one with `servicehost init DIR`, or set store.database"
        raise StartFailed("database_missing", text)


def _say_where_we_are(settings: Settings) -> None:
    files = raise_open_files()
    _log.info(
        "starting",
        host=settings.host.name,
        database=str(settings.store.database),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        loop=type(asyncio.get_running_loop()).__module__,
        open_files_limit=files.soft,
    )
    if sqlite3.sqlite_version_info < _WAL_RESET_MENDED:
        # Harmless as long as one connection alone writes and checkpoints, which the lock and the readers see to.
        _log.warning("sqlite_older_than_3_51_3", sqlite=sqlite3.sqlite_version)
