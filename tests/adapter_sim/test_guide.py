"""A unit that knows one address: it asks, keeps the answer, and goes by that when nobody answers."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapter_sim import deeds
from adapter_sim.adapter import Adapter
from adapter_sim.box import Box
from adapter_sim.dialer import Dialer, HostAddress
from adapter_sim.guide import Guide, GuidePlan
from adapter_sim.location import Fetched, LocationService, LocationUnreachable
from adapter_sim.perform import perform
from adapter_sim.turnstile import Turnstile
from adapter_sim.world import World
from protocol.asking import ASK_CAP_S, LOST_AFTER_S
from protocol.location import Location
from protocol.messages import Redial
from tests.adapter_sim.stage import UNIT, HandTimers, SmallHost, Told, small_host
from tests.builders.certificates import ours, theirs
from tests.builders.locations import a_location, signed_by, signer_of
from tests.builders.wires import unit_context

SIGNER = signer_of()
DAY_S = 86_400.0


class Service(LocationService):
    """Answers what the test says, at once; None: nobody is there."""

    def __init__(self, text: bytes | None = None) -> None:
        super().__init__("https://service.example")
        self.text = text
        self.etag = '"0"'
        self.asked: list[str | None] = []

    async def ask(self, anchors: str, *, etag: str | None = None) -> Fetched:
        self.asked.append(etag)
        assert anchors == ours().root_pem
        if self.text is None:
            raise LocationUnreachable("service_unreachable", "nobody is there")
        return Fetched(text=None if etag == self.etag else self.text, etag=self.etag)

    def says(self, location: Location | bytes) -> None:
        self.text = location if isinstance(location, bytes) else signed_by(SIGNER, location)
        self.etag = f'"{len(self.asked)}"'


class Timers(HandTimers):
    """The wall clock of a unit that got the document as it was issued."""

    def wall(self) -> float:
        return a_location().issued_at.timestamp() + self.now() - 1000.0


class Stage:
    """One unit with a guide. Time and chance (the lower end of every draw) are the test's."""

    def __init__(self, folder: Path, service: Service, hosts: list[HostAddress]) -> None:
        self.timers, self.told, self.service = Timers(), Told(), service
        self.memory = folder / "location.jws"
        self.learned: list[tuple[str, ...]] = []
        boots = itertools.count(1)
        self.world = World(
            timers=self.timers,
            tell=self.told,
            uniform=lambda low, _high: low,
            new_boot_id=lambda: f"boot-{next(boots)}",
            gate=Turnstile(1),
        )
        plan = GuidePlan(
            unit=UNIT,
            service=service,
            anchors=lambda: ours().root_pem,
            memory=self.memory,
            learned=self.learned.append,
        )
        dialer = Dialer(hosts, unit_context(ours().unit(UNIT)), self.timers)
        box = Box(boot_id="boot-0", now=self.timers.now())
        self.adapter = Adapter(UNIT, box, dialer, self.world, guide=Guide(plan, dialer, self.world))

    def power_on(self) -> None:
        self.adapter.power_on()
        self.timers.advance()

    async def said(self, what: str) -> dict[str, object]:
        return await self.told.until(what)  # type: ignore[arg-type]  # a word of `What`

    def happened(self) -> list[str]:
        return [one.what for one in self.told.all]


@asynccontextmanager
async def stage(folder: Path, text: bytes | None = None, *hosts: HostAddress) -> AsyncIterator[Stage]:
    one = Stage(folder, Service(text), list(hosts))
    try:
        yield one
    finally:
        one.adapter.power_off()


def at(host: SmallHost) -> str:
    return f"wss://127.0.0.1:{host.port}"


async def test_it_learns_its_hosts_dials_them_and_keeps_the_document(tmp_path: Path) -> None:
    async with small_host() as host:
        document = a_location(7, at(host), redial=Redial(spread_s=1.0))
        text = signed_by(SIGNER, document)
        async with stage(tmp_path, text) as unit:
            unit.power_on()
            learned = await unit.said("location_learned")
            assert learned == {"source": "service", "sequence": 7, "hosts": (at(host),), "anchors": 1}
            await (await host.opened.get()).greet()
            await unit.said("welcomed")
            assert unit.memory.read_bytes() == text
            assert unit.learned == [document.anchors]


async def test_what_is_kept_lets_it_boot_while_the_service_is_down(tmp_path: Path) -> None:
    async with small_host() as host:
        (tmp_path / "location.jws").write_bytes(signed_by(SIGNER, a_location(7, at(host))))
        async with stage(tmp_path) as unit:
            unit.power_on()
            assert (await unit.said("location_learned"))["source"] == "flash"
            assert (await unit.said("location_failed"))["reason"] == "service_unreachable"
            await (await host.opened.get()).greet()
            await unit.said("welcomed")
            unit.service.says(a_location(8, at(host)))
            unit.timers.advance(30.0)
            assert (await unit.said("location_learned"))["sequence"] == 8


async def test_an_expired_document_is_as_good_as_any_when_there_is_no_other(tmp_path: Path) -> None:
    async with small_host() as host:
        old = a_location(7, at(host), expires_at=a_location().issued_at + timedelta(seconds=1))
        (tmp_path / "location.jws").write_bytes(signed_by(SIGNER, old))
        async with stage(tmp_path) as unit:
            unit.power_on()
            await (await host.opened.get()).greet()
            await unit.said("welcomed")


async def test_with_nothing_to_dial_it_asks_again_until_somebody_answers(tmp_path: Path) -> None:
    async with stage(tmp_path) as unit:
        unit.power_on()
        for wait_s in (0.0, 5.0, 10.0, 20.0, 30.0, 30.0):
            assert (await unit.said("location_failed"))["again_s"] == wait_s
            unit.timers.advance(wait_s)
        assert unit.adapter.stage == "waiting"
        assert "dialing" not in unit.happened()


async def test_a_host_known_from_birth_is_dialled_when_nobody_answers(tmp_path: Path) -> None:
    async with small_host() as host, stage(tmp_path, None, HostAddress(name="127.0.0.1", port=host.port)) as unit:
        unit.power_on()
        await unit.said("location_failed")
        await (await host.opened.get()).greet()
        await unit.said("welcomed")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (signed_by(signer_of(theirs()), a_location(8)), "location_signer_untrusted"),
        (signed_by(ours().unit(), a_location(8)), "location_signer_without_purpose"),
        (signed_by(SIGNER, a_location(8))[:-4] + b"AAAA", "location_signature_wrong"),
        (signed_by(SIGNER, a_location(6)), "location_sequence_older"),
        (signed_by(SIGNER, a_location(7, "wss://other.example")), "location_sequence_reused"),
        (signed_by(SIGNER, a_location(8, "wss://host.example/elsewhere")), "location_hosts_unreadable"),
        (b"<html>", "location_malformed"),
    ],
)
async def test_what_is_not_believed_is_refused_by_name_and_the_old_one_kept(
    tmp_path: Path, new: bytes, reason: str
) -> None:
    async with small_host() as host:
        old = signed_by(SIGNER, a_location(7, at(host)))
        (tmp_path / "location.jws").write_bytes(old)
        async with stage(tmp_path, new) as unit:
            unit.power_on()
            assert (await unit.said("location_refused"))["reason"] == reason
            await (await host.opened.get()).greet()
            await unit.said("welcomed")
            assert unit.memory.read_bytes() == old
            assert len(unit.learned) == 1


async def test_a_kept_document_that_is_not_believed_is_not_gone_by(tmp_path: Path) -> None:
    async with small_host() as host:
        (tmp_path / "location.jws").write_bytes(signed_by(signer_of(theirs()), a_location(9, "wss://evil.example")))
        async with stage(tmp_path, signed_by(SIGNER, a_location(1, at(host)))) as unit:
            unit.power_on()
            assert (await unit.said("location_refused"))["reason"] == "location_signer_untrusted"
            assert (await unit.said("location_learned"))["sequence"] == 1
            await (await host.opened.get()).greet()
            await unit.said("welcomed")


async def test_it_asks_again_before_the_document_expires_and_says_what_it_has(tmp_path: Path) -> None:
    async with small_host() as host, stage(tmp_path, signed_by(SIGNER, a_location(7, at(host)))) as unit:
        unit.timers._now = 0.0
        wall = a_location().issued_at.timestamp()
        unit.timers.wall = lambda: wall + unit.timers.now()  # type: ignore[method-assign]  # this unit's clock is right
        unit.power_on()
        await (await host.opened.get()).greet(report_interval_s=3600)
        await unit.said("welcomed")
        assert unit.service.asked == [None]
        unit.service.says(a_location(8, at(host), "wss://second.example"))
        unit.adapter._caller._guide._due()  # type: ignore[union-attr]  # as its timer does
        assert (await unit.said("location_learned"))["sequence"] == 8
        assert unit.service.asked == [None, '"0"']


async def test_when_no_host_takes_it_in_it_asks_whether_they_have_moved(tmp_path: Path) -> None:
    async with small_host() as host, stage(tmp_path, signed_by(SIGNER, a_location(7, "wss://127.0.0.1:1"))) as unit:
        unit.power_on()
        failed_for = 0.0
        while failed_for < LOST_AFTER_S + 60:
            redial_s = float(str((await unit.said("dial_failed"))["redial_s"]))
            failed_for += redial_s + 1
            unit.timers.advance(redial_s + 1)
        assert len(unit.service.asked) == 2
        unit.service.says(a_location(8, at(host)))
        while "welcomed" not in unit.happened():
            failed = await unit.said("dial_failed")
            unit.timers.advance(float(str(failed["redial_s"])) + 1)
            if len(unit.service.asked) == 3:
                break
        assert (await unit.said("location_learned"))["hosts"] == (at(host),)
        unit.timers.advance(60.0)
        await (await host.opened.get()).greet()
        await unit.said("welcomed")


async def test_a_unit_that_stays_lost_asks_ever_more_rarely(tmp_path: Path) -> None:
    async with stage(tmp_path, signed_by(SIGNER, a_location(7, "wss://127.0.0.1:1"))) as unit:
        unit.power_on()
        lost_for = 0.0
        while lost_for < 4 * ASK_CAP_S:
            redial_s = float(str((await unit.said("dial_failed"))["redial_s"]))
            unit.timers.advance(redial_s + 1)
            lost_for += redial_s + 1
        assert 8 <= len(unit.service.asked) <= 14


async def test_the_service_can_be_lost_and_comes_back(tmp_path: Path) -> None:
    async with small_host() as host, stage(tmp_path, signed_by(SIGNER, a_location(7, at(host)))) as unit:
        perform(deeds.LoseLocation(), unit.adapter, unit.timers)
        unit.power_on()
        assert (await unit.said("location_failed"))["reason"] == "location_down"
        assert unit.service.asked == []
        perform(deeds.Mend(what="location"), unit.adapter, unit.timers)
        unit.timers.advance(5.0)
        await unit.said("location_learned")
        await (await host.opened.get()).greet()
        await unit.said("welcomed")


async def test_a_cut_line_reaches_no_service_either(tmp_path: Path) -> None:
    async with stage(tmp_path, signed_by(SIGNER, a_location())) as unit:
        perform(deeds.CutLine(), unit.adapter, unit.timers)
        unit.power_on()
        assert (await unit.said("location_failed"))["reason"] == "line_cut"
        assert unit.service.asked == []


async def test_a_unit_without_power_asks_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as unit:
        unit.power_on()
        await unit.said("location_failed")
        unit.adapter.power_off()
        asked = len(unit.service.asked)
        unit.timers.advance(DAY_S)
        assert (unit.timers.set, len(unit.service.asked)) == (0, asked)
