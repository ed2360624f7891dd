"""A parent of hosts that has imported the program once, so that each of its children begins in a moment.

    python -m tests.journeys.nursery

Half of a host's start is Python reading its modules; a test of twenty kills need not pay for that twenty times. What a
child does is `servicehost.cli.main`, as `python -m servicehost` does it, in a process of its own with its own id. One
JSON line in, one out: `{"start": [words], "log": path}` is answered by the child's id, `{"look": id}` and
`{"wait": id}` by its exit code, null while it runs. At the end of standard input every child is killed.
"""

import contextlib
import os
import signal
import sys
from typing import Any, NoReturn

import msgspec

import servicehost.cli.serve
import servicehost.serve


def main() -> None:
    children: set[int] = set()
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line)
        sys.stdout.buffer.write(msgspec.json.encode(_obey(order, children)) + b"\n")
        sys.stdout.buffer.flush()
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _obey(order: dict[str, Any], children: set[int]) -> int | None:
    if "start" in order:
        child = os.fork()
        if child == 0:
            _be_a_host(order["start"], order["log"])
        children.add(child)
        return child
    child = order["look"] if "look" in order else order["wait"]
    reaped, status = os.waitpid(child, os.WNOHANG if "look" in order else 0)
    if not reaped:
        return None
    children.discard(child)
    return os.waitstatus_to_exitcode(status)


def _be_a_host(words: list[str], log: str) -> NoReturn:
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(said, 1)
        os.dup2(said, 2)
        code = servicehost.cli.main(words)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
