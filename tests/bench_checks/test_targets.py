"""What the figures are held against."""

import pytest

from tests.bench.rows import Row, Unit
from tests.bench.table import figures
from tests.bench.targets import growths, targets


def row(
    name: str, *, sessions: int = 5_000, value: float = 1, cpu_us: float | None = None, client_bound: bool = False
) -> Row:
    unit: Unit = "KiB" if cpu_us is None else "operations a second"
    return Row(
        name=name,
        sessions=sessions,
        value=value,
        unit=unit,
        cpu_us=cpu_us,
        peer=None,
        peer_cpu_us=None,
        ratio=None,
        client_bound=client_bound,
    )


@pytest.mark.parametrize(
    ("judged", "met"),
    [
        (row("session_memory", value=36), [True]),
        (row("session_memory", value=36.1), [False]),
        (row("handshake", cpu_us=1_500), [True]),
        (row("handshake", cpu_us=1_501), [False]),
        (row("push_durable", value=6_000, cpu_us=125), [True, True]),
        (row("push_durable", value=5_999, cpu_us=125), [True, False]),
        (row("push_durable", value=6_000, cpu_us=125.1), [False, True]),
        (row("reports", cpu_us=65), [True]),
        (row("reports", cpu_us=65.1), [False]),
        (row("idle_cpu", value=5, cpu_us=1), [True]),
        (row("idle_cpu", value=5.1, cpu_us=1), [False]),
        (row("rollout", cpu_us=3_000), [True]),
        (row("rollout", cpu_us=3_000.1), [False]),
        (row("loop_held", value=50), [True]),
        (row("loop_held", value=75), [False]),
        (row("loop_held", value=10, client_bound=True), [False]),
        (row("reports", cpu_us=1, client_bound=True), [False]),
    ],
)
def test_each_bound_is_kept_up_to_its_edge(judged: Row, met: list[bool]) -> None:
    assert [bound.met(judged) for bound in targets(judged)] == met


def test_bounds_hold_at_the_size_they_were_set_for() -> None:
    assert targets(row("handshake", sessions=1_000, cpu_us=1)) == ()


def test_growth_compares_the_small_fleet_with_the_large() -> None:
    found = growths(
        [
            row("session_memory", sessions=1_000, value=30),
            row("session_memory", sessions=5_000, value=99),
            row("session_memory", sessions=10_000, value=31.5),
            row("reports", sessions=1_000, cpu_us=50),
            row("reports", sessions=10_000, cpu_us=65),
            row("handshake", sessions=1_000, cpu_us=50),
        ]
    )
    assert [(growth.name, growth.factor, growth.at_most, growth.met) for growth in found] == [
        ("session_memory", 1.05, 1.05, True),
        ("reports", 1.3, 1.2, False),
    ]


def test_growth_of_a_bound_row_is_not_met() -> None:
    (found,) = growths(
        [row("reports", sessions=1_000, cpu_us=50, client_bound=True), row("reports", sessions=10_000, cpu_us=50)]
    )
    assert not found.met


def test_the_table_shows_one_line_a_row_and_the_peers_value() -> None:
    shown = figures([row("session_memory"), row("handshake", cpu_us=2)], [23.64, None])
    assert shown.row_count == 2
    assert list(shown.columns[7].cells) == ["23.6", "-"]
    assert list(shown.columns[6].cells) == ["yes", "yes"]
