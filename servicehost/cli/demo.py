"""`servicehost demo`: see it work, without a router."""

import os
import sys
from typing import Annotated

from cyclopts import Parameter

from servicehost.demo.command import Wish, run_demo
from servicehost.demo.process import ChildFailed
from servicehost.runtime.loop import run


def demo(
    *, adapters: int = 25, for_: float | None = None, json: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Run a host with simulated adapters on loopback, in a throwaway folder, until Ctrl-C.

    Parameters
    ----------
    adapters
        How many; the story that is told on them needs four.
    for_
        End by itself after so many seconds.
    json
        Tell the story unattended and end with its summary as one JSON line; exit 1 when it did not come true.
    """
    try:
        return run(run_demo(Wish(adapters=adapters, seconds=for_, json=json)), os.environ)
    except ChildFailed as error:
        sys.stderr.write(f"servicehost: {error}\n")
        return 1
