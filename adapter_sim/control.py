"""How another process acts on a running fleet: JSON lines in, JSON lines out.

In, one object a line: a deed with its unit, `{"do": "line_cut", "unit": "0001-…"}`, with any `"ref"` to find its answer
by; `{"do": "add", "entry": {…}}` powers on a unit more, given as in an inventory, with `"ailment": [{"kind": …}]` as in
a scenario if something is to befall it; `{"do": "gauge"}`; `{"do": "stop"}`.
Out: every happening; `{"what": "gauge", …}`; and for each line taken in, `{"what": "done" | "refused", "ref": …}`.
"""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from adapter_sim.ailments import AnyAilment
from adapter_sim.deeds import AnyDeed
from adapter_sim.inventory import UnitEntry

__all__ = ["Add", "Command", "CommandRefused", "Do", "ReadGauge", "Stop", "listen", "read_command"]

MAX_LINE_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 64 * 1024


class Do(msgspec.Struct, frozen=True, kw_only=True):
    """Do a deed to a unit."""

    unit: str
    deed: AnyDeed


class Add(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Enrol, if need be, and power on one unit more. What befalls it counts from then on."""

    entry: UnitEntry
    ailment: tuple[AnyAilment, ...] = ()


class ReadGauge(msgspec.Struct, frozen=True, kw_only=True):
    """Write the gauge now."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Say goodbye everywhere, and end."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What one line asks for, and the `ref` its answer bears."""

    what: Do | Add | ReadGauge | Stop
    ref: str | int | None = None


class CommandRefused(ValueError):
    """A line that asks for nothing known; `ref` is its reference if one could be read."""

    def __init__(self, text: str, ref: str | int | None = None) -> None:
        super().__init__(text)
        self.ref = ref


def read_command(text: bytes) -> Command:
    """What a line asks for. Raises CommandRefused, naming what is wrong."""
    if len(text) > MAX_LINE_BYTES:
        raise CommandRefused(f"the line is longer than {MAX_LINE_BYTES} bytes")
    ref: str | int | None = None
    try:
        fields = msgspec.json.decode(text, type=dict[str, Any])
        ref = msgspec.convert(fields.pop("ref", None), str | int | None)
        return Command(what=_wish(fields), ref=ref)
    except (msgspec.DecodeError, RecursionError) as error:
        raise CommandRefused(str(error), ref) from error


def _wish(fields: dict[str, Any]) -> Do | Add | ReadGauge | Stop:
    do = fields.get("do")
    if do in ("gauge", "stop"):
        return ReadGauge() if do == "gauge" else Stop()
    if do == "add":
        return msgspec.convert({key: value for key, value in fields.items() if key != "do"}, Add)
    unit = msgspec.convert(fields.pop("unit", None), str)
    return Do(unit=unit, deed=msgspec.convert(fields, AnyDeed))


def listen(descriptor: int, take: Callable[[bytes], None], over: Callable[[], None]) -> threading.Thread:
    """Hand over each line that can be read, then say that it is over, from a thread that ends with the process.

    A thread, since standard input may be a file, which no event loop can wait for; and the bare descriptor, since a
    thread that waits inside a buffered reader makes the interpreter abort when it ends.
    """

    def read() -> None:
        for text in _lines(descriptor):
            if text.strip():
                take(text)
        over()

    thread = threading.Thread(target=read, name="control", daemon=True)
    thread.start()
    return thread


def _lines(descriptor: int) -> Iterator[bytes]:
    """Lines without their newline. Of one that is too long, its beginning: enough to be refused for."""
    waiting = bytearray()
    whole = True
    while data := os.read(descriptor, _PIECE_BYTES):
        first, *more = data.split(b"\n")
        waiting += first
        for text in more:
            if whole:
                yield bytes(waiting)
            waiting[:] = text
            whole = True
        if whole and len(waiting) > MAX_LINE_BYTES:
            yield bytes(waiting)
            whole = False
        if not whole:
            waiting.clear()
    if whole and waiting:
        yield bytes(waiting)
