"""`servicehost doctor`: what is wrong with a host, and what to do about each finding."""

import sys
from typing import Annotated, Final, Literal

import msgspec
from cyclopts import Parameter

from servicehost.cli.checks.finding import Finding, Severity
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings

_MARKS: Final = {Severity.OK: "ok     ", Severity.WARNING: "WARNING", Severity.ERROR: "ERROR  "}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`healthy`: no finding is an error."""

    healthy: bool
    findings: list[Finding]


def doctor(
    *,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
    output: Annotated[Literal["text", "json"], Parameter(name=("--output", "-o"))] = "text",
) -> int:
    """Look at the clock, the certificates, the database, the ports and the limits of a host. Changes nothing.

    The host may be running. Exit codes: 0 nothing is an error, 1 something is, 2 the settings are wrong.

    Parameters
    ----------
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    output
        text or json.
    """
    loaded = loaded_settings(settings, set_).settings
    from servicehost.cli.checks.all import check_everything  # noqa: PLC0415 - wrong settings are said first

    findings = list(check_everything(loaded))
    report = Report(healthy=all(one.severity is not Severity.ERROR for one in findings), findings=findings)
    if output == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
    else:
        sys.stdout.writelines(map(_lines, findings))
    return 0 if report.healthy else 1


def _lines(one: Finding) -> str:
    remedy = f"        -> {one.remedy}\n" if one.remedy else ""
    return f"{_MARKS[one.severity]} {one.text} ({one.code})\n{remedy}"
