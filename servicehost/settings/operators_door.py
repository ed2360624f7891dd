"""Settings of the operators' door: the HTTP API."""

from pathlib import Path
from typing import Annotated

import msgspec

from servicehost.settings.address import ip
from servicehost.settings.fault import SettingFault

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

    max_event_streams: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    """Programs that may follow events at once; the next one is refused by name."""

    certificate: Path | None = None
    """Certificate chain in PEM; with it and its key the door speaks HTTPS. Empty: plain HTTP."""

    certificate_key: Path | None = None
    """Private key of that certificate, in PEM."""

    behind_proxy: bool = False
    """Say true when a proxy on a trusted network ends TLS before this door: then plain HTTP may leave loopback."""

    def __post_init__(self) -> None:
        """Raises SettingFault `plain_http_exposed`, `bad_address` or `half_a_certificate`."""
        if (self.certificate is None) != (self.certificate_key is None):
            raise SettingFault(
                "half_a_certificate", "certificate and certificate_key belong together: set both or none"
            )
        exposed = [address for address in self.addresses if not ip(address).is_loopback]
        if exposed and self.certificate is None and not self.behind_proxy:
            raise SettingFault(
                "plain_http_exposed",
                f"passwords and tokens would cross the network unprotected at {', '.join(exposed)}: set "
                "certificate and certificate_key, or behind_proxy = true if a proxy ends TLS; or use 127.0.0.1 and ::1",
            )
