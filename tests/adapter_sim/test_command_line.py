"""The config language of the simulated box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter_sim.command_line import MAX_REJECTED, ConfigRefused, read_config
from adapter_sim.config_text import FACTORY_TEXT, Filter, Interface
from protocol.messages import Rejected

PATH = "interface ge0 address dhcp\nroute default ge0\n"
HOST = ("192.0.2.7", 8443)


def refusals(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ConfigRefused) as caught:
        read_config(text)
    return [(one.parameter, one.reason) for one in caught.value.rejected]


def obstacle(text: str, address: str = HOST[0], port: int = HOST[1]) -> str:
    return read_config(text).config.permits(address, port).obstacle


def test_a_whole_config_is_understood() -> None:
    text = """
    # the branch in Sendai
    hostname sendai-1
    interface ge0 address dhcp
    interface ge1 address 192.168.1.1/24
    interface ge1 mtu 1400
    interface ge2 shutdown
    route default ge0
    filter smb direction out protocol tcp address 198.51.100.0/24 port 137-139 action block
    resolver 2001:db8::53
    ntp ntp.example.jp
    ! the end
    """
    reading = read_config(text)
    config = reading.config
    assert reading.rejected == ()
    assert (config.hostname, config.default_route) == ("sendai-1", "ge0")
    assert config.interfaces == {
        "ge0": Interface(address="dhcp"),
        "ge1": Interface(address="192.168.1.1/24", mtu=1400),
        "ge2": Interface(shutdown=True),
    }
    assert config.filters == (
        Filter(
            name="smb", direction="out", protocol="tcp", action="block", address="198.51.100.0/24", ports=(137, 139)
        ),
    )
    assert (config.resolvers, config.ntp_servers) == (("2001:db8::53",), ("ntp.example.jp",))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("intreface ge0 shutdown", "no such command 'intreface'"),
        ("hostname", "the command is: hostname NAME"),
        ("hostname -x", "'-x' is no host name"),
        ("interface ge9 shutdown", "no such interface; this box has ge0, ge1, ge2"),
        ("interface ge0 mtu many", "'many' is no number"),
        ("interface ge0 mtu ٣", "'\\u0663' is no number"),
        ("interface ge0 address 300.1.1.1/24", "'300.1.1.1/24' is neither dhcp nor an address with its prefix length"),
        ("interface ge0 up", "interface ge0 takes: address dhcp|PREFIX, mtu N, or shutdown"),
        ("route back ge0", "only the default route can be set, not 'back'"),
        ("filter", "filter needs a name"),
        ("filter x direction out", "protocol must be one of tcp, udp, icmp, any"),
        ("filter x direction out protocol", "'protocol' has no value"),
        ("filter x colour red", "filter does not know 'colour'"),
        ("filter x direction out protocol tcp port 9-1 action block", "ports are 1 to 65535, the lower one first"),
        ("filter x direction out protocol tcp address here action block", "'here' is no address or prefix"),
        ("resolver dns.example", "'dns.example' is no IP address"),
    ],
)
def test_a_line_that_makes_no_sense_refuses_the_config_and_is_named(line: str, reason: str) -> None:
    assert refusals(PATH + line) == [("line 3", reason)]


def test_every_bad_line_is_named() -> None:
    assert [parameter for parameter, _ in refusals("bad\nhostname ok\nworse")] == ["line 1", "line 3"]


def test_more_bad_lines_than_an_answer_holds_are_counted() -> None:
    named = refusals("bad\n" * (MAX_REJECTED + 10))
    assert len(named) == MAX_REJECTED
    assert named[-1] == ("the rest", "11 more")


def test_more_substitutions_than_an_answer_holds_refuse_the_config() -> None:
    assert refusals("ntp x\n" * (MAX_REJECTED + 3))[0] == ("ntp x", "at most 2")


def test_a_value_out_of_range_is_replaced_and_named() -> None:
    reading = read_config(PATH + "interface ge0 mtu 9000\ninterface ge1 mtu 100\n")
    assert reading.rejected == (
        Rejected(parameter="interface ge0 mtu", reason="576 to 1500, not 9000", substitution="1500"),
        Rejected(parameter="interface ge1 mtu", reason="576 to 1500, not 100", substitution="576"),
    )
    assert reading.config.interfaces["ge0"].mtu == 1500


def test_a_host_name_too_long_is_shortened() -> None:
    reading = read_config("hostname " + "n" * 70)
    assert reading.config.hostname == "n" * 63
    assert reading.rejected[0].substitution == "n" * 63


def test_a_fourth_resolver_is_left_out() -> None:
    reading = read_config("".join(f"resolver 192.0.2.{last}\n" for last in range(1, 5)))
    assert reading.config.resolvers == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert reading.rejected == (Rejected(parameter="resolver 192.0.2.4", reason="at most 3"),)


def test_the_factory_config_reaches_the_host() -> None:
    assert obstacle(FACTORY_TEXT) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no default route"),
        ("interface ge0 address dhcp", "no default route"),
        ("route default ge0", "interface ge0 is down"),
        (PATH + "interface ge0 shutdown", "interface ge0 is down"),
        (PATH + "filter f direction out protocol tcp port 8443 action block", "filter f blocks out"),
        (PATH + "filter f direction out protocol any action block", "filter f blocks out"),
        (PATH + "filter f direction in protocol tcp port 8000-9000 action block", "filter f blocks in"),
        (PATH + "filter f direction out protocol tcp address 192.0.2.0/24 action block", "filter f blocks out"),
    ],
)
def test_a_config_can_cut_the_way_to_the_host(text: str, why: str) -> None:
    assert obstacle(text) == why


@pytest.mark.parametrize(
    "rule",
    [
        "filter f direction out protocol tcp port 443 action block",
        "filter f direction out protocol udp port 8443 action block",
        "filter f direction out protocol tcp address 198.51.100.0/24 action block",
        "filter f direction out protocol tcp address 2001:db8::/32 action block",
        """filter first direction out protocol tcp port 8443 action pass
        filter then direction out protocol any action block""",
    ],
)
def test_a_filter_for_others_leaves_the_way_open(rule: str) -> None:
    assert obstacle(PATH + rule) == ""


def test_a_link_local_address_with_its_zone_is_judged_like_any_other() -> None:
    rule = "filter f direction out protocol tcp address fe80::/10 action block"
    assert obstacle(PATH + rule, "fe80::1%eth0") == "filter f blocks out"


@settings(deadline=None)
@given(st.text())
def test_any_text_is_either_understood_or_refused_with_reasons(text: str) -> None:
    named: tuple[Rejected, ...] | None = None
    try:
        read_config(text)
    except ConfigRefused as error:
        named = error.rejected
    assert named is None or 1 <= len(named) <= MAX_REJECTED
