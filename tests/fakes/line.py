"""A line that reaches nobody and remembers what was said on it."""

from collections.abc import Iterable

from protocol.codes import CloseCode

__all__ = ["RecordingLine"]


class RecordingLine:
    """Implements `ports.line.Line`."""

    def __init__(self) -> None:
        self.nudged: list[int] = []
        self.ended: list[tuple[int, int, CloseCode]] = []

    def nudge(self, unit_ids: Iterable[int]) -> None:
        self.nudged += unit_ids

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        self.ended.append((unit_id, below_epoch, code))
