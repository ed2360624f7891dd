"""The adapters' doors' TLS context."""

import contextlib
import ssl
from pathlib import Path

import pytest

from protocol.wire.events import Handshaken
from servicehost.sessions.tls import server_context
from tests.builders.certificates import ours, theirs
from tests.builders.wires import Joined, host_context, unit_context


def told_certificate(joined: Joined) -> bytes | None:
    handshaken = joined.host_events[0]
    assert isinstance(handshaken, Handshaken)
    return handshaken.certificate


def test_a_door_that_asks_for_no_certificate_lets_a_unit_without_one_in() -> None:
    joined = Joined(host_context(certificate_required=False), unit_context(None))
    assert told_certificate(joined) is None
    assert joined.host.open


def test_a_door_that_asks_for_no_certificate_still_refuses_a_foreign_one() -> None:
    joined = Joined(host_context(certificate_required=False), unit_context(theirs().unit()))
    assert not joined.host.open
    assert joined.host.over


def test_anchors_may_be_files_or_text_and_each_is_trusted(tmp_path: Path) -> None:
    certificate, key = ours().host().write(tmp_path, "host")
    anchor = tmp_path / "anchor.pem"
    anchor.write_text(theirs().issuing_pem)
    context = server_context(certificate, key, [ours().issuing_pem, anchor])
    for authority in (ours(), theirs()):
        unit = authority.unit()
        assert told_certificate(Joined(context, unit_context(unit, authority=ours()))) == unit.der


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        server_context(tmp_path / "none.pem", tmp_path / "none.key", [ours().issuing_pem])


def test_a_file_that_is_no_certificate_is_an_error(tmp_path: Path) -> None:
    certificate, key = ours().host().write(tmp_path, "host")
    certificate.write_text("nothing")
    with pytest.raises(ssl.SSLError):
        server_context(certificate, key, [ours().issuing_pem])


def test_tls_1_1_is_not_spoken() -> None:
    assert host_context().minimum_version is ssl.TLSVersion.TLSv1_2


def test_tls_1_2_is_spoken_with_forward_secret_authenticated_ciphers_alone() -> None:
    old = [cipher for cipher in host_context().get_ciphers() if cipher["protocol"] != "TLSv1.3"]
    assert old
    assert all(cipher["aead"] and cipher["name"].startswith("ECDHE-") for cipher in old)


def test_tls_1_3_gives_no_ticket_and_resumes_nothing() -> None:
    server, client = host_context(), unit_context(ours().unit())
    first = client.wrap_bio(incoming := ssl.MemoryBIO(), outgoing := ssl.MemoryBIO(), server_hostname="localhost")
    there = server.wrap_bio(to_server := ssl.MemoryBIO(), from_server := ssl.MemoryBIO(), server_side=True)
    for _ in range(3):
        for end in (first, there):
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
            to_server.write(outgoing.read())
            incoming.write(from_server.read())
    assert incoming.pending == 0
    assert first.session is None or not first.session.has_ticket
    assert server.session_stats()["number"] == 0
