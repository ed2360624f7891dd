"""`servicehost location export`: the document without a running host."""

import asyncio
import shutil
import stat
from pathlib import Path

import pytest
from cryptography import x509

from adapter_sim.location import LocationService, signature_check
from protocol.location import PATH, read_location
from servicehost.cli import main
from servicehost.founding import Founded
from tests.builders.hosts import a_founded_host, running_host

PORTS = ("--set=adapters_door.port=8443", "--set=bootstrap_door.port=8444")


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    return a_founded_host(tmp_path)


def export(founded: Founded, place: Path, *more: str) -> int:
    return main(["location", "export", str(place), "--settings", founded.settings, *more])


def anchors(founded: Founded) -> str:
    return (Path(founded.settings).parent / "authority" / "root.pem").read_text()


def test_it_needs_no_database_and_gives_the_same_octets_again(founded: Founded, tmp_path: Path) -> None:
    shutil.rmtree(Path(founded.settings).parent / "store")
    (tmp_path / "root").mkdir()
    assert export(founded, tmp_path / "one", *PORTS) == export(founded, tmp_path / "root", *PORTS) == 0
    text = (tmp_path / "one").read_bytes()
    assert (tmp_path / "root" / PATH.lstrip("/")).read_bytes() == text
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o644
    root = x509.load_pem_x509_certificates(anchors(founded).encode())
    read = read_location(text, signature_check(root))
    assert read.hosts == ("wss://127.0.0.1:8443",)
    assert read.bootstrap == ("https://127.0.0.1:8444",)


def test_the_settings_say_what_it_says(founded: Founded, tmp_path: Path) -> None:
    hosts = "wss://a.example:1,wss://b.example:2"
    more = (f"--set=location.hosts={hosts}", "--set=location.bootstrap=https://c.example", "--set=units.redial_cap_s=9")
    assert export(founded, tmp_path / "one", *more, "--set=location.validity_s=600") == 0
    root = x509.load_pem_x509_certificates(anchors(founded).encode())
    read = read_location((tmp_path / "one").read_bytes(), signature_check(root))
    assert (read.hosts, read.bootstrap) == (tuple(hosts.split(",")), ("https://c.example",))
    assert (read.redial.cap_s, (read.expires_at - read.issued_at).total_seconds()) == (9.0, 600.0)


def test_a_running_host_gives_the_very_same_octets(founded: Founded, tmp_path: Path) -> None:
    with running_host(founded) as host:
        port = host.doors.bootstrap_door[0][1]
        given = asyncio.run(LocationService(f"https://127.0.0.1:{port}").ask(anchors(founded)))
        assert export(founded, tmp_path / "one") == 0
    assert (tmp_path / "one").read_bytes() == given.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), (2, "port_unknown")),
        (("--set=location.hosts=http://a.example",), (2, "bad_url")),
        (("--set=location.hosts=" + ",".join(["wss://a.example"] * 6),), (2, "too_many_urls")),
        ((*PORTS, "--set=authority.folder=absent"), (1, "authority_file_missing")),
    ],
)
def test_what_is_in_the_way_is_named(
    founded: Founded, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: tuple[int, str]
) -> None:
    assert export(founded, tmp_path / "one", *more) == said[0]
    assert said[1] in capsys.readouterr().err
    assert not (tmp_path / "one").exists()


def test_a_place_that_cannot_be_written_is_named(
    founded: Founded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert export(founded, tmp_path / "file" / "below", *PORTS) == 1
    assert "file_unusable" in capsys.readouterr().err
