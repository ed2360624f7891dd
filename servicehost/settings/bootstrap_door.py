"""Settings of the bootstrap door, where a unit gets its first certificate, and learns where to call."""

from typing import Annotated

import msgspec

from protocol import timing

__all__ = ["BootstrapDoorSettings"]

Seconds = Annotated[float, msgspec.Meta(gt=0, le=600)]


class BootstrapDoorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[bootstrap_door]`: over HTTPS, enrolment (RFC 7030), the location document and files for units."""

    addresses: tuple[str, ...] = ("0.0.0.0", "::")  # noqa: S104 - new units dial in from everywhere
    """Addresses to listen on, IPv4 and IPv6; host names are not taken."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8444
    """TCP port of all these addresses; 0 takes a free one for each."""
    max_connections: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 256
    """Connections at once; further ones are closed."""
    handshake_due_s: Seconds = 15.0
    """Time from accept to the end of the TLS handshake."""
    header_due_s: Seconds = 10.0
    """Time for the header of a request, and for a connection to be idle."""
    body_due_s: Seconds = 30.0
    """Time for the body of a request."""
    answer_due_s: Seconds = 60.0
    """Time for our own answer; after it the unit is told to come again."""
    write_stall_s: Seconds = float(timing.WRITE_STALL_S)
    """Time in which a peer must take at least one byte of a file that is sent to it."""
    linger_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 2.0
    """How long a closing connection is read on, so that a peer still sending meets our answer and not a reset."""
    chain_in_answer: bool = False
    """Answer an enrolment with the issuing certificate beside the leaf; RFC 7030 wants the leaf alone."""
