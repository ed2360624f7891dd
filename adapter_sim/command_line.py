"""The config language of a simulated box: one command a line, in the manner of a small router's command line.

    hostname NAME
    interface ge0|ge1|ge2 address dhcp|PREFIX       interface ge0 mtu N       interface ge0 shutdown
    route default INTERFACE
    filter NAME direction in|out protocol tcp|udp|icmp|any [address PREFIX] [port N|N-M] action block|pass
    resolver ADDRESS                                ntp SERVER

Empty lines and lines that begin with `#` or `!` say nothing. Whatever is not understood refuses the whole config;
a value outside what the box can do is replaced by one that it can do, or left out, and named.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, cast

import msgspec

from adapter_sim.config_text import BoxConfig, Filter, Interface
from protocol.messages import Rejected

__all__ = ["MAX_REJECTED", "ConfigRefused", "Reading", "read_config"]

MAX_REJECTED: Final = 256
_PORTS: Final = ("ge0", "ge1", "ge2")
_MTU: Final = (576, 1500)
_MAX_RESOLVERS: Final = 3
_MAX_NTP_SERVERS: Final = 2
_MAX_HOSTNAME: Final = 63
_MAX_PORT: Final = 65_535
_MAX_SHOWN: Final = 200
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A config that was understood, and what of it the box runs otherwise than written."""

    config: BoxConfig
    rejected: tuple[Rejected, ...] = ()


class ConfigRefused(Exception):
    """The config was not understood: `rejected` names every bad line, in order, at most `MAX_REJECTED` of them."""

    def __init__(self, rejected: Sequence[Rejected]) -> None:
        super().__init__("; ".join(f"{one.parameter}: {one.reason}" for one in rejected[:3]))
        self.rejected = tuple(rejected)


class _BadLine(ValueError):
    """One line that means nothing to the box."""


def read_config(text: str) -> Reading:
    """What `text` says. Raises ConfigRefused when any line is not understood."""
    reader = _Reader()
    bad: list[Rejected] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0][0] in "#!":
            continue
        try:
            reader.take(words)
        except _BadLine as error:
            bad.append(Rejected(parameter=f"line {number}", reason=str(error)[:_MAX_SHOWN]))
    if bad:
        raise ConfigRefused(_bounded(bad))
    if len(reader.rejected) > MAX_REJECTED:
        raise ConfigRefused(_bounded(reader.rejected))
    return Reading(config=reader.config(), rejected=tuple(reader.rejected))


def _bounded(rejected: list[Rejected]) -> list[Rejected]:
    if len(rejected) <= MAX_REJECTED:
        return rejected
    rest = len(rejected) - MAX_REJECTED + 1
    return [*rejected[: MAX_REJECTED - 1], Rejected(parameter="the rest", reason=f"{rest} more")]


class _Reader:
    """Collects one config line by line; a later line about the same thing wins."""

    def __init__(self) -> None:
        self.rejected: list[Rejected] = []
        self._hostname = ""
        self._interfaces: dict[str, Interface] = {}
        self._default_route: str | None = None
        self._filters: dict[str, Filter] = {}
        self._resolvers: list[str] = []
        self._ntp_servers: list[str] = []
        self._commands: Final[dict[str, Callable[[list[str]], None]]] = {
            "hostname": self._take_hostname,
            "interface": self._take_interface,
            "route": self._take_route,
            "filter": self._take_filter,
            "resolver": self._take_resolver,
            "ntp": self._take_ntp,
        }

    def take(self, words: list[str]) -> None:
        command = self._commands.get(words[0])
        if command is None:
            raise _BadLine(f"no such command {_shown(words[0])}")
        command(words[1:])

    def config(self) -> BoxConfig:
        return BoxConfig(
            hostname=self._hostname,
            interfaces=self._interfaces,
            default_route=self._default_route,
            filters=tuple(self._filters.values()),
            resolvers=tuple(self._resolvers),
            ntp_servers=tuple(self._ntp_servers),
        )

    def _take_hostname(self, words: list[str]) -> None:
        (name,) = _exactly(words, "hostname NAME")
        if _NAME.fullmatch(name) is None:
            raise _BadLine(f"{_shown(name)} is no host name")
        if len(name) > _MAX_HOSTNAME:
            short = name[:_MAX_HOSTNAME].rstrip(".-_")
            self._substitute("hostname", f"at most {_MAX_HOSTNAME} characters", short)
            name = short
        self._hostname = name

    def _take_interface(self, words: list[str]) -> None:
        name = _port_name(words[:1])
        port = self._interfaces.get(name, Interface())
        match words[1:]:
            case ["address", address]:
                port = msgspec.structs.replace(port, address=address if address == "dhcp" else _host_prefix(address))
            case ["mtu", number]:
                port = msgspec.structs.replace(port, mtu=self._mtu(name, _number(number)))
            case ["shutdown"]:
                port = msgspec.structs.replace(port, shutdown=True)
            case _:
                raise _BadLine(f"interface {name} takes: address dhcp|PREFIX, mtu N, or shutdown")
        self._interfaces[name] = port

    def _mtu(self, name: str, mtu: int) -> int:
        least, most = _MTU
        taken = min(max(mtu, least), most)
        if taken != mtu:
            self._substitute(f"interface {name} mtu", f"{least} to {most}, not {mtu}", str(taken))
        return taken

    def _take_route(self, words: list[str]) -> None:
        what, port = _exactly(words, "route default INTERFACE")
        if what != "default":
            raise _BadLine(f"only the default route can be set, not {_shown(what)}")
        self._default_route = _port_name([port])

    def _take_filter(self, words: list[str]) -> None:
        if not words or _NAME.fullmatch(words[0]) is None:
            raise _BadLine("filter needs a name")
        given = dict(_pairs(words[1:], ("direction", "protocol", "address", "port", "action")))
        self._filters[words[0]] = Filter(
            name=words[0],
            direction=cast("Literal['in', 'out']", _one_of(given, "direction", ("in", "out"))),
            protocol=cast(
                "Literal['tcp', 'udp', 'icmp', 'any']", _one_of(given, "protocol", ("tcp", "udp", "icmp", "any"))
            ),
            action=cast("Literal['block', 'pass']", _one_of(given, "action", ("block", "pass"))),
            address=_network(given["address"]) if "address" in given else None,
            ports=_port_range(given["port"]) if "port" in given else None,
        )

    def _take_resolver(self, words: list[str]) -> None:
        (address,) = _exactly(words, "resolver ADDRESS")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise _BadLine(f"{_shown(address)} is no IP address") from None
        self._add(self._resolvers, _MAX_RESOLVERS, "resolver", address)

    def _take_ntp(self, words: list[str]) -> None:
        (server,) = _exactly(words, "ntp SERVER")
        self._add(self._ntp_servers, _MAX_NTP_SERVERS, "ntp", server)

    def _add(self, into: list[str], most: int, what: str, value: str) -> None:
        if len(into) < most:
            into.append(value)
        else:
            self._substitute(f"{what} {value[:_MAX_SHOWN]}", f"at most {most}", None)

    def _substitute(self, parameter: str, reason: str, substitution: str | None) -> None:
        self.rejected.append(Rejected(parameter=parameter, reason=reason, substitution=substitution))


def _shown(word: str) -> str:
    return ascii(word[:60])


def _exactly(words: list[str], usage: str) -> list[str]:
    if len(words) != len(usage.split()) - 1:
        raise _BadLine(f"the command is: {usage}")
    return words


def _port_name(words: list[str]) -> str:
    if not words or words[0] not in _PORTS:
        raise _BadLine(f"no such interface; this box has {', '.join(_PORTS)}")
    return words[0]


def _number(word: str) -> int:
    # str.isdecimal alone would admit digits of other scripts, and int() any length of them.
    if not (word.isascii() and word.isdecimal() and len(word) <= 9):  # noqa: PLR2004 - longer than any value here
        raise _BadLine(f"{_shown(word)} is no number")
    return int(word)


def _host_prefix(word: str) -> str:
    try:
        return str(ipaddress.ip_interface(word))
    except ValueError:
        raise _BadLine(f"{_shown(word)} is neither dhcp nor an address with its prefix length") from None


def _network(word: str) -> str:
    try:
        return str(ipaddress.ip_network(word, strict=False))
    except ValueError:
        raise _BadLine(f"{_shown(word)} is no address or prefix") from None


def _port_range(word: str) -> tuple[int, int]:
    first, dash, last = word.partition("-")
    ports = _number(first), _number(last if dash else first)
    if not 0 < ports[0] <= ports[1] <= _MAX_PORT:
        raise _BadLine(f"ports are 1 to {_MAX_PORT}, the lower one first")
    return ports


def _pairs(words: list[str], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(words) % 2:
        raise _BadLine(f"{_shown(words[-1])} has no value")
    for key, value in zip(words[::2], words[1::2], strict=True):
        if key not in known:
            raise _BadLine(f"filter does not know {_shown(key)}")
        yield key, value


def _one_of(given: dict[str, str], key: str, choices: tuple[str, ...]) -> str:
    value = given.get(key)
    if value not in choices:
        raise _BadLine(f"{key} must be one of {', '.join(choices)}")
    return value
