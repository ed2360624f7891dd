"""Which event loop runs the host: uvloop where there is one, unless SERVICEHOST_LOOP says asyncio."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

__all__ = ["UnknownLoop", "choose_loop", "run"]

VARIABLE: Final = "SERVICEHOST_LOOP"
T = TypeVar("T")


class UnknownLoop(ValueError):
    """SERVICEHOST_LOOP names neither uvloop nor asyncio."""


def choose_loop(environment: Mapping[str, str]) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the loop. Raises UnknownLoop; ImportError when uvloop is asked for by name and is not there."""
    wanted = environment.get(VARIABLE, "")
    if wanted not in ("", "uvloop", "asyncio"):
        raise UnknownLoop(f"{VARIABLE} is {wanted!r}: set it to uvloop or asyncio, or leave it out")
    if wanted == "asyncio":
        return asyncio.new_event_loop
    try:
        import uvloop  # noqa: PLC0415 - there is none on some systems
    except ImportError:
        if wanted:
            raise
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def run(main: Coroutine[Any, Any, T], environment: Mapping[str, str]) -> T:
    """Run `main` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=choose_loop(environment)) as runner:
        return runner.run(main)
