"""The TLS layer under every load client, against a server made of asyncio's own TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bench import identities
from tests.bench.identities import Identities
from tests.bench.tls_client import SESSIONS_AN_ADDRESS, Link, dial, source_address
from tests.fakes.stream_server import Serve, stream_server


class Talker:
    """Says hello and keeps what it hears, but cannot bear nonsense; `gone` holds the reason of the end."""

    def __init__(self) -> None:
        self.heard = b""
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def opened(self, link: Link) -> None:
        link.send(b"hello")

    def received(self, plaintext: bytes) -> None:
        if plaintext == b"nonsense":
            raise ValueError("that is nonsense")
        self.heard += plaintext

    def lost(self, reason: str) -> None:
        self.gone.set_result(reason)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    return identities.make(tmp_path_factory.mktemp("papers"), 2, lambda _: None)


@asynccontextmanager
async def standing(papers: Identities, serve: Serve) -> AsyncIterator[int]:
    """The port of a server that wants a certificate of our authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(papers.server_chain, papers.server_key)
    context.load_verify_locations(cadata=papers.anchors)
    async with stream_server(serve, context) as port:
        yield port


async def test_each_identity_is_its_own_and_plaintext_goes_both_ways(papers: Identities) -> None:
    subjects: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        subjects.append(str(writer.get_extra_info("peercert")["subject"]))
        writer.write(b"welcome, " + await reader.readexactly(5))

    talker = Talker()
    async with standing(papers, serve) as port:
        await dial(port, papers.contexts[1], talker)
        assert await talker.gone == "the server closed the connection"
    assert talker.heard == b"welcome, hello"
    assert identities.model_serial(1) in subjects[0]


async def test_what_the_talker_cannot_bear_ends_the_link_with_its_words(papers: Identities) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"nonsense")
        await reader.read()

    talker = Talker()
    async with standing(papers, serve) as port:
        await dial(port, papers.contexts[0], talker)
        assert await talker.gone == "that is nonsense"


async def test_a_server_of_another_authority_is_not_spoken_to(papers: Identities, tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the handshake cannot have succeeded")

    stranger = identities.make(tmp_path, 0, lambda _: None)
    talker = Talker()
    async with standing(stranger, serve) as port:
        await dial(port, papers.contexts[0], talker)
        assert "foreign_certificate" in await talker.gone


def test_no_private_key_of_a_unit_stays_behind(papers: Identities) -> None:
    assert sorted(path.name for path in papers.folder.iterdir()) == ["server.key", "server.pem"]


def test_beyond_one_address_the_next_loopback_address_is_used() -> None:
    assert source_address(SESSIONS_AN_ADDRESS - 1) is None
    assert source_address(SESSIONS_AN_ADDRESS) == ("127.0.0.2", 0)
    assert source_address(3 * SESSIONS_AN_ADDRESS) == ("127.0.0.4", 0)
