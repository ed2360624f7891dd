"""Texts compared where they are: for doors that have no process to spare."""

from servicehost.domain.diff import unified


class InlineDiffer:
    """Implements `ports.differ.Differ`."""

    async def unified(self, left: str, right: str, *, left_name: str, right_name: str) -> str:
        return unified(left, right, left_name=left_name, right_name=right_name)
