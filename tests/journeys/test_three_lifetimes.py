"""One host and one unit live through three lifetimes of a certificate: no lapse, and neither is started anew."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from adapter_sim.adapter import Adapter
from adapter_sim.box import Box, Clock, Habits
from adapter_sim.dialer import Dialer, HostAddress
from adapter_sim.enrol import BootstrapDoor, enrol
from adapter_sim.identity import Credential, Identity
from adapter_sim.inventory import UnitEntry
from adapter_sim.renewer import AskDoor
from adapter_sim.shelf import Shelf
from adapter_sim.world import World
from servicehost.domain.instant import from_datetime
from servicehost.domain.people import Role
from servicehost.founding import Founded
from tests.adapter_sim.stage import UNIT, HandTimers, Told
from tests.builders.hosts import a_founded_host
from tests.builders.inner_host import InnerHost, inner_host
from tests.builders.loopback import until
from tests.builders.world import person
from tests.fakes.clock import FixedClock

DAY_S = 86_400.0
LIFETIMES = 3
ENTRY = UnitEntry(distribution_id=UNIT, model="SA-1", serial="0001")


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    return a_founded_host(tmp_path)


def opening(founded: Founded) -> FixedClock:
    """The host's clock, an hour after it was founded."""
    door = x509.load_pem_x509_certificate((Path(founded.settings).parent / "door" / "door.pem").read_bytes())
    return FixedClock(from_datetime(door.not_valid_before_utc + timedelta(hours=1)))


async def enrolled(host: InnerHost, folder: Path) -> Identity:
    """Registered, and enrolled at the bootstrap door with a token."""
    dispatcher = person(Role.DISPATCHER)
    await host.host.catalogue.register_unit(dispatcher, UNIT, ENTRY.model, ENTRY.serial)
    token = (await host.host.catalogue.issue_enrolment_token(dispatcher, UNIT)).token
    entry = UnitEntry(distribution_id=UNIT, model=ENTRY.model, serial=ENTRY.serial, token=token)
    identity = Identity(Shelf(folder))
    door = BootstrapDoor(f"https://127.0.0.1:{host.bootstrap_port}", host.anchors)
    await asyncio.to_thread(enrol, entry, identity, door)
    return identity


def asking(host: InnerHost) -> AskDoor:
    """The way to the host's bootstrap door: `simplereenroll` with the certificate that the unit has."""
    door = BootstrapDoor(f"https://127.0.0.1:{host.bootstrap_port}", host.anchors)

    async def ask(request: bytes, held: Credential) -> bytes:
        return await asyncio.to_thread(door.certificate_for, request, held, host.anchors)

    return ask


class Life:
    """The unit and the days it has seen."""

    def __init__(self, host: InnerHost, identity: Identity, ask: AskDoor, clock: FixedClock) -> None:
        self.host, self.identity, self.clock = host, identity, clock
        self.timers, self.told = HandTimers(), Told()
        # Its own clock begins at 1970 at every boot: nothing may depend on it.
        box = Box(boot_id="b", now=self.timers.now(), habits=Habits(clock=Clock(since_1970=True)))
        address = HostAddress(name="127.0.0.1", port=host.adapters_port)
        dialer = Dialer([address], identity.context("current"), self.timers)
        world = World(timers=self.timers, tell=self.told)
        self.unit = Adapter(UNIT, box, dialer, world, identity=identity, ask=ask)
        self.certificates: dict[str, float] = {}
        """Each one the unit has lived with, and the least part of its life that was left."""
        self.doors: set[bytes] = set()

    async def day(self) -> None:
        """A day goes by for both, and whatever falls due in it is done."""
        self.clock.go_on(DAY_S)
        self.timers.advance(DAY_S)
        await self.host.round("renew_lease", "intake_tick", "renew_trust")
        await until(self.at_rest)
        self.look()

    def at_rest(self) -> bool:
        talk = self.unit.talk
        heard = talk is not None and talk.link is not None and talk.link.heard_at == self.timers.now()
        return self.unit.stage == "standby" and not self.unit.renewing and heard

    def look(self) -> None:
        """In session, with a certificate that holds, before a host whose own one holds."""
        held = self.identity.credential("current")
        assert held is not None
        now = self.clock.wall() / 1000
        left = (held.life.not_after - now) / (held.life.not_after - held.life.not_before)
        assert left > 0.2, "the certificate was let come near its end"
        self.certificates[held.fingerprint] = min(left, self.certificates.get(held.fingerprint, 1.0))
        assert self.host.host.adapters_door.sessions >= 1
        door = x509.load_pem_x509_certificate((self.host.folder / "door" / "door.pem").read_bytes())
        assert door.not_valid_before_utc.timestamp() < now < door.not_valid_after_utc.timestamp()
        self.doors.add(door.public_bytes(serialization.Encoding.DER))


async def three_lifetimes(life: Life) -> None:
    life.unit.power_on()
    life.timers.advance()
    await life.told.until("welcomed")
    for _ in range(LIFETIMES * 365):
        await life.day()


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_three_lifetimes_without_a_lapse_and_without_a_restart(founded: Founded, tmp_path: Path) -> None:
    clock = opening(founded)
    async with inner_host(founded, clock, report_interval_s=round(DAY_S)) as host:
        identity = await enrolled(host, tmp_path / "unit")
        life = Life(host, identity, asking(host), clock)
        await three_lifetimes(life)
        happened = [happening.what for happening in life.told.all]
        renewals = happened.count("renewed")
        assert renewals >= LIFETIMES + 1
        assert len(life.certificates) == renewals + 1
        assert len(life.doors) >= LIFETIMES + 1
        # Two thirds, give or take a twentieth, and the day in which it fell due.
        assert all(left < 1 / 3 + 1 / 20 for left in list(life.certificates.values())[:-1])
        assert all(left > 1 / 3 - 1 / 20 - 2 / 365 for left in life.certificates.values())
        assert happened.count("powered_on") == 1
        assert happened.count("welcomed") == renewals + 1
        assert {told.fields["reason"] for told in life.told.all if told.what == "ended"} == {"taken_over"}
        assert not {"renewal_failed", "candidate_refused", "dial_failed"} & set(happened)
        life.unit.power_off()
