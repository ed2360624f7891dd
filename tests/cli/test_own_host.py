"""Commands find the host that runs here by its settings."""

import asyncio
import os
import ssl
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from servicehost.backends.authority.doors import renew_door_certificate
from servicehost.backends.authority.files import create_authority, load_issuer
from servicehost.backends.authority.local import LocalAuthority
from servicehost.cli.credentials import Login, keep_login, the_host
from servicehost.cli.errors import UNREACHABLE, CommandError
from servicehost.cli.host_api import HostApi
from servicehost.cli.own_host import FoundHost, own_host
from servicehost.doors import Doors, write_doors
from tests.fakes.stream_server import stream_server


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """An environment that names the settings of a host that does not run."""
    (file := tmp_path / "host.toml").write_text("")
    return {"SERVICEHOST_SETTINGS": str(file), "XDG_STATE_HOME": str(tmp_path / "state")}


def running(folder: Path, address: str, scheme: str = "http") -> None:
    doors = Doors(
        host="host-1",
        run=1,
        pid=os.getpid(),
        adapters_door=[],
        bootstrap_door=[],
        operators_door=[(address, 8123)],
        operators_scheme=scheme,
    )
    write_doors(folder / "run", doors)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("192.0.2.1", "http://192.0.2.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),  # noqa: S104 - what a host may listen on
        ("::", "http://[::1]:8123"),
        ("::1", "http://[::1]:8123"),
    ],
)
def test_a_host_is_reached_where_it_listens(tmp_path: Path, settings: dict[str, str], address: str, url: str) -> None:
    running(tmp_path, address)
    assert own_host(settings) == FoundHost(url=url)


def test_a_host_that_speaks_https_is_trusted_by_its_own_authority(tmp_path: Path, settings: dict[str, str]) -> None:
    running(tmp_path, "127.0.0.1", "https")
    root = tmp_path / "authority" / "root.pem"
    assert own_host(settings) == FoundHost(url="https://127.0.0.1:8123", root=root)


async def test_a_certificate_of_that_authority_is_taken_for_good(tmp_path: Path) -> None:
    create_authority(tmp_path / "authority", now=(now := datetime.now(UTC)))
    authority = LocalAuthority(load_issuer(tmp_path / "authority"))
    addresses = (IPv4Address("127.0.0.1"),)
    await renew_door_certificate(authority, tmp_path / "door", names=("localhost",), addresses=addresses, now=now)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "door" / "door.pem", tmp_path / "door" / "door-key.pem")

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await reader.read()  # who called hangs up

    async with stream_server(speak, context) as port:
        trusting = HostApi(f"https://127.0.0.1:{port}", None, root=tmp_path / "authority" / "root.pem")
        assert await asyncio.to_thread(trusting.call, "GET", "units") == {}


def test_an_authority_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"root\.pem: no certificates to trust"):
        HostApi("https://127.0.0.1:1", None, root=tmp_path / "root.pem").call("GET", "units")


def test_a_host_that_does_not_run_is_named_with_what_to_do(settings: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="run servicehost serve, or name one by --url") as error:
        own_host(settings)
    assert error.value.code == UNREACHABLE


def test_settings_that_are_wrong_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="settings_missing"):
        own_host({"SERVICEHOST_SETTINGS": str(tmp_path / "none.toml")})


def test_the_host_of_the_settings_goes_before_the_one_logged_in_at_and_after_one_that_is_named(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    running(tmp_path, "127.0.0.1")
    keep_login(Login(url="http://elsewhere", master_id="MID1", token="shat_x", expires_at=""), settings)
    assert the_host(None, settings).url == "http://127.0.0.1:8123"
    assert the_host("http://named", settings).url == "http://named"
    assert the_host(None, settings | {"SERVICEHOST_URL": "http://named/"}).url == "http://named"
    del settings["SERVICEHOST_SETTINGS"]
    assert the_host(None, settings).url == "http://elsewhere"
