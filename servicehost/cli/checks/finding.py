"""What a check has to say."""

import enum

import msgspec

__all__ = ["Finding", "Severity", "error", "fine", "warning"]


class Severity(enum.StrEnum):
    """`error`: the host does not start, or not do its work. `warning`: it does, but not for ever or as it should."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `code` is stable; everything but `ok` has a remedy."""

    severity: Severity
    code: str
    text: str
    remedy: str = ""


def fine(code: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(severity=Severity.OK, code=code, text=text)


def warning(code: str, text: str, remedy: str) -> Finding:
    """To be mended some day."""
    return Finding(severity=Severity.WARNING, code=code, text=text, remedy=remedy)


def error(code: str, text: str, remedy: str) -> Finding:
    """To be mended before anything else."""
    return Finding(severity=Severity.ERROR, code=code, text=text, remedy=remedy)
