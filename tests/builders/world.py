"""A small world on a real database: two contracts, an adapter and its unit, spares, people, and a clock that obeys."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from protocol import messages
from protocol.codes import CloseCode
from servicehost.backends.carriers.simulated import Conduct, SimulatedCarrier
from servicehost.backends.places.packaged import packaged_places
from servicehost.backends.sql.reads import open_reads
from servicehost.backends.sql.store import open_store
from servicehost.domain.address import Address
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING, ManagementContract
from servicehost.domain.custody import Part
from servicehost.domain.exchange import Exchange
from servicehost.domain.fact_kind import Ownership
from servicehost.domain.people import Actor, Role
from servicehost.domain.reaction import Retry
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.operations.area_catalogue import AreaPolicy
from servicehost.operations.case_catalogue import CaseCatalogue, open_case_catalogue
from servicehost.operations.end_sessions import Ending, end_sessions
from servicehost.operations.errand_catalogue import CarriersBell
from servicehost.operations.phone_home import Call, HostIdentity, phone_home
from servicehost.operations.take_events import Notice, take_events
from servicehost.operations.take_reports import Hearsay, write_reports
from servicehost.ports.carrier import Carrier
from servicehost.ports.desk import Caller, Fence, NotAdmitted, Welcomed
from servicehost.ports.store import Store
from tests.builders.databases import fresh_database

CODE, OTHER_CODE = "nxe000000001", "nxe000000002"
TENANT, OTHER_TENANT = "nxm000000001", "nxm000000002"
STARTUP = "sha256:" + "a" * 64
OLD, NEW, NEW_2, OTHER_MODEL = 1, 2, 3, 4
MODEL = "SA-W2"
PRICED = ReturnPolicy(
    accessories={MODEL: (Part.AC_ADAPTER, Part.LAN_CABLE)},
    prices={MODEL: {Part.UNIT: 30_000, Part.AC_ADAPTER: 3_000, Part.LAN_CABLE: 500}},
)


ADDRESS = Address(
    postal_code="1020071",
    municipality_code="13101",
    prefecture="東京都",
    municipality="千代田区",
    rest="富士見2-10-2",
    addressee="情報システム部",
    telephone="0312345678",
)
SHIPPED_TO = ShippingAddress(
    number=0, service_code=CODE, management_code=TENANT, address=ADDRESS, said_at=0, said_by="manager"
)


def distribution_id(number: int) -> str:
    return f"0001-0000-0000-000B-02E0-4DFF-FE10-{number:04X}"


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now_ms = 1_800_000_000_000

    def wall(self) -> int:
        return self.now_ms

    def monotonic(self) -> float:
        return self.now_ms / 1000


SAID = {
    CloseCode.UNBOUND,
    CloseCode.REPLACED,
    CloseCode.REVOKED,
    CloseCode.OUT_OF_SERVICE,
    CloseCode.MOVED,
    CloseCode.DUPLICATE,
}


class RecordingLine:
    """Remembers who was to look, and whose sessions were to end."""

    def __init__(self) -> None:
        self.ended: list[tuple[int, int]] = []
        self.codes: list[CloseCode] = []
        self.nudged: list[int] = []
        self.renewed: list[tuple[int, str]] = []

    def nudge(self, unit_ids: Iterable[int]) -> None:
        self.nudged += unit_ids

    def renew(self, unit_ids: Iterable[int], renew: messages.Renew) -> None:
        self.renewed += [(unit_id, renew.reason) for unit_id in unit_ids]

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        assert code in SAID, f"no use case ends sessions with {code.name}"
        self.ended.append((unit_id, below_epoch))
        self.codes.append(code)


def person(role: Role, management_code: str | None = None, name: str = "") -> Actor:
    return Actor(person_id=1, master_id=name or role.value, name=role.value, role=role, management_code=management_code)


MANAGER = person(Role.OPERATION_MANAGER, TENANT)
STRANGER = person(Role.OPERATION_MANAGER, OTHER_TENANT, "stranger")
SUPPORT = person(Role.SUPPORT)
DISPATCHER = person(Role.DISPATCHER)


class Field:
    """The world over any store. What it keeps itself is only what units and the clock know; the rest is the store's."""

    def __init__(
        self,
        store: Store,
        *,
        conduct: Conduct | None = None,
        retry: Retry | None = None,
        policy: ReturnPolicy | None = None,
        bell: CarriersBell | None = None,
    ) -> None:
        self.store = store
        self.clock = HandClock()
        self.line = RecordingLine()
        self.sessions: dict[int, Fence] = {}
        self.run_number = 1
        self.retry = retry
        self.policy = policy or PRICED
        self.bell = bell
        self.carrier = SimulatedCarrier(self.clock, conduct or Conduct(travel_s=None))
        self.hired: Carrier | None = None
        self.ops = self._open()

    def _open(self) -> CaseCatalogue:
        return open_case_catalogue(
            store=self.store,
            clock=self.clock,
            line=self.line,
            carrier=self.hired or self.carrier,
            retry=self.retry,
            policy=self.policy,
            areas=AreaPolicy(places=packaged_places()),
            bell=self.bell,
        )

    def hires(self, carrier: Carrier) -> None:
        """From now on another carrier is asked than the simulated one."""
        self.hired = carrier
        self.ops = self._open()

    async def found(self) -> None:
        """Fill an empty database: unit 1 serves the adapter, 2 and 3 are spares of its model, 4 of another."""
        self.run_number = await self.store.begin_run("h", self.clock.wall())
        async with self.store.transaction(EVERYTHING) as tx:
            for tenant, code in ((TENANT, CODE), (OTHER_TENANT, OTHER_CODE)):
                await tx.add_contract(ManagementContract(management_code=tenant, label="x", created_at=0))
                await tx.add_adapter(Adapter(service_code=code, management_code=tenant, memo="", created_at=0))
            for number in (OLD, NEW, NEW_2, OTHER_MODEL):
                unit = await tx.add_unit(_unit(number))
                assert unit.unit_id == number
                await tx.add_certificate(number, f"leaf-{number}", f"serial-{number}", 2**42, 0)
            await tx.bind(_binding(OLD))
        await self.store.batch(EVERYTHING, lambda batch: batch.set_startup([(CODE, 1, STARTUP)]))
        await self.store.batch(EVERYTHING, lambda batch: batch.add_shipping_address(SHIPPED_TO))
        for number in (NEW, NEW_2, OTHER_MODEL):
            await self.ops.stock_unit(DISPATCHER, distribution_id(number))

    async def hello(self, unit_id: int, *, boot: str = "b1", cause: messages.BootCause = "power_on",
                    firmware: str = "1.0", leaf: int | None = None) -> Welcomed:  # fmt: skip
        """Raises NotAdmitted."""
        mark = messages.Mark(revision=1, digest=STARTUP)
        call = Call(
            caller=Caller(
                distribution_id=distribution_id(unit_id),
                model_serial="x",
                certificate=f"leaf-{leaf or unit_id}",
                remote_address="127.0.0.1",
                tls_version="TLSv1.3",
            ),
            hello=messages.Hello(
                firmware=firmware,
                boot_id=f"{unit_id}-{boot}",
                boot_cause=cause,
                modules=(messages.ModuleState(running=mark, startup=mark, confirmed=mark),),
            ),
        )
        us = HostIdentity(host="h", run=self.run_number)
        now = self.clock.wall()
        await self.store.batch(EVERYTHING, lambda batch: batch.renew_lease("h", self.run_number, 0, now))
        (answer,) = await self.store.batch(EVERYTHING, lambda batch: phone_home(batch, [call], us, now))
        if isinstance(answer, NotAdmitted):
            self.sessions.pop(unit_id, None)  # it has hung up to dial
            raise answer
        self.sessions[unit_id] = answer.fence
        return answer

    async def falls_silent(self, unit_id: int) -> None:
        fence = self.sessions.pop(unit_id, None)
        if fence is not None:
            ending = Ending(fence=fence, code=CloseCode.SILENT, reason="", at=self.clock.wall())
            await self.store.batch(EVERYTHING, lambda batch: end_sessions(batch, [ending]))

    async def says(self, unit_id: int, sub_type: str, component: str = "", sequence: int = 1) -> None:
        event = messages.Event(sequence=sequence, sub_type=sub_type, component=component, severity=2)
        notice = Notice(fence=self.sessions[unit_id], boot_id="b1", said=event)
        now = self.clock.wall()
        await self.store.batch(EVERYTHING, lambda batch: take_events(batch, [notice], now))

    async def reports(self, unit_id: int, times: int = 3) -> None:
        hearsay = Hearsay()
        for _ in range(times):
            self.clock.now_ms += 1
            hearsay.take(self.sessions[unit_id], messages.Report(uptime_s=1), self.clock.wall())
            heard = hearsay.due(10)
            await self.store.batch(EVERYTHING, lambda batch, said=heard: write_reports(batch, said))  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    async def passes(self, seconds: float) -> None:
        """Time goes by; the host lives."""
        self.clock.now_ms += int(seconds * 1000)
        now = self.clock.wall()
        await self.store.batch(EVERYTHING, lambda batch: batch.renew_lease("h", self.run_number, 0, now))

    async def workers(self) -> None:
        """One round of everything the clock does, and of what follows."""
        await self.ops.suspect_silence(600_000)
        await self.ops.collect_notices()
        await self.ops.settle_swaps()
        await self.ops.check_acceptances()
        await self.ops.run_reactions()

    async def reborn(self) -> None:
        """Everything in memory is gone; a new run works on the same store, and units in session dial again."""
        self.carrier = SimulatedCarrier(self.clock, self.carrier.conduct)
        self.run_number = await self.store.begin_run("h", self.clock.wall())
        self.ops = self._open()
        for unit_id in sorted(self.sessions):
            with suppress(NotAdmitted):
                await self.hello(unit_id)

    async def exchange(self, number: int = 1) -> Exchange:
        found = await self.store.batch(EVERYTHING, lambda batch: batch.exchange(number))
        assert found is not None
        return found

    async def bound(self, code: str = CODE) -> int | None:
        binding = await self.store.batch(EVERYTHING, lambda batch: batch.binding_of_adapter(code))
        return None if binding is None else binding.unit_id


class World(Field):
    """A field on a file, whose host can be killed."""

    def __init__(
        self,
        folder: Path,
        *,
        conduct: Conduct | None = None,
        retry: Retry | None = None,
        bell: CarriersBell | None = None,
    ) -> None:
        self.database = fresh_database(folder)
        self.file = open_store(self.database)
        self.reads = open_reads(self.database)
        super().__init__(self.file, conduct=conduct, retry=retry, bell=bell)

    async def killed(self) -> None:
        """Everything in memory is gone; a new run opens the same database. The units' sessions are cut."""
        await self.file.close()
        self.file = open_store(self.database)
        self.store = self.file
        await self.reborn()

    async def close(self) -> None:
        await self.reads.close()
        await self.file.close()


def _unit(number: int) -> Unit:
    return Unit(
        unit_id=0,
        distribution_id=distribution_id(number),
        model="SA-X9" if number == OTHER_MODEL else MODEL,
        serial=f"S{number}",
        registered_at=0,
        ownership=Ownership.RENTAL,
    )


def _binding(unit_id: int) -> Binding:
    return Binding(number=0, service_code=CODE, management_code=TENANT, unit_id=unit_id, bound_at=0, reason="installed")
