"""Which ports a config speaks of, for who moves the cables: their names and what they are called, nothing else.

A config is opaque; only lines that begin with `interface NAME` are read, and of them only the name, a description and
whether it is shut down. No address, account or password of the config can get onto a sheet of paper.
"""

import re
from typing import Final

import msgspec

__all__ = ["MOST_PORTS", "Port", "ports_of"]

MOST_PORTS: Final = 24
_LINE: Final = re.compile(r"^\s*interface\s+([A-Za-z][A-Za-z0-9/._-]{0,31})(?:\s+(.*?))?\s*$")
_NESTED: Final = re.compile(r"^\s+(description|shutdown)\b\s*(.*?)\s*$")


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """One port. `unused`: the config shuts it down."""

    name: str
    description: str = ""
    unused: bool = False


def ports_of(config: str) -> tuple[Port, ...]:
    """In the order of the config, each once; at most 24."""
    found: dict[str, Port] = {}
    open_port: str | None = None
    for line in config.splitlines():
        if (match := _LINE.match(line)) is not None:
            open_port = match[1]
            found[open_port] = _told(found.get(open_port, Port(name=open_port)), match[2] or "")
        elif (nested := _NESTED.match(line)) is not None and open_port is not None:
            found[open_port] = _told(found[open_port], f"{nested[1]} {nested[2]}")
        elif line and not line[0].isspace():
            open_port = None
    return tuple(found.values())[:MOST_PORTS]


def _told(port: Port, said: str) -> Port:
    word, _, rest = said.partition(" ")
    if word == "description":
        return msgspec.structs.replace(port, description=rest.strip().strip("\"'")[:60])
    return msgspec.structs.replace(port, unused=True) if word == "shutdown" else port
