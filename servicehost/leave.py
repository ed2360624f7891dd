"""How a host goes: sessions first, then what they said, then the doors. Each step has a limit, all have 30 s."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, Final

import structlog

from servicehost.runtime.shutdown import Leaving
from servicehost.wiring import Host

__all__ = ["close_doors", "end_tasks", "leave_politely"]

_DRAIN_CUT_S: Final = 27.5
"""A little more than the longest `drain_close_by_s`; what comes after it has two seconds."""
_CLOSE_CUT_S: Final = 0.5
_log: Final[Any] = structlog.get_logger("servicehost.serve")


async def leave_politely(host: Host, leaving: Leaving) -> None:
    """Let every session and every enrolment end by itself, until `leaving` hurries or the time is over."""
    _log.info("leaving", sessions=host.adapters_door.sessions)
    going = asyncio.gather(host.adapters_door.drain(), host.bootstrap_door.close(), return_exceptions=True)
    hurried = asyncio.create_task(leaving.hurried.wait())
    await asyncio.wait((going, hurried), timeout=_DRAIN_CUT_S, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if not going.done():
        _log.warning("drain_cut_short", hurried=leaving.hurried.is_set())
        going.cancel()
        await asyncio.wait((going,))
        going.exception()  # the cancellation is no news; unasked for, it would be logged as a fault
        return
    for fault in going.result():
        if isinstance(fault, BaseException):
            _log.error("drain_failed", exc_info=fault)


async def close_doors(host: Host) -> None:
    """Cut whatever is still there, write what sessions have said, and close the door of the people last."""
    await _within_limit(host.adapters_door.close(), "adapters_door")
    await _within_limit(host.bootstrap_door.close(patience=0.0), "bootstrap_door")
    await _within_limit(host.intake.flush(), "intake")
    await _within_limit(host.operators_door.cleanup(), "operators_door")


async def end_tasks(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancel them and wait until they have ended."""
    tasks = tuple(tasks)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def _within_limit(step: Awaitable[None], what: str) -> None:
    try:
        async with asyncio.timeout(_CLOSE_CUT_S):
            await step
    except TimeoutError:
        _log.warning("not_closed_in_time", what=what, limit_s=_CLOSE_CUT_S)
    except Exception:
        _log.exception("not_closed", what=what)
