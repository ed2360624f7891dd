"""The command `adapter-sim`."""

import asyncio
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import cyclopts
import structlog

from adapter_sim.dialer import read_host_url
from adapter_sim.enrol import BootstrapDoor
from adapter_sim.fleet import FleetError, FleetPlan
from adapter_sim.inventory import UnitEntry, load_inventory
from adapter_sim.location import LocationService
from adapter_sim.running import Options, Running
from adapter_sim.scenario import assign, load_scenario

app = cyclopts.App(name="adapter-sim", help="A simulated fleet of service adapters.")


@app.command
def run(
    *,
    inventory: Path,
    state: Path,
    host: Annotated[tuple[str, ...], cyclopts.Parameter(negative="")] = (),
    location: str | None = None,
    bootstrap: str | None = None,
    anchors: Path | None = None,
    scenario: Path | None = None,
    json: Annotated[bool, cyclopts.Parameter(negative="")] = False,
    stop_with_stdin: Annotated[bool, cyclopts.Parameter(negative="")] = False,
    spread: float = 5.0,
    at_once: int = 200,
    gauge_every: float = 5.0,
    source: str | None = None,
    own_sources: Annotated[bool, cyclopts.Parameter(negative="")] = False,
    seed: int | None = None,
    log: Literal["debug", "info", "warning"] | None = None,
) -> int:
    """Run a fleet until SIGINT or SIGTERM, or a `stop` on standard input; then every unit says goodbye.

    Parameters
    ----------
    inventory
        The units, TOML or JSON.
    state
        Folder for what units keep: keys, certificates, anchors, flash.
    host
        Where to dial, as wss://name:port. Given several times, units walk the hosts in this order.
    location
        Where units ask for their hosts at every boot, as https://name:port, or the whole address of the document. Left
        out together with --host, it is the bootstrap door.
    bootstrap
        Where units without a certificate enrol, as https://name:port.
    anchors
        PEM file of the authorities that the bootstrap door, and the hosts of units with a certificate, are known by.
    scenario
        What befalls the units, TOML.
    json
        Write what happens as JSON lines to standard output, and take commands as JSON lines from standard input.
    stop_with_stdin
        Stop when standard input ends; needs --json.
    spread
        Seconds within which units power on, at random.
    at_once
        How many units may be between dial and welcome at once.
    gauge_every
        Seconds between two gauges; 0: only when asked.
    source
        Own IP address to dial from.
    own_sources
        Every unit dials from an address of its own in 127.0.0.0/8, if the host is at one too; on Linux.
    seed
        Makes chance repeatable.
    log
        From which level on to log to standard error. With --json warnings, since endings are on standard output
        anyway; else info, which has every ending.
    """
    if seed is not None:
        random.seed(seed)
    _log_to_stderr(log or ("warning" if json else "info"))
    try:
        entries = load_inventory(inventory)
        plan = FleetPlan(
            hosts=[read_host_url(url) for url in host],
            state=state,
            anchors=anchors,
            bootstrap=_door(bootstrap, anchors),
            location=_location(location, host, bootstrap),
            spread_s=spread,
            source=source,
            own_sources=own_sources,
            fates=assign(load_scenario(scenario), [entry.unit for entry in entries]) if scenario else {},
        )
    except (ValueError, OSError) as error:
        sys.stderr.write(f"adapter-sim: {error}\n")
        return 2
    options = Options(json=json, stop_with_stdin=stop_with_stdin, at_once=at_once, gauge_every_s=gauge_every)
    return _run_until_stopped(plan, entries, options)


def _run_until_stopped(plan: FleetPlan, entries: Sequence[UnitEntry], options: Options) -> int:
    async def running() -> None:
        await Running(plan, options).run(entries)

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        try:
            runner.run(running())
        except FleetError as error:
            sys.stderr.write(f"adapter-sim: {error}\n")
            return 2
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not to be had on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def _log_to_stderr(level: str) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _door(bootstrap: str | None, anchors: Path | None) -> BootstrapDoor | None:
    if bootstrap is None:
        return None
    if anchors is None:
        raise ValueError("--bootstrap needs --anchors: a unit believes no door that it does not know")
    return BootstrapDoor(bootstrap, anchors)


def _location(location: str | None, host: Sequence[str], bootstrap: str | None) -> LocationService | None:
    url = location if location is not None or host else bootstrap
    if url is None and not host:
        raise ValueError("--host, --location or --bootstrap: a unit knows one address from birth")
    return None if url is None else LocationService(url)


def main() -> None:
    """The console entry."""
    app()
