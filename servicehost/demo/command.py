"""`servicehost demo`: a host with simulated adapters, set up from nothing, shown live, with a story told on it."""

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.live import Live

from servicehost.demo.api import Api
from servicehost.demo.case_screen import cases_screen
from servicehost.demo.cast import MODEL, Cast, gather_cast, new_password
from servicehost.demo.homecoming import PRICES
from servicehost.demo.patience import StoryFailed
from servicehost.demo.process import ChildFailed
from servicehost.demo.screen import fleet_screen
from servicehost.demo.setting import furnish
from servicehost.demo.stage import Stage
from servicehost.demo.story import LEAST_ADAPTERS, SQUEEZED, Story
from servicehost.demo.told import Told, read_told

__all__ = ["Wish", "run_demo"]

TITLE: Final = "サービスホスト service host — Ctrl-C で終了 to stop"
EVENTS_SHOWN: Final = 6
DEFAULT_STORY_S: Final = 120.0


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How the demonstration is to run. With `json` the story is told unattended and summed up on standard output."""

    adapters: int
    seconds: float | None
    json: bool


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that is set: who plays, with everybody logged in."""

    cast: Cast
    manager: Api
    dispatcher: Api


async def run_demo(wish: Wish) -> int:
    """Run until Ctrl-C, SIGTERM, the end of the story (`json`) or of the seconds; every process of ours has ended then.

    The exit code: 1 when a story was asked for and did not come true.
    """
    console = Console(stderr=wish.json)
    stopping = _stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="servicehost-demo-") as folder:
        stage = Stage(Path(folder), console.print)
        try:
            async with set_up(stage, console, wish.adapters) as scene:
                return await (_unattended if wish.json else _shown)(stage, console, scene, wish, stopping)
        finally:
            console.print("Stopping the fleet and the host ...")
            await stage.strike()


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


@contextlib.asynccontextmanager
async def set_up(stage: Stage, console: Console, adapters: int) -> AsyncIterator[Set]:
    """From an empty folder to a fleet that powers on."""
    console.print("1/5 making settings, an authority, a database and the first person ...")
    setting = await furnish(stage.folder / "host", (*SQUEEZED, PRICES))
    console.print("2/5 starting the service host ...")
    try:
        await stage.start_host(Path(setting.settings))
    except ChildFailed as error:
        if "address_in_use" not in str(error):
            raise
        # Somebody, perhaps another demonstration, took one of the ports after we had looked: others will do.
        shutil.rmtree(stage.folder / "host")
        setting = await furnish(stage.folder / "host", (*SQUEEZED, PRICES), usual_ports=False)
        await stage.start_host(Path(setting.settings))
    async with Api(stage.api_base) as dispatcher, Api(stage.api_base) as manager:
        await dispatcher.log_in(setting.master_id, setting.one_time_password, new_password())
        console.print(f"3/5 registering a customer and {adapters} adapters with their units ...")
        cast = await gather_cast(dispatcher, adapters)
        console.print("4/5 the operation manager logs in and pushes each adapter's first config ...")
        cast = await _first_configs(manager, cast)
        console.print("5/5 starting the simulated units: each makes its key, enrols and phones home ...")
        await stage.start_fleet(cast.members, MODEL, Path(setting.root_certificate), spread_s=min(5.0, 0.1 * adapters))
        stage.told(cast)
        yield Set(cast=cast, manager=manager, dispatcher=dispatcher)


async def _first_configs(manager: Api, cast: Cast) -> Cast:
    password = new_password()
    await manager.log_in(cast.master_id, cast.password, password)
    turns = asyncio.Semaphore(8)

    async def push(service_code: str, number: int) -> None:
        async with turns:
            await manager.post("pushes", {"service_codes": [service_code], "body": first_config(number)})

    await asyncio.gather(*(push(member.service_code, n) for n, member in enumerate(cast.members, start=1)))
    return msgspec.structs.replace(cast, password=password)


def first_config(number: int) -> str:
    """What adapter `number` starts with: its own host name, and the way to the host open."""
    return (
        f"hostname branch-{number:03}\ninterface ge0 address dhcp\ninterface ge1 address 192.168.{number % 256}.1/24\n"
        "route default ge0\nntp 192.0.2.123\n"
    )


async def _unattended(stage: Stage, console: Console, scene: Set, wish: Wish, stopping: asyncio.Event) -> int:
    """Tell the story; its summary is the last line on standard output."""
    if wish.adapters < LEAST_ADAPTERS:
        console.print(f"The story needs at least {LEAST_ADAPTERS} adapters: --adapters {LEAST_ADAPTERS}")
        return 1
    seconds = DEFAULT_STORY_S if wish.seconds is None else wish.seconds
    story = Story(stage, scene.cast, scene.manager, scene.dispatcher, seconds)
    telling = asyncio.ensure_future(story.tell())
    stopped = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({telling, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not telling.done():
        telling.cancel()
        console.print(f"Stopped before the story had come true; it was at: {story.part}")
        return 1
    try:
        summary = telling.result()
    except StoryFailed as error:
        console.print(f"The story did not come true. {error}")
        return 1
    console.print(cases_screen(Told(verdicts=summary["verdicts"], charges=summary["charges"])))
    sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    sys.stdout.flush()
    return 0


async def _shown(stage: Stage, console: Console, scene: Set, wish: Wish, stopping: asyncio.Event) -> int:
    """Tell the story while the table shows it; the table stays when the story is over, or could not be told."""
    story = Story(stage, scene.cast, scene.manager, scene.dispatcher, None)
    telling = asyncio.ensure_future(story.tell()) if wish.adapters >= LEAST_ADAPTERS else None
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wish.seconds):
                await _watch(stage, console, scene.manager, stopping)
    finally:
        if telling is not None:
            telling.cancel()
            await asyncio.wait({telling})
            if not telling.cancelled() and (error := telling.exception()) is not None:
                console.print(f"The story could not be told: {error}")
    return 0


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
    told = await read_told(manager, {adapter["service_code"]: adapter["memo"] for adapter in adapters})
    return fleet_screen(TITLE, adapters, cases_screen(told), events["items"])
