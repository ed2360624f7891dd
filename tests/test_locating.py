"""What a host says of itself where the settings say nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import pytest

from protocol.messages import Redial
from servicehost.backends.authority.doors import renew_door_certificate
from servicehost.locating import location_terms, own_name
from servicehost.settings.fault import SettingFault
from servicehost.settings.load import load
from servicehost.settings.tables import Settings
from tests.builders.authority import NOW, local_authority

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - said, not listened on
LOCAL = ("127.0.0.1", "::1")


class Listening(NamedTuple):
    adapters_door: Sequence[tuple[str, int]]
    bootstrap_door: Sequence[tuple[str, int]]


async def certify(folder: Path, names: Sequence[str], addresses: Sequence[str], now: datetime = NOW) -> Path:
    given = [ip_address(one) for one in addresses]
    await renew_door_certificate(local_authority(folder), folder / "door", names=names, addresses=given, now=now)
    return folder / "door"


@pytest.mark.parametrize(
    ("names", "addresses", "listening", "expected"),
    [
        (("localhost", "a.example", "b.example"), (*LOCAL, "192.0.2.7"), ANYWHERE, "a.example"),
        (("localhost",), (*LOCAL, "192.0.2.7"), ANYWHERE, "192.0.2.7"),
        (("localhost",), (*LOCAL, "2001:db8::7"), ANYWHERE, "[2001:db8::7]"),
        (("localhost",), LOCAL, ("::1", "127.0.0.1"), "[::1]"),
        (("localhost",), LOCAL, LOCAL, "127.0.0.1"),
        (("localhost",), LOCAL, ANYWHERE, "localhost"),
        (("localhost",), LOCAL, ("192.0.2.9",), "localhost"),
    ],
)
async def test_a_host_is_called_by_a_name_that_its_certificate_has(
    tmp_path: Path, names: Sequence[str], addresses: Sequence[str], listening: Sequence[str], expected: str
) -> None:
    assert own_name(await certify(tmp_path, names, addresses), listening) == expected


def settings(folder: Path, *flags: str) -> Settings:
    (folder / "s.toml").write_text("")
    return load(folder / "s.toml", environment={}, flags=flags).settings


async def test_open_ports_are_those_that_the_doors_got(tmp_path: Path) -> None:
    await certify(tmp_path, ["a.example"], [])
    fixed = location_terms(settings(tmp_path, "units.redial_spread_s=7", "location.validity_s=900"), None)
    assert (fixed.hosts, fixed.bootstrap) == (("wss://a.example:8443",), ("https://a.example:8444",))
    assert (fixed.redial, fixed.life) == (Redial(spread_s=7.0), timedelta(minutes=15))
    free = settings(tmp_path, "adapters_door.port=0", "bootstrap_door.port=0")
    got = location_terms(free, Listening([("::", 5001)], [("::", 5002)]))
    assert (got.hosts, got.bootstrap) == (("wss://a.example:5001",), ("https://a.example:5002",))
    with pytest.raises(SettingFault, match=r"adapters_door\.port is 0"):
        location_terms(free, None)
    ports = ("adapters_door.port=0", "bootstrap_door.port=0")
    told = settings(tmp_path, *ports, "location.hosts=wss://x", "location.bootstrap=https://y")
    assert location_terms(told, None).hosts == ("wss://x",)
