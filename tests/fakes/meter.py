"""A meter that keeps its figures where a test can see them."""

from collections import Counter
from collections.abc import Callable


class Tally:
    """`counts` by name and label; `figures` by name."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.figures: dict[str, Callable[[], float]] = {}

    def count(self, name: str, label: str = "") -> None:
        self.counts[name, label] += 1

    def watch(self, name: str, read: Callable[[], float]) -> None:
        self.figures[name] = read
