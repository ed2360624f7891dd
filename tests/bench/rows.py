"""One row of the table: medians of the rounds, ours beside the peer's, and the file that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from tests.bench.measure import OTHERS_SHARE_LIMIT, Window

Unit = Literal["KiB", "operations a second", "percent of a core", "ms"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """What one round of one subject gave; no window for memory, which is not a matter of time."""

    value: float
    cpu_us: float | None = None
    window: Window | None = None
    disturbed: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row as build/bench.json has it. With `client_bound` or `disturbed`, written only when true, it is no result.

    `cpu_us` is the server's CPU an operation; null where there is no operation (memory). `ratio` is the peer's CPU by
    ours: above 1 we are cheaper.
    """

    name: str
    sessions: int
    value: float
    unit: Unit
    cpu_us: float | None
    peer: str | None
    peer_cpu_us: float | None
    ratio: float | None
    client_bound: bool = False
    disturbed: bool = False
    """Others used the server's core, for a figure that counts the time of the wall."""


def memory(before_kib: int, after_kib: int, sessions: int) -> Figure:
    """KiB a session: the whole process after, less before, by the sessions."""
    return Figure(value=(after_kib - before_kib) / sessions)


def throughput(operations: int, window: Window) -> Figure:
    """Operations a second and the server's CPU for each."""
    cpu_us = window.server_cpu_s * 1e6 / operations
    return Figure(value=operations / window.wall_s, cpu_us=cpu_us, window=window)


def worst(operations: int, worst_ms: float, window: Window) -> Figure:
    """The longest that one of them took, in milliseconds of wall clock, and the server's CPU for each."""
    return Figure(value=worst_ms, cpu_us=throughput(operations, window).cpu_us, window=window)


def occupation(operations: int, window: Window) -> Figure:
    """Percent of a core the server used, and its whole CPU by the operations that came meanwhile."""
    return Figure(value=window.server_share * 100, cpu_us=throughput(operations, window).cpu_us, window=window)


def longest(holds_ms: Sequence[float], loads: Sequence[Figure], *, others_share: float) -> Figure:
    """The longest of all loads; bound like a load whose client was, for a busier one might have held it longer.

    Whoever else has the server's core holds its loop as well: beyond `OTHERS_SHARE_LIMIT` it is not the server's doing.
    """
    bound = (figure.window for figure in loads if figure.window is not None and figure.window.client_bound)
    return Figure(value=max(holds_ms), window=next(bound, None), disturbed=others_share > OTHERS_SHARE_LIMIT)


def row(
    name: str, sessions: int, unit: Unit, own: Sequence[Figure], *, peer: str | None, peers: Sequence[Figure]
) -> Row:
    """The medians of both sides; bound if any round's client was, for a median does not heal a bad round.

    `peer` is null unless there are peer figures to stand beside ours.
    """
    cpu_us, peer_cpu_us = _median_cpu(own), _median_cpu(peers)
    return Row(
        name=name,
        sessions=sessions,
        value=round(median(figure.value for figure in own), 2),
        unit=unit,
        cpu_us=_rounded(cpu_us),
        peer=peer if peers else None,
        peer_cpu_us=_rounded(peer_cpu_us),
        ratio=round(peer_cpu_us / cpu_us, 3) if cpu_us and peer_cpu_us else None,
        client_bound=any(figure.window.client_bound for figure in (*own, *peers) if figure.window),
        disturbed=any(figure.disturbed for figure in (*own, *peers)),
    )


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a JSON list, one row a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(msgspec.json.encode(row).decode() for row in rows)
    path.write_text(f"[\n{lines}\n]\n")


def _median_cpu(figures: Sequence[Figure]) -> float | None:
    known = [figure.cpu_us for figure in figures if figure.cpu_us is not None]
    return median(known) if known else None


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
