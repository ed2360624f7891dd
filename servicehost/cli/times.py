"""How a command line says when something is to happen: at an instant, or again and again by the clock of a place."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter

from servicehost.cli.errors import BAD_INPUT, CommandError
from servicehost.domain.errors import Invalid
from servicehost.domain.schedule import zone_of

__all__ = ["UNSAID", "Times", "once"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Times:
    """Either --at, or --every and --time."""

    at: Annotated[str | None, Parameter(help="RFC 3339 with an offset, as 2026-12-01T02:00:00+09:00.")] = None
    every: Annotated[Literal["day", "week", "month"] | None, Parameter(help="How it comes again.")] = None
    time: Annotated[str | None, Parameter(help="Local time of day, as 02:30.")] = None
    days: Annotated[str, Parameter(help="Of every week, as mon,thu.")] = ""
    day: Annotated[int | None, Parameter(help="Of every month, 1 to 31; -1 is the last.")] = None
    interval: Annotated[int, Parameter(help="Every n days, weeks or months.")] = 1
    starts_on: Annotated[date | None, Parameter(help="The first date that counts.")] = None
    until: Annotated[date | None, Parameter(help="The last date that may be met.")] = None
    times: Annotated[int | None, Parameter(help="How many dates.")] = None
    zone: Annotated[str, Parameter(help="IANA time zone of the local time, as Asia/Tokyo.")] = "UTC"
    skip_late: Annotated[
        bool, Parameter(negative="", help="Do not make up for a time that was missed while the host was down.")
    ] = False

    def order(self) -> dict[str, Any]:
        """As the API takes it. Raises CommandError unless it says one way, and all of it."""
        return {"when": self._when(), "late": "skip" if self.skip_late else "run"}

    def _when(self) -> dict[str, Any]:
        if (self.at is None) == (self.every is None):
            raise CommandError("give either --at or --every", code=BAD_INPUT)
        if self.at is not None:
            return once(self.at, self.zone)
        if self.time is None:
            raise CommandError("--every needs --time", code=BAD_INPUT)
        said = {
            "every": self.every,
            "at_time": self.time,
            "days": self.days.split(",") if self.days else None,
            "day": self.day,
            "interval": self.interval,
            "starts_on": (self.starts_on or _today(self.zone)).isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "count": self.times,
        }
        recurrence = {name: value for name, value in said.items() if value is not None}
        return {"recurrence": recurrence, "time_zone": self.zone}


UNSAID: Final = Times()


def once(at: str, zone: str) -> dict[str, Any]:
    """One instant, shown in a zone, as the API takes it."""
    return {"at": at, "time_zone": zone}


def _today(zone: str) -> date:
    try:
        return datetime.now(zone_of(zone)).date()
    except Invalid as error:
        raise CommandError(error.text, code=BAD_INPUT) from error
