"""Events as they happen, over connections that may be lost: each event is written once, in its order."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Final

import msgspec

from servicehost.cli.errors import UNREACHABLE, CommandError
from servicehost.cli.host_api import HostApi

__all__ = ["Messages", "follow"]

_PATH: Final = "events/stream"
_WAITS_S: Final = (1, 2, 5, 10, 30)
_OVER: Final = frozenset({"token_invalid"})


class Messages:
    """Server-sent events out of the parts in which they arrive."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, part: bytes) -> Iterator[tuple[str, int, Any]]:
        """Name, number (0: none) and data of each message that is whole now."""
        *whole, self._rest = (self._rest + part).split(b"\n\n")
        for message in whole:
            fields = dict(line.split(": ", 1) for line in message.decode().splitlines())
            if "event" in fields:
                yield fields["event"], int(fields.get("id", 0)), msgspec.json.decode(fields["data"])


class _Follower:
    def __init__(self, after: int | None, out: IO[bytes]) -> None:
        self.after = after
        self.lost = 0
        """Connections lost since something was last heard."""
        self._out = out

    def hear(self, name: str, number: int, data: Any) -> None:
        self.lost = 0
        if name == "event":
            self._out.write(msgspec.json.encode(data) + b"\n")
            self._out.flush()
            self.after = number
        elif name == "begun":
            self.after = data["after"] if self.after is None else self.after
            if data["missed"]:
                text = f"Events up to {data['removed']['event']} have been removed by the host's policy"
                raise CommandError(f"{text}; begin after that one")
        elif name == "ended" and data["code"] in _OVER:
            raise CommandError("Your log-in has ended; run servicehost login")


def follow(
    host: HostApi,
    query: Mapping[str, str],
    after: int | None,
    out: IO[bytes],
    *,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Until interrupted. Raises CommandError for what another try would not mend."""
    follower = _Follower(after, out)
    while True:
        messages = Messages()

        def take(part: bytes, messages: Messages = messages) -> None:
            for message in messages.of(part):
                follower.hear(*message)

        try:
            host.copy(_PATH, take, query, seen=follower.after)
        except CommandError as error:
            if error.code != UNREACHABLE or follower.lost >= len(_WAITS_S):
                raise
        wait(_WAITS_S[min(follower.lost, len(_WAITS_S) - 1)])
        follower.lost += 1
