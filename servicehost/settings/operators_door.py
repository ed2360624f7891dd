"""Settings of the operators' door: the HTTP API."""

from typing import Annotated

import msgspec

__all__ = ["OperatorsDoor"]


class OperatorsDoor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The door for people and their programs."""

    addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses to listen on."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8080
    """TCP port to listen on; 0 lets the system choose one."""

    keepalive_timeout_s: Annotated[float, msgspec.Meta(gt=0, le=75)] = 10
    """How long a connection may be idle or dawdle over its headers before it is closed."""

    body_deadline_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30
    """How long the body of a request may take to arrive."""

    max_body_bytes: Annotated[int, msgspec.Meta(ge=262_144, le=16_777_216)] = 1_048_576
    """Largest body of a request."""

    max_request_line_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=65_536)] = 8_190
    """Longest request line."""

    max_header_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=65_536)] = 8_190
    """Longest header field."""

    max_headers: Annotated[int, msgspec.Meta(ge=16, le=1_024)] = 64
    """Most header fields of one request."""
