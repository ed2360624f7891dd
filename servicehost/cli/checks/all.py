"""Every check, in the order in which a start would meet the faults."""

from collections.abc import Iterator

from servicehost.cli.checks.certificates import check_certificates
from servicehost.cli.checks.clock import check_clock, ntp_synchronized
from servicehost.cli.checks.database import check_database, free_bytes
from servicehost.cli.checks.files import check_open_files
from servicehost.cli.checks.finding import Finding
from servicehost.cli.checks.location import check_location
from servicehost.cli.checks.makers import check_makers
from servicehost.cli.checks.ports import check_ports
from servicehost.domain.instant import as_datetime
from servicehost.runtime.clock import SystemClock
from servicehost.runtime.limits import open_files
from servicehost.settings.tables import Settings

__all__ = ["check_everything"]


def check_everything(settings: Settings) -> Iterator[Finding]:
    """Look at this machine and at the files of this host. Changes nothing."""
    clock = SystemClock()
    yield from check_clock(clock, ntp_synchronized)
    yield from check_certificates(settings.authority, settings.host, as_datetime(clock.wall()))
    yield from check_makers(settings.authority, settings.enrolment)
    yield from check_location(settings, as_datetime(clock.wall()))
    yield from check_database(settings.store, free=free_bytes)
    yield from check_ports(settings)
    yield from check_open_files(settings.adapters_door, open_files())
