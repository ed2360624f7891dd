"""Many adapters in one process: enrolled, powered on over a span, befallen by a scenario, stopped politely."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from adapter_sim.adapter import Adapter
from adapter_sim.ailments import AnyAilment, DeadOnArrival, Step, WrongBox
from adapter_sim.anchors import AnchorsUnfit
from adapter_sim.box import Box, Habits
from adapter_sim.deeds import AnyDeed
from adapter_sim.dialer import Dialer, HostAddress
from adapter_sim.download import DownloadFailed, download
from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed, enrol
from adapter_sim.fetcher import Fetch
from adapter_sim.flash import FlashError, read_flash, write_flash
from adapter_sim.guide import Guide, GuidePlan
from adapter_sim.happenings import Happening
from adapter_sim.identity import Brought, Credential, Identity
from adapter_sim.inventory import UnitEntry
from adapter_sim.keys import CertificateUnfit
from adapter_sim.location import LocationService, LocationUnreachable, signature_check, trusted_in
from adapter_sim.partial import Partial
from adapter_sim.perform import perform
from adapter_sim.renewer import AskDoor
from adapter_sim.shelf import Shelf
from adapter_sim.source import own_source
from adapter_sim.timers import Timer
from adapter_sim.upload import Sending, UploadFailed, upload
from adapter_sim.uploader import Upload
from adapter_sim.world import World
from protocol.identity import DistributionId
from protocol.location import LocationRefused, read_location
from protocol.messages import OfferedFile, Redial
from protocol.timing import redial_delay

__all__ = ["Fleet", "FleetError", "FleetPlan"]

AT_ONCE: Final = 8
"""Units that enrol, or load their keys, at the same time; and as many that renew."""
LEAVING_DUE_S: Final = 10
"""For the goodbyes at the end; what is still open then is dropped."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPlan:
    """Where a fleet dials, what it knows its hosts by, and where it keeps what its units keep.

    `hosts` may be empty when there is a `location` service: units learn their hosts, and where to enrol, from its
    document; hosts that are given are dialled until then.
    `anchors` serves units that bring a certificate; the others get theirs from `bootstrap`. `spread_s` is the span
    within which units power on. They dial from `source`, or each from an address of its own (`own_sources`).
    """

    hosts: Sequence[HostAddress]
    state: Path
    anchors: Path | None = None
    bootstrap: BootstrapDoor | None = None
    location: LocationService | None = None
    spread_s: float = 5.0
    source: str | None = None
    own_sources: bool = False
    fates: Mapping[DistributionId, Sequence[AnyAilment]] = field(default_factory=dict)


class FleetError(Exception):
    """A unit that cannot be brought up: its files cannot be read, or it is here already. The text names it."""


def _anchors_of(identity: Identity) -> str:
    return identity.anchors.read_text("ascii")


class Fleet:
    """Call from one loop. Units are known by Distribution ID."""

    def __init__(self, plan: FleetPlan, world: World) -> None:
        self.adapters: dict[str, Adapter] = {}
        self._plan = plan
        self._world = world
        self._bringing_up = asyncio.Semaphore(AT_ONCE)
        self._asking_door = asyncio.Semaphore(AT_ONCE)
        self._script: set[Timer] = set()
        self._started_at = world.timers.now()

    @property
    def state(self) -> Path:
        """Where its units keep what they keep."""
        return self._plan.state

    @property
    def age_s(self) -> float:
        """Seconds since the fleet was made: what scenarios count in."""
        return self._world.timers.now() - self._started_at

    async def start(self, entries: Sequence[UnitEntry]) -> None:
        """Bring up all of these, and begin the play when every one has its certificate.

        A unit that is refused a certificate is logged and left out. Raises FleetError.
        """
        await asyncio.gather(*(self._bring_up(*self._fated(entry)) for entry in entries))
        self._started_at = self._world.timers.now()
        for unit, ailments in self._plan.fates.items():
            for ailment in ailments if unit in self.adapters else ():
                self._play(unit, ailment.steps())

    async def add(self, entry: UnitEntry, ailments: Sequence[AnyAilment] = ()) -> bool:
        """Bring up one unit more, now; what befalls it counts from here. False when it could not enrol.

        Raises FleetError.
        """
        delivered = next((one.answers for one in ailments if isinstance(one, WrongBox)), entry)
        if delivered.unit in self.adapters:
            raise FleetError(f"{delivered.unit} is in the fleet already")
        age_s = self.age_s
        if not await self._bring_up(delivered, 0.0, ailments):
            return False
        for ailment in ailments:
            self._play(delivered.unit, (step._replace(at_s=step.at_s + age_s) for step in ailment.steps()))
        return True

    def do(self, deed: AnyDeed, unit: str) -> bool:
        """Do a deed to a unit. False when it was an event that is lost. Raises KeyError for a unit that is not here."""
        kept = perform(deed, self.adapters[unit], self._world.timers)
        if not kept:
            self._world.tell(Happening(unit=unit, what="event_lost"))
        return kept

    async def stop(self) -> None:
        """Say goodbye everywhere and wait for the sockets to close, so long as that takes and at most 10 s."""
        for timer in self._script:
            timer.cancel()
        self._script.clear()
        for adapter in self.adapters.values():
            adapter.leave()
        closed = asyncio.gather(*(adapter.quiet() for adapter in self.adapters.values()))
        try:
            async with asyncio.timeout(LEAVING_DUE_S):
                await closed
        except TimeoutError:
            _log.warning("some sessions did not close in time", seconds=LEAVING_DUE_S)

    # -- one unit -----------------------------------------------------------------------------------------------

    def _fated(self, entry: UnitEntry) -> tuple[UnitEntry, float, Sequence[AnyAilment]]:
        """The box that stands where this unit is meant to, and what befalls it."""
        ailments = self._plan.fates.get(entry.unit, ())
        delivered = next((one.answers for one in ailments if isinstance(one, WrongBox)), entry)
        return delivered, self._plan.spread_s, ailments

    async def _bring_up(self, entry: UnitEntry, spread_s: float, ailments: Sequence[AnyAilment]) -> bool:
        try:
            identity = self._identity(entry)
            if not identity.enrolled and not await self._enrol(entry, identity):
                return False
            async with self._bringing_up:
                await asyncio.sleep(0)  # Loading keys takes a while: let those who are up already go about theirs.
                adapter = self._made(entry, identity)
        except (OSError, FlashError, CertificateUnfit) as error:
            raise FleetError(f"{entry.unit}: {error}") from error
        self.adapters[entry.unit] = adapter
        if not any(isinstance(one, DeadOnArrival) for one in ailments):
            adapter.power_on(after_s=self._world.uniform(0.0, spread_s))
        return True

    def _made(self, entry: UnitEntry, identity: Identity) -> Adapter:
        folder = self._plan.state / entry.unit
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = folder / "flash.json"
        context = identity.context("current")
        source = own_source(entry.unit) if self._plan.own_sources else self._plan.source
        dialer = Dialer(self._plan.hosts, context, self._world.timers, source=source)
        box = Box(
            boot_id=self._world.new_boot_id(),
            now=self._world.timers.now(),
            flash=read_flash(kept),
            habits=Habits(modules=entry.module),
        )
        return Adapter(
            entry.unit,
            box,
            dialer,
            self._world,
            keep=lambda flash: write_flash(kept, flash),
            identity=identity,
            ask=self._asking(identity),
            guide=self._guide(entry, identity, dialer),
            fetch=self._fetching(identity),
            upload=self._uploading(identity),
        )

    def _guide(self, entry: UnitEntry, identity: Identity, dialer: Dialer) -> Guide | None:
        if self._plan.location is None:
            return None
        memory = self._plan.state / entry.unit / "location.jws"
        plan = GuidePlan(
            unit=entry.unit,
            service=self._plan.location,
            anchors=partial(_anchors_of, identity),
            memory=memory,
            learned=partial(self._learned, entry.unit, identity),
        )
        return Guide(plan, dialer, self._world)

    def _learned(self, unit: str, identity: Identity, anchors: tuple[str, ...]) -> None:
        try:
            if identity.trust is not None:
                identity.trust.join(anchors)
        except (AnchorsUnfit, CertificateUnfit, OSError) as error:
            why: dict[str, object] = {"reason": "anchors_not_kept", "detail": str(error)}
            self._world.tell(Happening(unit=unit, what="location_failed", fields=why))

    def _asking(self, identity: Identity) -> AskDoor | None:
        if self._plan.bootstrap is None and self._plan.location is None:
            return None

        async def ask(request: bytes, held: Credential) -> bytes:
            async with self._asking_door:
                door = await self._door(identity.anchors)
                if door is None:
                    raise EnrolmentFailed("no_door", "the location document names no bootstrap door", retry_after_s=60)
                return await asyncio.to_thread(door.certificate_for, request, held, identity.anchors)

        return ask

    def _fetching(self, identity: Identity) -> Fetch | None:
        if self._plan.bootstrap is None and self._plan.location is None:
            return None

        async def fetch(digest: str, file: OfferedFile, partial: Partial, cut_after: int | None) -> None:
            try:
                address, context = await self._way_in(identity)
            except EnrolmentFailed as error:
                raise DownloadFailed(error.reason, error.text) from error
            await asyncio.to_thread(
                download,
                address,
                file.path,
                digest,
                partial,
                size_bytes=file.size_bytes,
                context=context,
                cut_after=cut_after,
            )

        return fetch

    def _uploading(self, identity: Identity) -> Upload | None:
        if self._plan.bootstrap is None and self._plan.location is None:
            return None

        async def send(path: str, body: bytes, sending: Sending, cut_after: int | None) -> None:
            try:
                address, context = await self._way_in(identity)
            except EnrolmentFailed as error:
                raise UploadFailed(error.reason, error.text) from error
            await asyncio.to_thread(upload, address, path, body, sending, context=context, cut_after=cut_after)

        return send

    async def _way_in(self, identity: Identity) -> tuple[tuple[str, int], ssl.SSLContext]:
        """The bootstrap door, and what to prove oneself with. Raises EnrolmentFailed."""
        door = await self._door(identity.anchors)
        if door is None:
            raise EnrolmentFailed("no_door", "the location document names no bootstrap door")
        try:
            return door.address, await asyncio.to_thread(identity.context, "current")
        except (CertificateUnfit, OSError) as error:
            raise EnrolmentFailed("credential_unreadable", str(error)) from error

    def _identity(self, entry: UnitEntry) -> Identity:
        brought = _pair(entry.certificate, entry.key)
        if brought is not None and self._plan.anchors is None:
            raise FleetError(f"{entry.unit} brings its certificate, but no anchors were given to know a host by")
        return Identity(
            Shelf(self._plan.state / entry.unit),
            brought=brought,
            birth=_pair(entry.birth_certificate, entry.birth_key),
            anchors=None if brought is None else self._plan.anchors,
        )

    async def _enrol(self, entry: UnitEntry, identity: Identity) -> bool:
        """Try until it is done or refused for good; whether it was done."""
        attempt = 0
        while True:
            try:
                async with self._bringing_up:
                    door = await self._door(self._plan.anchors)
                    await asyncio.to_thread(enrol, entry, identity, door)
                    return True
            except EnrolmentFailed as error:
                _log.warning("not enrolled", unit=entry.unit, reason=error.reason, again_s=error.retry_after_s)
                if error.retry_after_s is None:
                    return False
                rule_s = redial_delay(Redial(), attempt, slow=False, hosts=1, uniform=self._world.uniform)
                attempt += 1
                await asyncio.sleep(max(rule_s, error.retry_after_s))

    async def _door(self, believed: Path | None) -> BootstrapDoor | None:
        """The one that was given, else the first that the location document names."""
        plan = self._plan
        if plan.bootstrap is not None or plan.location is None or believed is None:
            return plan.bootstrap
        anchors = believed.read_text("ascii")
        try:
            fetched = await plan.location.ask(anchors)
            check = signature_check(trusted_in(anchors))
            doors = read_location(fetched.text or b"", check).bootstrap
        except LocationUnreachable as error:
            raise EnrolmentFailed(error.reason, error.text, retry_after_s=5) from error
        except LocationRefused as error:
            raise EnrolmentFailed(error.code, error.text, retry_after_s=60) from error
        return BootstrapDoor(doors[0], believed) if doors else None

    # -- the play -----------------------------------------------------------------------------------------------

    def _play(self, unit: str, script: Iterator[Step]) -> None:
        """Set the next step of a script that may have no end."""
        step = next(script, None)
        if step is None:
            return

        def due() -> None:
            self._script.discard(timer)
            self.do(step.deed, unit)
            self._play(unit, script)

        timer = self._world.timers.call_later(max(0.0, step.at_s - self.age_s), due)
        self._script.add(timer)


def _pair(certificate: str | None, key: str | None) -> Brought | None:
    return None if certificate is None or key is None else Brought(certificate=Path(certificate), key=Path(key))
