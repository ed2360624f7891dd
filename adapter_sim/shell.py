"""What a box does when it is given a task: it answers from its own config. Pure, and the same at every call."""

import base64
import hashlib
import ipaddress
import random
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from adapter_sim.config_text import FACTORY_TEXT, BoxConfig
from adapter_sim.flash import StoredConfig
from adapter_sim.modules import MAIN
from adapter_sim.stored_task import Done
from protocol import task_messages as wire
from protocol.task_messages import TaskResult

__all__ = ["Seen", "run"]

_JSON: Final = "application/json"
_BINARY: Final = "application/octet-stream"


class Seen(NamedTuple):
    """The box as a task sees it."""

    config: BoxConfig
    running: StoredConfig | None
    startup: StoredConfig | None
    modules: tuple[int, ...]
    firmware: str
    uptime_s: int
    dump_bytes: int


def run(work: wire.TaskWork, seen: Seen) -> Done:
    """What comes of it."""
    return _RUNS[type(work)](work, seen)


def _dump(module: int, size_bytes: int) -> bytes:
    """The bytes of a debug dump, of any size asked."""
    return random.Random(module).randbytes(size_bytes)  # noqa: S311 - bytes of no meaning


def _ping(work: wire.Ping, seen: Seen) -> Done:
    obstacle = _obstacle(work.address, seen.config)
    if obstacle == "unknown_host":
        return Done(outcome="failed", reason=obstacle, text=f"{work.address} has no address")
    trips = [] if obstacle else [_round_trip_ms(work.address, number) for number in range(work.count)]
    figures = wire.PingFigures(
        sent=work.count,
        received=len(trips),
        shortest_ms=min(trips, default=None),
        mean_ms=round(sum(trips) / len(trips), 3) if trips else None,
        longest_ms=max(trips, default=None),
    )
    return Done(outcome="succeeded", text=obstacle, results=(_as_json(figures),))


def _traceroute(work: wire.Traceroute, seen: Seen) -> Done:
    obstacle = _obstacle(work.address, seen.config)
    if obstacle == "unknown_host":
        return Done(outcome="failed", reason=obstacle, text=f"{work.address} has no address")
    way = ["192.0.2.1", "198.51.100.1", work.address][: work.max_hops]
    hops = [
        wire.Hop(
            hop=number, address=address, round_trips_ms=tuple(_round_trip_ms(address, n) for n in range(work.count))
        )
        for number, address in enumerate(way, start=1)
    ]
    if obstacle:
        hops = [wire.Hop(hop=number) for number in range(1, min(work.max_hops, 3) + 1)]
    return Done(outcome="succeeded", text=obstacle, results=(_as_json(hops),))


def _read_config(work: wire.ReadConfig, seen: Seen) -> Done:
    config = seen.running if work.which == "running" else seen.startup

    def read(module: int) -> TaskResult:
        if module == MAIN:
            return TaskResult(body=FACTORY_TEXT if config is None else config.body)
        stored = next((one for one in (config.others if config else ()) if one.module == module), None)
        if stored is None:
            return TaskResult(module=module, failed="no_config")
        body = base64.b64encode(stored.body).decode()
        return TaskResult(module=module, media_type=_BINARY, body=body, encoding="base64")

    return _each(work.modules, seen, read)


def _read_status(work: wire.ReadStatus, seen: Seen) -> Done:
    return _each(work.modules, seen, lambda module: TaskResult(module=module, body=_status(module, seen)))


def _clear_status(work: wire.ClearStatus, seen: Seen) -> Done:
    return _each(work.modules, seen, lambda module: TaskResult(module=module, body="cleared\n"))


def _command(work: wire.Command, seen: Seen) -> Done:
    def carry_out(module: int) -> TaskResult:
        said = ""
        for line in work.lines:
            answer = _typed(line, module, seen)
            if answer is None:
                return TaskResult(module=module, body=f"{said}> {line}\nunknown command\n", failed="unknown_command")
            said += f"> {line}\n{answer}"
        return TaskResult(module=module, body=said)

    return _each(work.modules, seen, carry_out)


def _dump_debug(work: wire.DumpDebug, seen: Seen) -> Done:
    def small(module: int) -> TaskResult:
        body = base64.b64encode(_dump(module, seen.dump_bytes)).decode()
        return TaskResult(module=module, media_type=_BINARY, body=body, encoding="base64")

    return _each(work.modules, seen, small)


def _reboot(work: wire.Reboot, seen: Seen) -> Done:
    raise AssertionError("a reboot is carried out by booting")


def _each(modules: tuple[int, ...], seen: Seen, one: Callable[[int], TaskResult]) -> Done:
    results = tuple(
        one(module) if module in seen.modules else TaskResult(module=module, failed="unknown_module")
        for module in modules
    )
    failed = next((result.failed for result in results if result.failed), "")
    return Done(outcome="failed" if failed else "succeeded", reason=failed, results=results)


def _typed(line: str, module: int, seen: Seen) -> str | None:
    """What the box's small shell answers; None: it does not know the line."""
    match line.split():
        case ["show", "version"]:
            return f"firmware {seen.firmware}\n"
        case ["show", "status"]:
            return _status(module, seen)
        case ["show", "running-config"]:
            return FACTORY_TEXT if seen.running is None else seen.running.body
        case ["echo", *words]:
            return " ".join(words) + "\n"
        case _:
            return None


def _status(module: int, seen: Seen) -> str:
    lines = [f"module {module}", f"firmware {seen.firmware}", f"uptime {seen.uptime_s}"]
    if module == MAIN:
        lines += [
            f"interface {name} {'up' if port.up else 'down'} mtu {port.mtu}"
            for name, port in sorted(seen.config.interfaces.items())
        ]
    return "".join(f"{line}\n" for line in lines)


def _obstacle(address: str, config: BoxConfig) -> str:
    """Why nothing would come back from there; empty: something would."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        if not config.resolvers:
            return "unknown_host"
        address = "192.0.2.53"
    return config.echoes(address).obstacle


def _round_trip_ms(address: str, number: int) -> float:
    return 1.0 + hashlib.sha256(f"{address} {number}".encode()).digest()[0] / 64


def _as_json(value: object) -> TaskResult:
    return TaskResult(media_type=_JSON, body=msgspec.json.encode(value).decode())


_RUNS: Final[dict[type, Callable[..., Done]]] = {
    wire.Ping: _ping,
    wire.Traceroute: _traceroute,
    wire.ReadConfig: _read_config,
    wire.ReadStatus: _read_status,
    wire.ClearStatus: _clear_status,
    wire.Command: _command,
    wire.DumpDebug: _dump_debug,
    wire.Reboot: _reboot,
}
