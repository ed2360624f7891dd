"""Open files: every session holds one, so the process takes as many as it may."""

import resource
from typing import Final, NamedTuple

__all__ = ["OpenFiles", "open_files", "raise_open_files"]

_ENOUGH: Final = 1 << 20
"""Some systems name no hard limit and refuse an infinite soft one."""


class OpenFiles(NamedTuple):
    """How many files this process may open, and how far it may raise that by itself."""

    soft: int
    hard: int


def open_files() -> OpenFiles:
    """The limits now; where there is none, a million."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return OpenFiles(_finite(soft), _finite(hard))


def raise_open_files() -> OpenFiles:
    """Raise the soft limit to the hard one; the limits as they are then. Never raises: a refusal leaves them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _finite(soft) < _finite(hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (_finite(hard), hard))
        except (ValueError, OSError):
            return open_files()
    return open_files()


def _finite(limit: int) -> int:
    return _ENOUGH if limit == resource.RLIM_INFINITY else limit
