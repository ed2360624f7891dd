"""The tables of rollouts, their waves and members."""

from typing import Final

__all__: Final[list[str]] = []
