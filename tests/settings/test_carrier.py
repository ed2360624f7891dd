from pathlib import Path
from typing import Any

import pytest

from servicehost.settings.carrier import CarrierSettings
from servicehost.settings.fault import SettingFault

FILES: dict[str, Any] = {"secrets_file": Path("a"), "notice_secrets_file": Path("b")}


@pytest.mark.parametrize(
    "url",
    [
        "https://carrier.example/servicehost",
        "https://carrier.example:8443",
        "http://127.0.0.1:9000/x",
        "http://[::1]:9000/x",
        "http://localhost/x",
    ],
)
def test_the_carrier_is_told_over_https_or_on_loopback(url: str) -> None:
    assert CarrierSettings(backend="webhook", url=url, **FILES).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "carrier.example",
        "ftp://carrier.example",
        "https://",
        "https://carrier.example:port/",
        "https://[::1/",
        "http://carrier.example/x",
        "http://127.0.0.1.carrier.example/x",
        "http://localhost.carrier.example/x",
        "https://us:secret@carrier.example/x",
        "https://carrier.example/x?key=1",
        "https://carrier.example/x#part",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(SettingFault, match="url: ") as fault:
        CarrierSettings(backend="webhook", url=url, **FILES)
    assert fault.value.code == "carrier_url"


def test_plain_http_beyond_loopback_is_somebody_s_decision() -> None:
    url = "http://carrier.example/x"
    assert CarrierSettings(backend="webhook", url=url, allow_plain_http=True, **FILES).url == url


def test_each_way_needs_its_secrets_from_one_place() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "secrets_missing": {"backend": "webhook", "url": "https://c.example", "secrets_file": Path("a")},
        "secrets_twice": {"secrets_file": Path("a"), "secrets_variable": "A"},
        "secrets_variable_reserved": {"notice_secrets_variable": "SERVICEHOST_SECRET"},
    }
    for code, fields in wrong.items():
        with pytest.raises(SettingFault) as fault:
            CarrierSettings(**fields)
        assert fault.value.code == code
