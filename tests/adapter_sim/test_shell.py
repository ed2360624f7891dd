"""What a box answers to tasks: from its own config, and the same at every call."""

import base64

import msgspec
import pytest

from adapter_sim.command_line import read_config
from adapter_sim.config_text import FACTORY_TEXT
from adapter_sim.shell import Seen, run
from protocol import task_messages as wire
from protocol.task_messages import Hop, PingFigures

WITHOUT_ROUTE = "interface ge0 address dhcp\n"


def seen(text: str = FACTORY_TEXT, *, modules: tuple[int, ...] = (0, 3), dump_bytes: int = 16) -> Seen:
    config = read_config(text).config
    return Seen(config, None, None, modules, firmware="1.0.0", uptime_s=61, dump_bytes=dump_bytes)


def figures(text: str, address: str = "192.0.2.9") -> PingFigures:
    done = run(wire.Ping(address=address, count=4), seen(text))
    assert done.outcome == "succeeded"
    return msgspec.json.decode(done.results[0].body, type=PingFigures)


def test_a_ping_is_answered_where_the_config_lets_it_through() -> None:
    assert (figures(FACTORY_TEXT).sent, figures(FACTORY_TEXT).received) == (4, 4)
    assert figures(FACTORY_TEXT) == figures(FACTORY_TEXT)


@pytest.mark.parametrize("text", [WITHOUT_ROUTE])
def test_a_ping_is_lost_where_it_does_not(text: str) -> None:
    lost = figures(text)
    assert (lost.sent, lost.received, lost.mean_ms) == (4, 0, None)


def test_a_name_needs_somebody_to_ask() -> None:
    done = run(wire.Ping(address="host.example"), seen())
    assert (done.outcome, done.reason) == ("failed", "unknown_host")


def test_a_traceroute_ends_at_its_address_or_hears_nobody() -> None:
    way = wire.Traceroute(address="192.0.2.9", count=2)
    hops = msgspec.json.decode(run(way, seen()).results[0].body, type=list[Hop])
    assert (hops[-1].address, len(hops[-1].round_trips_ms)) == ("192.0.2.9", 2)
    silent = msgspec.json.decode(run(way, seen(WITHOUT_ROUTE)).results[0].body, type=list[Hop])
    assert {hop.address for hop in silent} == {None}


def test_commands_run_up_to_the_first_that_is_not_known() -> None:
    done = run(wire.Command(lines=("echo a b", "launch", "show version")), seen())
    assert (done.outcome, done.reason) == ("failed", "unknown_command")
    assert done.results[0].body == "> echo a b\na b\n> launch\nunknown command\n"
    assert run(wire.Command(lines=("show version",)), seen()).results[0].body == "> show version\nfirmware 1.0.0\n"


def test_a_module_that_is_not_there_fails_alone() -> None:
    done = run(wire.ReadStatus(modules=(0, 3, 9)), seen())
    assert [one.failed for one in done.results] == ["", "", "unknown_module"]
    assert (done.outcome, done.reason) == ("failed", "unknown_module")


def test_a_dump_has_the_size_that_was_asked_and_each_module_its_own() -> None:
    done = run(wire.DumpDebug(modules=(0, 3)), seen(dump_bytes=1_000))
    one, other = (base64.b64decode(result.body) for result in done.results)
    assert (len(one), len(other)) == (1_000, 1_000)
    assert one != other


def test_the_factory_config_is_read_where_none_was_given() -> None:
    assert run(wire.ReadConfig(), seen()).results[0].body == FACTORY_TEXT
    assert run(wire.ClearStatus(), seen()).results[0].body == "cleared\n"
