"""The tables of preset commands and scheduled tasks."""

from typing import Final

__all__: Final[list[str]] = []
