"""Addresses of hosts, as people give them and units are told them."""

import pytest

from servicehost.domain.errors import Invalid
from servicehost.domain.hosts import check_hosts


@pytest.mark.parametrize(
    "url", ["wss://a.example", "wss://a.example:8443/session", "wss://[2001:db8::1]:8443", "wss://a/"]
)
def test_a_host_is_named_by_a_plain_url(url: str) -> None:
    assert check_hosts([url]) == (url,)


@pytest.mark.parametrize(
    ("urls", "code"),
    [
        ([], "no_hosts"),
        ([f"wss://h{n}" for n in range(6)], "too_many_hosts"),
        (["https://a.example"], "host_url_invalid"),
        (["wss://"], "host_url_invalid"),
        (["wss://a.example/elsewhere"], "host_url_invalid"),
        (["wss://a.example:99999"], "host_url_invalid"),
        (["wss://a.example:0"], "host_url_invalid"),
        (["wss://somebody@a.example"], "host_url_invalid"),
        (["wss://a.example?x=1"], "host_url_invalid"),
        (["wss://a b.example"], "host_url_invalid"),
        (["wss://[2001:db8"], "host_url_invalid"),
        (["wss://" + "a" * 255], "host_url_invalid"),
        (["wss://a.example", "wss://a.example"], "host_url_invalid"),
    ],
)
def test_what_no_unit_could_dial_is_refused_by_name(urls: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_hosts(urls)
    assert refused.value.code == code
