"""A word to the service manager."""

import socket
from pathlib import Path

from servicehost.runtime.notify import Notifier


async def test_the_manager_hears_ready_alive_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000000"})
        notifier.ready("serving")
        await notifier.alive()
        notifier.stopping()
        heard = [manager.recv(200) for _ in range(3)]
    assert heard == [b"READY=1\nSTATUS=serving", b"WATCHDOG=1", b"STOPPING=1\nSTATUS=draining"]
    assert notifier.watchdog_every_s == 10


def test_without_a_manager_nothing_happens_and_nobody_is_watched() -> None:
    notifier = Notifier({"WATCHDOG_USEC": "20000000"})
    notifier.ready("serving")
    assert notifier.watchdog_every_s is None


def test_a_manager_that_has_gone_is_no_fault_of_ours(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).stopping()
