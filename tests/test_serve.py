"""One running host, as a process: its start, its doors, its end."""

import http.client
import json
import signal
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servicehost.doors import Doors
from servicehost.founding import Founded
from servicehost.operations.intake import Intake
from servicehost.runtime.shutdown import Leaving
from servicehost.serve import HostFailed, serve
from servicehost.settings.load import load
from tests.builders.hosts import RunningHost, a_founded_host, running_host, start_host

NEW_PASSWORD = "a-much-longer-secret-1"


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    return a_founded_host(tmp_path)


@pytest.fixture
def running(founded: Founded) -> Iterator[RunningHost]:
    with running_host(founded) as host:
        yield host


def ask(host: RunningHost, method: str, path: str, body: Any = None, *, at: int = 0) -> tuple[int, bytes]:
    address, port = host.doors.operators_door[at]
    connection = http.client.HTTPConnection(address, port, timeout=20)
    try:
        headers = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def log_in(host: RunningHost) -> tuple[int, bytes]:
    body = {
        "master_id": host.founded.master_id,
        "password": host.founded.one_time_password,
        "new_password": NEW_PASSWORD,
    }
    return ask(host, "POST", "/api/v1/tokens", body)


def tls_to(address: tuple[str, int], host: RunningHost) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(host.folder / "authority/root.pem"))
    return context.wrap_socket(socket.create_connection(address, timeout=20), server_hostname="localhost")


def test_a_host_is_ready_on_ipv4_and_ipv6_and_ends_with_zero_on_sigterm(running: RunningHost) -> None:
    assert [ask(running, "GET", "/readyz", at=at)[0] for at in range(len(running.doors.operators_door))] == [200, 200]
    assert {address for address, _ in running.doors.adapters_door} == {"127.0.0.1", "::1"}
    running.host.process.send_signal(signal.SIGTERM)
    code, _ = running.host.ended()
    assert code == 0
    assert not (running.folder / "run/doors.json").exists()
    assert not (running.folder / "store/servicehost.sqlite3-wal").exists()


def test_the_first_person_logs_in_and_neither_password_nor_token_gets_into_the_log(running: RunningHost) -> None:
    status, raw = log_in(running)
    assert status == 201, raw
    token = json.loads(raw)["token"]
    running.host.process.send_signal(signal.SIGINT)
    code, rest = running.host.ended()
    assert code == 0
    assert "/api/v1/tokens" in rest
    everything = json.dumps(running.host.log) + rest
    assert [s for s in (running.founded.one_time_password, NEW_PASSWORD, token) if s in everything] == []


def test_metrics_of_every_room_are_there(running: RunningHost) -> None:
    _, raw = ask(running, "GET", "/metrics")
    text = raw.decode()
    names = ("sessions", "intake_batches_total", "database_bytes", "frames_in_total")
    assert [name for name in names if f"\nservicehost_{name} " not in text] == []
    assert "process_open_fds" in text


def test_the_bootstrap_door_hands_out_the_anchors_to_a_stranger(running: RunningHost) -> None:
    with tls_to(running.doors.bootstrap_door[0], running) as stranger:
        stranger.sendall(b"GET /.well-known/est/cacerts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: stranger.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"application/pkcs7-mime" in answer


def test_the_adapters_door_refuses_a_stranger_with_an_alert(running: RunningHost) -> None:
    with (
        pytest.raises(ssl.SSLError, match=r"(?i)certificate.required"),
        tls_to(running.doors.adapters_door[0], running) as stranger,
    ):
        stranger.recv(1)


def test_a_restarted_host_begins_a_new_run(founded: Founded) -> None:
    runs = []
    for _ in range(2):
        with running_host(founded) as host:
            runs.append(host.doors.run)
            host.host.process.send_signal(signal.SIGTERM)
            assert host.host.ended()[0] == 0
    assert runs == [1, 2]


def test_a_host_runs_on_the_standard_library_s_loop_too(founded: Founded) -> None:
    with running_host(founded, environment={"SERVICEHOST_LOOP": "asyncio"}) as host:
        assert host.host.log[0]["loop"].startswith("asyncio")
        assert ask(host, "GET", "/readyz")[0] == 200
        host.host.process.send_signal(signal.SIGTERM)
        assert host.host.ended()[0] == 0


def last_line(settings: str, *more: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and last line of a host that cannot start."""
    with start_host(settings, *more, environment=environment) as host:
        code, text = host.ended()
    return code, text.splitlines()[-1]


def test_a_second_host_on_one_database_is_refused_by_name(running: RunningHost) -> None:
    code, line = last_line(running.founded.settings)
    assert (code, line.startswith("servicehost: "), "(database_in_use)" in line) == (1, True, True)
    assert ask(running, "GET", "/readyz")[0] == 200


@pytest.mark.parametrize("door", ["adapters_door", "bootstrap_door", "operators_door"])
def test_a_taken_port_is_named_with_its_door(founded: Founded, door: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, line = last_line(founded.settings, "--set", f"{door}.port={other.getsockname()[1]}")
    assert code == 1
    assert f"[{door}]" in line
    assert "(address_in_use)" in line


def test_what_is_missing_or_broken_is_named_and_exit_codes_tell_settings_from_faults(founded: Founded) -> None:
    folder = Path(founded.settings).parent
    assert last_line(founded.settings, "--set", "log.colour=1")[0] == 2
    assert last_line(founded.settings, environment={"SERVICEHOST_LOOP": "trio"})[0] == 2
    code, line = last_line(founded.settings, "--set", "store.database=absent.sqlite3")
    assert (code, "(database_missing)" in line, "servicehost init" in line) == (1, True, True)
    (folder / "authority/issuing-key.pem").chmod(0o644)
    code, line = last_line(founded.settings)
    assert (code, "(authority_key_exposed)" in line, "chmod 600" in line) == (1, True, True)


def test_a_database_of_a_newer_program_is_left_alone(founded: Founded) -> None:
    database = Path(founded.settings).parent / "store/servicehost.sqlite3"
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    code, line = last_line(founded.settings)
    assert (code, "(database_of_another_version)" in line) == (1, True)


async def test_a_host_leaves_when_its_caller_asks_and_says_where_its_doors_are(founded: Founded) -> None:
    leaving, seen = Leaving(), list[Doors]()

    def opened(doors: Doors) -> None:
        seen.append(doors)
        leaving.ask()

    await serve(load(Path(founded.settings), environment={}).settings, leaving=leaving, opened=opened)
    assert [doors.host for doors in seen] == ["host-1"]


async def test_a_part_that_must_never_end_ends_the_host_by_name_and_frees_the_database(
    founded: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_intake: Intake) -> None:
        raise ZeroDivisionError

    settings = load(Path(founded.settings), environment={}).settings
    with monkeypatch.context() as patched:
        patched.setattr(Intake, "run", broken)
        with pytest.raises(HostFailed):
            await serve(settings)
    leaving = Leaving()
    await serve(settings, leaving=leaving, opened=lambda _doors: leaving.ask())
