"""`servicehost demo`: see it work, without a router."""

import os
import sys

from servicehost.demo.command import run_demo
from servicehost.demo.process import ChildFailed
from servicehost.runtime.loop import run


def demo(*, adapters: int = 25, for_: float | None = None) -> int:
    """Run a host with simulated adapters on loopback, in a throwaway folder, until Ctrl-C.

    Parameters
    ----------
    adapters
        How many.
    for_
        End by itself after so many seconds.
    """
    try:
        return run(run_demo(adapters, for_), os.environ)
    except ChildFailed as error:
        sys.stderr.write(f"servicehost: {error}\n")
        return 1
