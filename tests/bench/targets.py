"""What the figures must be, kept apart from how they are measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench.rows import Row

AT_SESSIONS = 5_000
SMALL_FLEET, LARGE_FLEET = 1_000, 10_000
MEMORY_GROWTH, CPU_GROWTH = 1.05, 1.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A bound on one number of a row."""

    of: Literal["value", "cpu_us"]
    at_most: float | None = None
    at_least: float | None = None

    def met(self, row: Row) -> bool:
        """True if the row has the number and it keeps the bound."""
        number = row.value if self.of == "value" else row.cpu_us
        if number is None or row.client_bound or row.disturbed:
            return False
        return (self.at_most is None or number <= self.at_most) and (self.at_least is None or number >= self.at_least)

    def __str__(self) -> str:
        bound = f"≤ {self.at_most:,g}" if self.at_most is not None else f"≥ {self.at_least:,g}"
        return f"{bound} µs" if self.of == "cpu_us" else bound


TARGETS: dict[str, tuple[Target, ...]] = {
    "session_memory": (Target(of="value", at_most=36),),
    "handshake": (Target(of="cpu_us", at_most=1_500),),
    "push_durable": (Target(of="cpu_us", at_most=125), Target(of="value", at_least=6_000)),
    "tasks": (Target(of="value", at_least=3_000),),
    "reports": (Target(of="cpu_us", at_most=65),),
    "idle_cpu": (Target(of="value", at_most=5),),
    "rollout": (Target(of="cpu_us", at_most=3_000),),
    "loop_held": (Target(of="value", at_most=50),),
    "diff": (Target(of="value", at_most=2_000),),
    "revoke": (Target(of="value", at_most=1_000),),
}


def targets(row: Row) -> tuple[Target, ...]:
    """The bounds that hold for a row: those of its name, at the fleet size they were set for."""
    return TARGETS.get(row.name, ()) if row.sessions == AT_SESSIONS else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """How one figure changes from the small fleet to the large one."""

    name: str
    factor: float
    at_most: float
    client_bound: bool = False

    @property
    def met(self) -> bool:
        """True if the figure may be said to stay within its bound."""
        return self.factor <= self.at_most and not self.client_bound


def growths(rows: Sequence[Row]) -> list[Growth]:
    """For every name measured at both sizes: memory by its value, everything else by CPU an operation."""
    large = {row.name: row for row in rows if row.sessions == LARGE_FLEET}
    return [_growth(row, large[row.name]) for row in rows if row.sessions == SMALL_FLEET and row.name in large]


def _growth(small: Row, large: Row) -> Growth:
    bound = small.client_bound or large.client_bound
    if small.cpu_us is None or large.cpu_us is None:
        return Growth(name=small.name, factor=large.value / small.value, at_most=MEMORY_GROWTH, client_bound=bound)
    return Growth(name=small.name, factor=large.cpu_us / small.cpu_us, at_most=CPU_GROWTH, client_bound=bound)
