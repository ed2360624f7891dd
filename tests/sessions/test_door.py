"""The door on real sockets, under both event loops."""

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, Event, OfferAnswer, Report
from protocol.states import Kind
from protocol.wire.events import Ended, Refused, TlsEnded
from protocol.wire.stack import UnitWire
from tests.builders.certificates import ours, theirs
from tests.builders.doors import distribution_id
from tests.builders.loopback import LOOPS, RealUnit, loopback, run_on, until
from tests.builders.wires import unit_context

pytestmark = pytest.mark.parametrize("loop", LOOPS)
OFFER = ConfigOffer(push=1, revision=1, digest="sha256:" + "0" * 64, body="interface ge1\n" * 10_000)


def test_units_are_served_over_both_families_on_one_port(loop: str) -> None:
    async def story() -> None:
        async with loopback(addresses=("127.0.0.1", "::1")) as host:
            assert len({port for _, port in host.door.addresses}) == 1
            for number, (address, _) in enumerate(host.door.addresses, start=1):
                unit = await host.dial(number, address=address)
                await unit.hello()
            assert host.door.sessions == len(host.door.addresses)
            addresses = [call[1].remote_address.rpartition(":")[0] for call in host.desk.named("phone_home")]
            assert addresses == ["127.0.0.1", "[::1]"][: len(addresses)]

    run_on(loop, story)


def test_a_session_reports_takes_an_offer_and_tells_an_event(loop: str) -> None:
    async def story() -> None:
        async with loopback() as host:
            unit = await host.dial()
            await unit.hello()
            unit.say(Report(uptime_s=1))
            unit.say(Event(sequence=1, sub_type="link_up"))
            assert (await unit.hear()).kind is Kind.EVENT_ANSWER
            assert host.desk.reports == 1
            host.desk.offers[1].append(OFFER)
            host.door.line.nudge([1])
            offer = await unit.hear()
            assert offer.message == OFFER
            assert offer.id is not None
            unit.wire.send_text(unit.engine.answer(offer.id, OfferAnswer(outcome="accepted")))
            unit.flush()
            await until(lambda: len(host.desk.named("take_offer_answer")) == 1)
            assert host.meter.figures["frames_in_total"]() == 4

    run_on(loop, story)


def test_a_foreign_unit_hears_the_alert_over_a_real_socket(loop: str) -> None:
    async def story() -> None:
        async with loopback() as host:
            foreign = unit_context(theirs().unit(distribution_id(1), model_serial="SA-1"), authority=ours())
            unit = await host.dial(context=foreign)
            assert isinstance(unit.last, TlsEnded)
            assert unit.last.alert == "unknown_ca"
            await unit.gone()
            await until(lambda: host.door.handshakes == 0)
            assert [failed[1] for failed in host.desk.failed] == [CloseCode.TLS_REFUSED]

    run_on(loop, story)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
@pytest.mark.parametrize(("version", "alert"), [("-tls1_3", "certificate required"), ("-tls1_2", "handshake failure")])
def test_another_tls_stack_hears_why_it_was_refused(loop: str, version: str, alert: str, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text(ours().root_pem)

    async def story() -> None:
        async with loopback() as host:
            command = [
                "openssl",
                "s_client",
                "-connect",
                f"127.0.0.1:{host.port}",
                "-CAfile",
                str(tmp_path / "root.pem"),
            ]
            client = await asyncio.create_subprocess_exec(
                *command, version, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            assert client.stdout is not None
            said = (await client.stdout.read()).decode(errors="replace")
            await client.wait()
            assert alert in said
            await until(lambda: host.door.handshakes == 0)
            assert host.meter.counts["endings_total", "tls_refused"] == 1

    run_on(loop, story)


def test_accepting_pauses_at_the_limit_of_handshakes_and_goes_on_below_it(loop: str) -> None:
    async def story() -> None:
        async with loopback(max_handshakes=1) as host:
            _, idle = await host.connect()
            await until(lambda: host.door.handshakes == 1)
            waiting = asyncio.create_task(host.dial())
            await until(lambda: not host.door.accepting)
            assert host.door.handshakes == 1
            idle.close()
            unit = await waiting
            await unit.hello()
            assert host.door.accepting

    run_on(loop, story)


def test_a_full_host_answers_with_a_status_and_seconds(loop: str) -> None:
    async def story() -> None:
        async with loopback(max_sessions=1) as host:
            await (await host.dial(1)).hello()
            refused = await host.dial(2)
            assert isinstance(refused.last, Refused)
            assert refused.last.status == 503
            assert refused.last.retry_after is not None
            assert refused.last.retry_after >= 30
            await refused.gone()

    run_on(loop, story)


def test_a_peer_that_pings_and_never_reads_is_cut_as_slow(loop: str) -> None:
    async def story() -> None:
        async with loopback(write_stall_s=1.0) as host:
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", host.port))
            reader, writer = await host.connect(sock=connection)
            unit = RealUnit(reader, writer, UnitWire(unit_context(ours().unit(distribution_id(1))), "127.0.0.1", 1))
            await unit.open()
            await unit.hello()
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport is a full one
            while not host.desk.ended:
                for _ in range(500):
                    unit.wire.ping(bytes(125))
                unit.flush()
                drained = asyncio.ensure_future(writer.drain())
                await until(lambda drained=drained: drained.done() or bool(host.desk.ended))  # type: ignore[misc]
                drained.cancel()
                await asyncio.gather(drained, return_exceptions=True)
            assert [(code, reason) for _, code, reason in host.desk.ended] == [(CloseCode.SLOW, "write_stalled")]
            unit.drop()

    run_on(loop, story)


def test_a_drain_says_goodbye_to_everybody_and_ends(loop: str) -> None:
    async def story() -> None:
        async with loopback(drain_over_s=0.5, drain_close_by_s=5.0) as host:
            units = [await host.dial(number) for number in range(1, 4)]
            for unit in units:
                await unit.hello()
            draining = asyncio.create_task(host.door.drain())
            for unit in units:
                assert (await unit.hear()).kind is Kind.HOST_GOODBYE
                ended = await unit.event(Ended)
                assert isinstance(ended, Ended)
                assert ended.code == CloseCode.DRAINING
                await unit.gone()
            await draining
            assert {code for _, code, _ in host.desk.ended} == {CloseCode.DRAINING}
            assert (host.door.sessions, host.door.handshakes, host.door.accepting) == (0, 0, False)
            with pytest.raises(OSError):  # noqa: PT011 - refused or reset: both say that nobody listens
                await asyncio.open_connection("127.0.0.1", host.port)

    run_on(loop, story)


def test_closing_tells_the_desk_of_every_session(loop: str) -> None:
    async def story() -> None:
        async with loopback() as host:
            units = [await host.dial(number) for number in range(1, 4)]
            for unit in units:
                await unit.hello()
            await host.connect()
            await host.door.close()
            assert len(host.desk.ended) == 3
            await host.door.close()
            assert len(host.desk.ended) == 3

    run_on(loop, story)


def test_resets_and_half_closes_leave_nothing_behind(loop: str) -> None:
    async def story() -> None:
        async with loopback() as host:
            reset, half = await host.dial(1), await host.dial(2)
            await reset.hello()
            await half.hello()
            reset.drop()
            half.writer.write_eof()
            await half.gone()
            await until(lambda: host.door.sessions == 0)
            assert {code for _, code, _ in host.desk.ended} == {CloseCode.CONNECTION_LOST}
            assert host.meter.figures["registered_units"]() == 0

    run_on(loop, story)
