"""How long two configs of a mebibyte take to be compared, in the host's own comparing process."""

import time

from servicehost.backends.differ import ProcessDiffer
from tests.bench.rows import Figure

__all__ = ["LINES", "compared"]

LINES = 35_000


async def compared() -> Figure:
    """One comparison, from the order to the diff: a line in every hundred differs, and a block has moved."""
    left = [f"filter {number} block 192.0.2.{number % 251}\n" for number in range(LINES)]
    right = [line.replace("block", "pass") if number % 100 == 0 else line for number, line in enumerate(left)]
    right = [*right[2000:4000], *right[:2000], *right[4000:]]
    began = time.perf_counter()
    diff = await ProcessDiffer().unified("".join(left), "".join(right), left_name="left", right_name="right")
    took_s = time.perf_counter() - began
    assert diff.count("\n+") > LINES / 100
    return Figure(value=took_s * 1000)
