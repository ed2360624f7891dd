"""The seam: what a server must offer to stand in a row of the table."""

from typing import Protocol, runtime_checkable


class LoadError(Exception):
    """The load could not be carried: sessions were lost or refused, or answers did not come in time."""


class Subject(Protocol):
    """One server in a process of its own, and the load client that speaks its protocol.

    The server inherits the core that is the caller's at `start` (`measure.on_core`); the client runs in the caller's
    event loop. The four loads return when the server has finished the last operation, and give how many it finished;
    they raise `LoadError` rather than count what did not happen. The harness reads the clocks around them, so whatever
    a load must prepare belongs before it (`start`, `connect`) and whatever it leaves behind is cleared by `rest`.
    """

    @property
    def name(self) -> str:
        """The subject's name, as the rows show it."""
        ...

    @property
    def version(self) -> str:
        """Its version, kept with the rounds."""
        ...

    @property
    def pid(self) -> int:
        """The server's process; its children are counted with it. Valid between `start` and `stop`."""
        ...

    @property
    def push_rate(self) -> float:
        """Pushes a second that its load offers: well below what server and load client can carry."""
        ...

    async def start(self) -> None:
        """Start the server; return when it answers. Sessions that are only helpers of a load are opened here."""
        ...

    async def connect(self, sessions: int) -> None:
        """Open sessions, paced, until so many are held; each fully greeted."""
        ...

    async def handshakes(self, count: int, rate: float) -> int:
        """Open `count` more sessions at `rate` a second, full handshakes up to the greeting, and keep them open."""
        ...

    async def push(self, count: int, rate: float) -> int:
        """Send `count` payloads of 4 KiB, each to the next session; each must be answered and the sender told so."""
        ...

    async def reports(self, count: int, rate: float) -> int:
        """Have sessions, in turn, send `count` reports of about 200 bytes; done when the receiving end has them all."""
        ...

    async def idle(self, seconds: float) -> int:
        """Keep the held sessions as in production, each reporting every 30 s, evenly; give the number of reports."""
        ...

    async def rest(self) -> None:
        """Close what a load left open beyond the held sessions and wait until the server is quiet."""
        ...

    async def stop(self) -> None:
        """End client and server; harmless twice."""
        ...


@runtime_checkable
class TaskRunner(Protocol):
    """A subject that gives its units recorded tasks, by its API; a broker without such a thing has no row."""

    async def tasks(self, count: int) -> int:
        """Order a ping on `count` adapters in one request; done when the end of each, with its result, is durable."""
        ...


@runtime_checkable
class RolloutRunner(Protocol):
    """A subject that carries a config change to its units in waves, by its API; a broker has no such thing."""

    async def rollout(self, count: int) -> int:
        """Roll a new config of 4 KiB out to `count` adapters, as fast as a plan may say. Each unit stores it, hangs up,
        comes back with a full handshake and confirms; done when the rollout has finished with all of them confirmed."""
        ...


@runtime_checkable
class LoopHolder(Protocol):
    """A subject that tells how long its event loop was held."""

    async def longest_hold_ms(self) -> float:
        """The longest since the last call, or since the start: rounded up to a bound of the subject's histogram."""
        ...


@runtime_checkable
class Revoker(Protocol):
    """A subject that can take one unit's right to be there, by its API; a broker without such a thing has no row."""

    async def revoke(self, count: int) -> float:
        """Revoke `count` of the held sessions' units one after another; the worst milliseconds from sending the
        request to the closed socket. Those sessions are held no more."""
        ...
