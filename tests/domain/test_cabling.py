import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.cabling import MOST_PORTS, Port, ports_of

CONFIG = """\
hostname branch-001
interface ge0 address dhcp
interface ge0 description "WAN ONU"
interface ge1
 description 社内LAN
 ip address 192.168.1.1/24
 ppp password hunter2
interface ge2 shutdown
interface pppoe0
 shutdown
route default ge0
 description not of a port
"""


def test_ports_are_read_by_name_description_and_use_in_the_order_of_the_config() -> None:
    assert ports_of(CONFIG) == (
        Port(name="ge0", description="WAN ONU"),
        Port(name="ge1", description="社内LAN"),
        Port(name="ge2", unused=True),
        Port(name="pppoe0", unused=True),
    )


def test_addresses_accounts_and_passwords_stay_in_the_config() -> None:
    assert not [word for word in ("dhcp", "192.168", "hunter2", "branch") if word in str(ports_of(CONFIG))]


@pytest.mark.parametrize("config", ["", "nothing", "interfaces ge0", "interface", "# interface ge0", "interface <b>x"])
def test_what_names_no_port_is_none(config: str) -> None:
    assert ports_of(config) == ()


@given(st.text())
def test_any_text_is_read_without_an_end_to_the_page(text: str) -> None:
    assert len(ports_of(text + "".join(f"\ninterface ge{number}" for number in range(99)))) == MOST_PORTS
