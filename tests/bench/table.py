"""The rows as a person reads them: values, bounds, and the peer's figures beside ours."""

from collections.abc import Sequence

from rich.table import Table

from tests.bench.rows import Row
from tests.bench.targets import Growth, targets


def figures(rows: Sequence[Row], peer_values: Sequence[float | None]) -> Table:
    """One line a row; `peer_values` are the peer's own values in the same order and units."""
    table = Table(title="figures: medians of the rounds, one core for the server")
    for heading in ("figure", "unit"):
        table.add_column(heading)
    for heading in ("sessions", "value", "CPU µs", "target", "met", "peer value", "peer CPU µs", "ratio"):
        table.add_column(heading, justify="right")
    for row, peer_value in zip(rows, peer_values, strict=True):
        bounds = targets(row)
        table.add_row(
            _named(row),
            row.unit,
            f"{row.sessions:,}",
            _number(row.value),
            _number(row.cpu_us),
            "\n".join(map(str, bounds)),
            "\n".join("yes" if bound.met(row) else "NO" for bound in bounds),
            _number(peer_value),
            _number(row.peer_cpu_us),
            "-" if row.ratio is None else f"{row.ratio:.2f}",
        )
    return table


def growth_table(growths: Sequence[Growth]) -> Table:
    """How the figures change with the size of the fleet."""
    table = Table(title="growth from the small fleet to the large one")
    for heading in ("figure", "factor", "target", "met"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for growth in growths:
        table.add_row(growth.name, f"{growth.factor:.3f}", f"≤ {growth.at_most}", "yes" if growth.met else "NO")
    return table


def _named(row: Row) -> str:
    if row.client_bound:
        return f"{row.name} (client bound: no result)"
    return f"{row.name} (others had the core: no result)" if row.disturbed else row.name


def _number(number: float | None) -> str:
    return "-" if number is None else f"{number:,.1f}"
