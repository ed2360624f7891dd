"""Settings of the adapters' door: limits and deadlines of the sessions with units."""

from typing import Annotated

import msgspec

from protocol import timing

__all__ = ["AdaptersDoorSettings"]

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class AdaptersDoorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[adapters_door]`. The defaults suit 10,000 units on two cores."""

    addresses: tuple[str, ...] = ("0.0.0.0", "::")  # noqa: S104 - units dial in from everywhere: that is this door's use
    """Addresses to listen on, IPv4 and IPv6; host names are not taken."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8443
    """TCP port of all these addresses; 0 takes a free one."""
    backlog: Count = 1024
    """Connections that the kernel holds for us while accepting is paused."""

    max_sessions: Count = 12_000
    """Sessions at once; fewer when the process may not open that many files."""
    reserved_files: Annotated[int, msgspec.Meta(ge=64)] = 128
    """Open files kept back from sessions for the database, the logs and the operators' door."""
    max_handshakes: Count = 64
    """TLS and WebSocket handshakes at once; above it accepting is paused before TLS is paid for."""
    sessions_per_s: Annotated[float, msgspec.Meta(gt=0)] = 500.0
    """New sessions a second in the long run; who comes above it is told when to come back."""
    sessions_burst: Count = 1000
    """New sessions that may come at once after a quiet time."""
    come_back_min_s: Annotated[int, msgspec.Meta(ge=timing.MIN_BUSY_S)] = timing.MIN_BUSY_S
    """Shortest "come back in n seconds" told to a unit that is turned away; at least 30."""
    come_back_max_s: Annotated[int, msgspec.Meta(ge=timing.MIN_BUSY_S)] = 90
    """Longest one; each unit is told a random time in between."""

    client_hello_due_s: Seconds = timing.CLIENT_HELLO_DUE_S
    """Time from accept to a whole TLS ClientHello."""
    handshake_due_s: Seconds = timing.HANDSHAKE_DUE_S
    """Time from the ClientHello to the end of the WebSocket handshake."""
    greeting_due_s: Seconds = timing.GREETING_DUE_S
    """Time from there to `hello`."""
    ping_after_s: Seconds = timing.PING_AFTER_S
    """Silence after which a unit is pinged."""
    pong_due_s: Seconds = timing.PONG_DUE_S
    """Time after the ping until a unit that is still silent is cut."""
    write_stall_s: Seconds = timing.WRITE_STALL_S
    """Time in which a unit must take at least one byte of what waits for it."""
    close_due_s: Seconds = 3.0
    """Time for a unit to answer a close before its connection is cut."""
    reconcile_every_s: Seconds = 900.0
    """How often a session looks for work on its own account, in case a nudge was lost."""

    queue_messages: Count = 32
    """Messages that may wait for a unit that takes no bytes just now."""
    queue_bytes: Count = 256 * 1024
    """Bytes that may wait so."""
    max_refused_frames: Count = 100
    """Refused frames after which a session is ended."""

    drain_over_s: Annotated[float, msgspec.Meta(gt=0, le=25)] = 20.0
    """Time over which the goodbyes of a leaving host are spread."""
    drain_close_by_s: Annotated[float, msgspec.Meta(gt=0, le=27)] = 27.0
    """Time after which whatever is still open is cut; longer than `drain_over_s`."""
    drain_redial_spread_s: Seconds = 5.0
    """A goodbye asks its unit to dial again after a random time of up to this."""

    def __post_init__(self) -> None:
        """Raises ValueError when two settings contradict each other."""
        if self.come_back_max_s < self.come_back_min_s:
            raise ValueError("come_back_max_s must not be below come_back_min_s")
        if self.drain_close_by_s <= self.drain_over_s:
            raise ValueError("drain_close_by_s must be above drain_over_s")
