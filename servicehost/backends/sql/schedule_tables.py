"""The tables of push schedules and known-good configs."""

from typing import Final

__all__: Final[list[str]] = []
