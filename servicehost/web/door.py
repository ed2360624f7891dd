"""What the operators' door holds, and how it listens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from servicehost.domain.enquiry_hours import EnquiryHours
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.operations.catalogue import Catalogue
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.event_stream import EventStreams

__all__ = ["DOOR", "ROUTE", "STREAMS", "Door", "make_runner"]

ROUTE: Final = web.RequestKey("route", str)
"""Under this key a request carries the path of its route as the table has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Everything that the handlers may use."""

    catalogue: Catalogue
    cases: CaseCatalogue
    reads: Reads
    clock: Clock
    settings: OperatorsDoor
    hours: EnquiryHours
    """When a person answers."""
    ready: Callable[[], bool]
    """Whether this host takes work: false while it starts and while it drains."""
    metrics: Callable[[], bytes]
    """All metrics in Prometheus' text format, version 0.0.4."""
    observe: Callable[[str, str, int, float], None]
    """Told of each answer: method, path as in the route table (`-` when none matched), status, seconds."""


DOOR: web.AppKey[Door] = web.AppKey("door", Door)
STREAMS: web.AppKey[EventStreams] = web.AppKey("streams", EventStreams)


def make_runner(app: web.Application) -> web.AppRunner:
    """A runner for `app` with the bounds of its settings; the caller sets it up and adds its sites.

    aiohttp's own keep-alive limit, which is also its only deadline for headers, is an hour: ours is ten seconds.
    Compressed bodies are not unpacked: a small one can hold gigabytes.
    """
    settings = app[DOOR].settings
    return web.AppRunner(
        app,
        handle_signals=False,
        access_log=None,
        keepalive_timeout=settings.keepalive_timeout_s,
        max_line_size=settings.max_request_line_bytes,
        max_field_size=settings.max_header_bytes,
        max_headers=settings.max_headers,
        lingering_time=2.0,
        auto_decompress=False,
    )
