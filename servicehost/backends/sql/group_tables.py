"""The tables of groups, tags and saved queries."""

from typing import Final

__all__: Final[list[str]] = []
