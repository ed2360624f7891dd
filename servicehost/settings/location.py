"""Settings of the location document: where units are told to call."""

from typing import Annotated

import msgspec

from protocol.location import MAX_HOSTS, read_host_url, read_https_url
from servicehost.settings.fault import SettingFault

__all__ = ["LocationSettings"]


class LocationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[location]`: the signed document that tells units where to call; its redial policy is that of [units]."""

    hosts: tuple[str, ...] = ()
    """Where units dial, as wss://name:port, up to five in the order to try; empty: this host under its own name."""
    bootstrap: tuple[str, ...] = ()
    """Where units enrol and fetch files, as https://name:port; empty: this host's bootstrap door."""
    validity_s: Annotated[float, msgspec.Meta(ge=600, le=31_536_000)] = 86_400.0
    """Time after which a unit asks for a newer document; an older one stays usable while there is none."""

    def __post_init__(self) -> None:
        """Raises SettingFault `too_many_urls` or `bad_url`."""
        if max(len(self.hosts), len(self.bootstrap)) > MAX_HOSTS:
            raise SettingFault("too_many_urls", f"a unit is told at most {MAX_HOSTS} hosts and as many doors")
        try:
            for url in self.hosts:
                read_host_url(url)
            for url in self.bootstrap:
                read_https_url(url)
        except ValueError as error:
            raise SettingFault("bad_url", str(error)) from error
