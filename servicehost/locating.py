"""What this host's location document says: from the settings, and where they are silent from the doors themselves."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Protocol

from protocol.messages import Redial
from servicehost.backends.authority.location import LocationFiles
from servicehost.backends.authority.renewal import names_in_door_certificate
from servicehost.ports.authority import Authority
from servicehost.ports.location import LocationTerms
from servicehost.settings.fault import SettingFault
from servicehost.settings.tables import Settings
from servicehost.settings.units import UnitsSettings

__all__ = ["LOCAL_NAME", "Listening", "location_of", "location_terms", "own_name", "redial_policy"]

LOCAL_NAME: Final = "localhost"
Addresses = Sequence[tuple[str, int]]


class Listening(Protocol):
    """Where the doors of a running host are."""

    @property
    def adapters_door(self) -> Addresses: ...
    @property
    def bootstrap_door(self) -> Addresses: ...


def location_of(
    settings: Settings, authority: Authority, *, now: Callable[[], datetime], listening: Callable[[], Listening | None]
) -> LocationFiles:
    """The document of the host with these settings. `listening` tells its doors' real ports where settings say 0."""
    known: list[LocationTerms] = []

    def terms() -> LocationTerms:
        if not known:
            known.append(location_terms(settings, listening()))
        return known[0]

    return LocationFiles(authority, settings.host.certificate_folder, terms=terms, now=now)


def location_terms(settings: Settings, doors: Listening | None) -> LocationTerms:
    """What the document is to say. `doors` of the running host are needed only for ports that the settings leave open.

    Raises SettingFault `port_unknown` where they are needed and None, AuthorityFileError for the doors' certificate.
    """
    location = settings.location
    name = own_name(settings.host.certificate_folder, settings.adapters_door.addresses)
    adapters = _port("adapters_door", settings.adapters_door.port, doors.adapters_door if doors else ())
    bootstrap = _port("bootstrap_door", settings.bootstrap_door.port, doors.bootstrap_door if doors else ())
    return LocationTerms(
        hosts=location.hosts or (f"wss://{name}:{adapters()}",),
        bootstrap=location.bootstrap or (f"https://{name}:{bootstrap()}",),
        redial=redial_policy(settings.units),
        life=timedelta(seconds=location.validity_s),
    )


def redial_policy(units: UnitsSettings) -> Redial:
    """What every unit is told of redialling, in its welcome and in the location document."""
    return Redial(
        spread_s=units.redial_spread_s,
        cap_s=units.redial_cap_s,
        slow_first_s=units.redial_slow_first_s,
        slow_cap_s=units.redial_slow_cap_s,
    )


def own_name(certificate_folder: Path, addresses: Sequence[str]) -> str:
    """The name under which units can believe this host: of its certificate's names the first that means it elsewhere.

    A DNS name goes before an address; a host whose certificate names only this machine is called by the address it
    listens on, if that is one, else localhost. IPv6 stands in brackets.
    """
    names, certified = names_in_door_certificate(certificate_folder)
    for name in names:
        if name != LOCAL_NAME:
            return name
    listening = [one for address in addresses if not (one := ip_address(address)).is_unspecified]
    candidates = [*(one for one in certified if not one.is_loopback), *(one for one in listening if one in certified)]
    if not candidates:
        return LOCAL_NAME
    chosen = candidates[0]
    return f"[{chosen}]" if chosen.version == 6 else str(chosen)  # noqa: PLR2004 - IPv6


def _port(door: str, port: int, listening: Addresses) -> Callable[[], int]:
    def known() -> int:
        if port:
            return port
        if not listening:
            text = f"{door}.port is 0, any free one: set it, set [location], or ask while the host runs"
            raise SettingFault("port_unknown", text)
        return listening[0][1]

    return known
