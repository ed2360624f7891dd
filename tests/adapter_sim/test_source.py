"""Addresses of units' own."""

import ipaddress
import sys

import pytest

from adapter_sim.source import may_dial_from, own_source
from protocol.identity import distribution_id_from_int

UNITS = [distribution_id_from_int(number) for number in range(1, 401)]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only 127.0.0.1 is there")
def test_every_unit_has_an_address_of_its_own_and_none_has_a_doors() -> None:
    found = [own_source(unit) for unit in UNITS]
    assert found == [own_source(unit) for unit in UNITS]
    addresses = [ipaddress.IPv4Address(source or "") for source in found]
    assert len(set(addresses)) == len(UNITS)
    assert all(one.is_loopback and one not in ipaddress.ip_network("127.0.0.0/16") for one in addresses)
    assert all(one.packed[3] not in (0, 255) for one in addresses)


def test_where_there_are_none_a_unit_dials_from_wherever_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert own_source(UNITS[0]) is None


@pytest.mark.parametrize(
    ("source", "ip", "may"),
    [
        ("127.3.4.5", "127.0.0.1", True),
        ("127.3.4.5", "::1", False),
        ("127.3.4.5", "192.0.2.7", False),
        ("192.0.2.1", "192.0.2.7", True),
        ("::1", "::1", True),
        ("fe80::1", "fe80::2%eth0", True),
    ],
)
def test_a_socket_is_bound_only_where_it_can_reach_from(source: str, ip: str, may: bool) -> None:
    assert may_dial_from(source, ip) is may
