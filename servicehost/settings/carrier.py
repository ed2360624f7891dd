"""Settings of the carrier: who brings and fetches units, and how it and this host know one another."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from servicehost.settings.fault import SettingFault

__all__ = ["CarrierSettings"]

Variable = Annotated[str, msgspec.Meta(pattern="^([A-Za-z_][A-Za-z0-9_]*)?$", max_length=64)]


class CarrierSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[carrier]`: the carrier. docs/carrier.md is what its developers need."""

    backend: Literal["simulated", "webhook"] = "simulated"
    """simulated: one that travels on this host's clock; webhook: one that is told, and tells, by signed requests."""
    url: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Where the webhook carrier is told of errands, for instance https://carrier.example/servicehost."""
    allow_plain_http: bool = False
    """Whether the address may be http beyond loopback; attendees' names and addresses then travel unencrypted."""
    ca_file: Path | None = None
    """PEM file of the authorities that the carrier's certificate is judged by; empty: those the system trusts."""
    answer_due_s: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 10.0
    """How long the carrier may take to answer one message."""
    secrets_file: Path | None = None
    """File with the secret (two while one follows the other) that what we tell is signed with: whsec_ and base64."""
    secrets_variable: Variable = ""
    """Name of the environment variable with those secrets, never a secret; no name beginning SERVICEHOST_."""
    notice_secrets_file: Path | None = None
    """File with the secret, or two, that what the carrier tells is signed with; never one of the others."""
    notice_secrets_variable: Variable = ""
    """Name of the environment variable with those secrets; no name beginning SERVICEHOST_."""
    notice_tolerance_s: Annotated[int, msgspec.Meta(ge=1, le=3_600)] = 300
    """How far the time of a carrier's message may be from ours before it is refused."""

    def __post_init__(self) -> None:
        """Raises SettingFault `secrets_twice`, `secrets_variable_reserved`, `secrets_missing`, `carrier_url`."""
        for name in ("secrets", "notice_secrets"):
            self._check_secrets(name)
        if self.backend == "webhook":
            self._check_url()

    def _check_secrets(self, name: str) -> None:
        file, variable = getattr(self, f"{name}_file"), getattr(self, f"{name}_variable")
        if file is not None and variable:
            raise SettingFault("secrets_twice", f"name either {name}_file or {name}_variable")
        if variable.startswith("SERVICEHOST_"):
            text = f"{name}_variable: names that begin with SERVICEHOST_ are settings; take another"
            raise SettingFault("secrets_variable_reserved", text)
        if self.backend == "webhook" and file is None and not variable:
            raise SettingFault("secrets_missing", f"backend is webhook: name {name}_file or {name}_variable")

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if host is None or parts.scheme not in ("https", "http"):
            raise SettingFault("carrier_url", "url: backend is webhook: write https://, the host, and the path")
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            text = "url: no user, password, query or fragment may stand in it; the carrier knows us by our signature"
            raise SettingFault("carrier_url", text)
        if parts.scheme == "http" and not (self.allow_plain_http or _is_loopback(host)):
            text = "url: http is for loopback; take https, or set allow_plain_http if the way there is safe"
            raise SettingFault("carrier_url", text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
