"""A yard of adapters in session on a real store, and a rollout over them: what units say is written as they would."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from protocol.digest import digest_of
from servicehost.backends.sql.reads import open_reads
from servicehost.backends.sql.store import open_store
from servicehost.domain.config import Revision
from servicehost.domain.contract import EVERYTHING, ManagementContract
from servicehost.domain.fault import FaultPhase, opened
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import Member, Rollout, RolloutPlan, RolloutPolicy, Tally
from servicehost.domain.selection import Selection
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.operations.create_rollout import RolloutOrder
from servicehost.operations.rollouts_catalogue import RolloutsCatalogue, open_rollouts_catalogue
from servicehost.operations.step_rollouts import Stepped
from servicehost.ports.session_rows import Arrival, SessionEnd
from servicehost.ports.store import Batch
from tests.builders.databases import fresh_database
from tests.fakes.clock import FixedClock
from tests.fakes.line import RecordingLine

__all__ = ["ANNA", "BERT", "POLICY", "TENANT", "Yard", "code_of", "opened_yard"]

T = TypeVar("T")
TENANT = "nxm000000001"
OLD, NEW = "old\n", "new\n"
POLICY = RolloutPolicy(lost_after_ms=60_000, answer_ms=60_000, look_ms=5_000)


def _manager(number: int) -> Actor:
    return Actor(
        person_id=number,
        master_id=f"MID0000000{number}",
        name="A manager",
        role=Role.OPERATION_MANAGER,
        management_code=TENANT,
    )


ANNA, BERT = _manager(1), _manager(2)


def code_of(number: int) -> str:
    return f"nxe{number:09d}"


class Yard:
    """Adapter n has unit n; each runs revision 1 and has revision 2 as its working config."""

    def __init__(self, database: Path, policy: RolloutPolicy = POLICY) -> None:
        self.database = database
        self.policy = policy
        self.clock = FixedClock()
        self.line = RecordingLine()
        self.epochs: dict[int, int] = {}
        self.run = 0
        self.open()

    def open(self) -> None:
        self.store = open_store(self.database)
        self.reads = open_reads(self.database)
        self.ops: RolloutsCatalogue = open_rollouts_catalogue(
            store=self.store, clock=self.clock, line=self.line, policy=self.policy
        )

    async def crash(self) -> None:
        """Everything in memory is gone, and the host begins another run."""
        await self.close()
        self.open()
        await self.begin()

    async def close(self) -> None:
        await self.reads.close()
        await self.store.close()

    async def begin(self) -> None:
        self.began_at = self.clock.wall()
        self.run = await self.store.begin_run("h", self.began_at)

    async def live(self) -> None:
        """The host says that it lives."""
        now = self.clock.wall()
        await self.batch(lambda batch: batch.renew_lease("h", self.run, self.began_at, now))

    async def batch(self, work: Callable[[Batch], T]) -> T:
        return await self.store.batch(EVERYTHING, work)

    async def found(self, adapters: int, *, sites: Sequence[str] = ()) -> None:
        await self.begin()
        async with self.store.transaction(EVERYTHING) as tx:
            await tx.add_contract(ManagementContract(management_code=TENANT, label="one", created_at=1))
            for body in (OLD, NEW):
                await tx.add_content(TENANT, digest_of(body.encode()), body)
            for number in range(1, adapters + 1):
                await self._found_one(tx, number, sites[number - 1] if number <= len(sites) else "")
        first = [first_push(code_of(number)) for number in range(1, adapters + 1)]
        await self.batch(lambda batch: make_startup(batch, first))
        for number in range(1, adapters + 1):
            await self.come(number)

    async def _found_one(self, tx: Any, number: int, site: str) -> None:
        code = code_of(number)
        unit = await tx.add_unit(
            Unit(unit_id=0, distribution_id=f"D-{number}", model="M1", serial=f"S{number}", registered_at=1)
        )
        await tx.add_adapter(Adapter(service_code=code, management_code=TENANT, memo="", created_at=1, site_name=site))
        bound = Binding(
            number=0, service_code=code, management_code=TENANT, unit_id=unit.unit_id, bound_at=1, reason=""
        )
        await tx.bind(bound)
        await tx.add_revisions([a_revision(code, 1, OLD), a_revision(code, 2, NEW)])

    # -- what units do ---------------------------------------------------------------------------------------------

    async def come(self, number: int) -> None:
        """The unit says hello."""
        self.epochs[number] = self.epochs.get(number, 0) + 1
        arrival = Arrival(
            unit_id=number,
            epoch=self.epochs[number],
            host="h",
            run=self.run,
            at=self.clock.wall(),
            certificate="",
            remote_address=f"192.0.2.{number % 250}:1",
            tls_version="",
            firmware="1",
            boot_id="b",
            boot_cause="reboot",
            clock_skew_ms=None,
            modules=(),
        )
        await self.batch(lambda batch: batch.arrive([arrival]))

    async def go(self, number: int, ending: str = "connection_lost") -> None:
        """The unit's session ends."""
        end = SessionEnd(unit_id=number, epoch=self.epochs[number], at=self.clock.wall(), ending=ending)
        await self.batch(lambda batch: batch.end_sessions([end]))

    async def push_of(self, number: int) -> Push | None:
        code = code_of(number)
        waiting = await self.batch(lambda batch: batch.open_pushes([code]))
        return next(iter(waiting.get(code, [])), None)

    async def end(self, number: int, phase: Phase = Phase.CONFIRMED) -> None:
        """The oldest open push of the adapter comes to this end, or phase."""
        push = await self.push_of(number)
        assert push is not None, f"adapter {number} has no open push"
        after = msgspec.structs.replace(push, phase=phase, changed_at=self.clock.wall())

        def work(batch: Batch) -> None:
            batch.save_pushes([after])
            make_startup(batch, [after])

        await self.batch(work)

    async def fault(self, number: int) -> None:
        fault = opened(code_of(number), TENANT, number, FaultPhase.OPEN, self.clock.wall())
        await self.batch(lambda batch: batch.add_fault(fault))

    # -- rollouts --------------------------------------------------------------------------------------------------

    async def create(self, numbers: Sequence[int], **plan: Any) -> Rollout:
        targets = Selection(service_codes=tuple(code_of(number) for number in numbers))
        order = RolloutOrder(name="a change", plan=RolloutPlan(targets=targets, **plan))
        return await self.ops.create_rollout(ANNA, order)

    async def start(self, numbers: Sequence[int], **plan: Any) -> Rollout:
        made = await self.create(numbers, **plan)
        return await self.ops.start_rollout(ANNA, made.rollout, None, False)

    async def step(self, seconds: float = 0.0) -> Stepped:
        """Go on so long, then let the engine do all it can now."""
        self.clock.go_on(seconds)
        await self.live()
        for _ in range(20):
            stepped = await self.ops.step_rollouts()
            if not stepped.more:
                return stepped
        raise AssertionError("the engine does not come to rest")

    async def rollout(self, number: int = 1) -> Rollout:
        found = await self.batch(lambda batch: batch.rollout(number))
        assert found is not None
        return found

    async def members(self, number: int = 1) -> list[Member]:
        return await self.reads.rollout_members(EVERYTHING, number, limit=20_000)

    async def states(self, number: int = 1) -> list[str]:
        """Of the members in the order of their turns: `state`, or `state: reason`."""
        return [f"{one.state}: {one.reason}" if one.reason else str(one.state) for one in await self.members(number)]

    async def tallies(self, number: int = 1) -> dict[int, Tally]:
        return await self.batch(lambda batch: batch.tallies(number))


def a_revision(code: str, number: int, body: str) -> Revision:
    return Revision(
        service_code=code,
        management_code=TENANT,
        module=0,
        revision=number,
        digest=digest_of(body.encode()),
        size_bytes=len(body),
        saved_at=number,
        author="nobody",
        reason="",
    )


def make_startup(batch: Batch, pushes: Sequence[Push]) -> None:
    """What was confirmed is the startup config of its adapter."""
    confirmed = [push for push in pushes if push.phase is Phase.CONFIRMED]
    batch.set_startup([(push.service_code, push.revision, push.digest) for push in confirmed])


def first_push(code: str) -> Push:
    return Push(
        push=0,
        service_code=code,
        management_code=TENANT,
        module=0,
        revision=1,
        digest=digest_of(OLD.encode()),
        phase=Phase.CONFIRMED,
        kind="operator",
        ordered_by="nobody",
        ordered_at=1,
        changed_at=1,
        confirm_timeout_s=600,
    )


@asynccontextmanager
async def opened_yard(
    folder: Path, adapters: int, *, sites: Sequence[str] = (), policy: RolloutPolicy = POLICY
) -> AsyncIterator[Yard]:
    yard = Yard(fresh_database(folder), policy)
    await yard.found(adapters, sites=sites)
    yield yard
    await yard.close()
