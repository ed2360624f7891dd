"""The tables of tasks and their results."""

from typing import Final

__all__: Final[list[str]] = []
