"""A whole host inside the test's loop, with the test's clock: its doors are real, its rounds are run by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from cryptography import x509

from servicehost.domain.instant import from_datetime
from servicehost.founding import Founded
from servicehost.leave import close_doors, end_tasks
from servicehost.opened import Truth, open_authority, open_truth
from servicehost.ports.clock import Clock
from servicehost.runtime.metrics import Metrics
from servicehost.settings.load import load
from servicehost.wiring import Host, bind_host
from tests.fakes.clock import FixedClock

__all__ = ["InnerHost", "inner_host", "opening"]


def opening(founded: Founded) -> FixedClock:
    """The host's clock, an hour after it was founded."""
    door = x509.load_pem_x509_certificate((Path(founded.settings).parent / "door" / "door.pem").read_bytes())
    return FixedClock(from_datetime(door.not_valid_before_utc + timedelta(hours=1)))


class InnerHost:
    """A bound host whose doors are open."""

    def __init__(self, host: Host, truth: Truth, folder: Path, bootstrap_port: int) -> None:
        self.host = host
        self.truth = truth
        self.folder = folder
        self.bootstrap_port = bootstrap_port
        self._rounds = {one.name: one.work for one in host.rounds}

    @property
    def adapters_port(self) -> int:
        return self.host.adapters_door.addresses[0][1]

    @property
    def anchors(self) -> Path:
        """What units are given at the factory to know the bootstrap door by."""
        return self.folder / "authority" / "root.pem"

    async def round(self, *names: str) -> None:
        """Do what the host's clock would do by now."""
        for name in names:
            await self._rounds[name]()


@asynccontextmanager
async def inner_host(
    founded: Founded, clock: Clock, *flags: str, report_interval_s: int = 30
) -> AsyncIterator[InnerHost]:
    """The founded host, serving units, which may be told to report more seldom than settings allow: daily at most.

    `flags` are settings over those of its file, each `table.key=value`.
    """
    path = Path(founded.settings)
    settings = load(path, environment={}, flags=flags).settings
    units = msgspec.structs.replace(settings.units, report_interval_s=report_interval_s)
    settings = msgspec.structs.replace(settings, units=units)
    authority = open_authority(settings.authority)
    truth = await open_truth(settings.store)
    try:
        host = await bind_host(
            settings, truth, authority, clock=clock, metrics=Metrics(process=False), ready=lambda: True
        )
        taking = asyncio.create_task(host.intake.run())
        host.adapters_door.start()
        bootstrap = await host.bootstrap_door.start(["127.0.0.1"], 0)
        try:
            yield InnerHost(host, truth, path.parent, bootstrap[0][1])
        finally:
            await close_doors(host)
            await end_tasks([taking])
    finally:
        await truth.close()
