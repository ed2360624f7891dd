"""`servicehost demo`: a host with simulated adapters, set up from nothing and shown live."""

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.live import Live

from servicehost.demo.api import Api
from servicehost.demo.cast import MODEL, Cast, gather_cast, new_password
from servicehost.demo.screen import fleet_screen
from servicehost.demo.setting import furnish
from servicehost.demo.stage import Stage

__all__ = ["run_demo"]

TITLE: Final = "サービスホスト service host — Ctrl-C で終了 to stop"
EVENTS_SHOWN: Final = 6


async def run_demo(adapters: int, seconds: float | None) -> int:
    """Run until Ctrl-C, SIGTERM or the end of `seconds` after the set-up; every process of ours has ended then."""
    console = Console(stderr=False)
    stopping = _stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="servicehost-demo-") as folder:
        stage = Stage(Path(folder), console.print)
        try:
            await _play(stage, console, adapters, seconds, stopping)
        finally:
            console.print("Stopping the fleet and the host ...")
            await stage.strike()
    return 0


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def _play(stage: Stage, console: Console, adapters: int, seconds: float | None, stopping: asyncio.Event) -> None:
    cast = await set_up(stage, console, adapters)
    async with Api(stage.api_base) as manager:
        await manager.log_in(cast.master_id, cast.password)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _watch(stage, console, manager, stopping)


async def set_up(stage: Stage, console: Console, adapters: int) -> Cast:
    """From an empty folder to a fleet that powers on. The cast's password is the operation manager's own by then."""
    console.print("1/5 making settings, an authority, a database and the first person ...")
    setting = await furnish(stage.folder / "host")
    console.print("2/5 starting the service host ...")
    await stage.start_host(Path(setting.settings))
    async with Api(stage.api_base) as dispatcher:
        await dispatcher.log_in(setting.master_id, setting.one_time_password, new_password())
        console.print(f"3/5 registering a customer and {adapters} adapters with their units ...")
        cast = await gather_cast(dispatcher, adapters)
    console.print("4/5 the operation manager logs in and pushes each adapter's first config ...")
    cast = await _first_configs(stage, cast)
    console.print("5/5 starting the simulated units: each makes its key, enrols and phones home ...")
    await stage.start_fleet(cast.members, MODEL, Path(setting.root_certificate), spread_s=min(5.0, 0.1 * adapters))
    stage.told(cast)
    return cast


async def _first_configs(stage: Stage, cast: Cast) -> Cast:
    password = new_password()
    async with Api(stage.api_base) as manager:
        await manager.log_in(cast.master_id, cast.password, password)
        turns = asyncio.Semaphore(8)

        async def push(service_code: str, number: int) -> None:
            async with turns:
                await manager.post("pushes", {"service_codes": [service_code], "body": first_config(number)})

        await asyncio.gather(*(push(member.service_code, n) for n, member in enumerate(cast.members, start=1)))
    return Cast(management_code=cast.management_code, master_id=cast.master_id, password=password, members=cast.members)


def first_config(number: int) -> str:
    """What adapter `number` starts with: its own host name, and the way to the host open."""
    return (
        f"hostname branch-{number:03}\ninterface ge0 address dhcp\ninterface ge1 address 192.168.{number % 256}.1/24\n"
        "route default ge0\nntp 192.0.2.123\n"
    )


async def _watch(stage: Stage, console: Console, manager: Api, stopping: asyncio.Event) -> None:
    with Live(console=console, auto_refresh=False, screen=False, transient=False) as live:
        while not stopping.is_set():
            stage.check()
            live.update(await _screen(manager), refresh=console.is_terminal)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await stopping.wait()


async def _screen(manager: Api) -> Any:
    adapters = await manager.all("adapters")
    events = await manager.get("events", newest_first="true", limit=EVENTS_SHOWN)
    return fleet_screen(TITLE, adapters, events["items"])
