"""The tables of named snapshots of configs."""

from typing import Final

__all__: Final[list[str]] = []
