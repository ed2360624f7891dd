"""The process that compares two texts: one comparison on standard input, its unified diff on standard output."""

import resource
import sys
from typing import Final

import msgspec

from servicehost.backends.differ import Comparison
from servicehost.domain.diff import unified

__all__: list[str] = []

MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_S: Final = 30


def main() -> None:
    """Bounded in memory and processor whatever its parent does."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Comparison)
    text = unified(order.left, order.right, left_name=order.left_name, right_name=order.right_name)
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
