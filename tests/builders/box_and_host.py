"""The simulator's box and the host's own rules on a real store; what lies between them is a test's to do."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from adapter_sim.box import Box, Request
from adapter_sim.slot import NotNow
from protocol.codes import ErrorCode
from protocol.digest import digest_of
from protocol.messages import ConfigOffer, ConfigProgress, OfferAnswer, Welcome
from protocol.session import RefusedByPeer
from servicehost.backends.sql.store import SqlStore, open_store
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.push import Phase, Push, Target
from servicehost.domain.startup import Startup
from servicehost.operations.phone_home import Call, phone_home
from servicehost.operations.take_answers import Answer, take_answers
from servicehost.operations.take_progress import Step, take_progress
from servicehost.operations.work_due import work_due
from servicehost.ports.desk import Fence, Stale, Welcomed
from servicehost.ports.store import Batch
from tests.builders.estate import Estate, a_push, a_revision, build_estate
from tests.builders.units import US, a_caller

__all__ = ["BoxAndHost", "body"]


def body(number: int) -> str:
    """A config that the box takes."""
    return f"hostname h{number}\ninterface ge0 address dhcp\nroute default ge0\n"


class BoxAndHost:
    """One adapter, one box. Every call is one transaction of the host, or one thing that happens to the box."""

    def __init__(self, store: SqlStore, estate: Estate) -> None:
        self.store = store
        self.estate = estate
        self.now = 0.0
        self.box = Box(boot_id="b0", now=0.0)
        self.boots = 0
        self.welcomed: set[int] = set()
        """Pushes that the host has said yes to."""

    @classmethod
    async def found(cls, database: Path) -> "BoxAndHost":
        """On an empty database; nothing is ordered yet."""
        store = open_store(database)
        estate = await build_estate(store, 1)
        made = cls(store, estate)
        async with store.transaction(EVERYTHING) as tx:
            await tx.save_pushes([msgspec.structs.replace(estate.push, phase=Phase.CANCELLED)])
        return made

    async def batch(self, work: Any) -> Any:
        return await self.store.batch(EVERYTHING, work)

    # -- people -------------------------------------------------------------------------------------------------

    async def order(self, number: int, target: Target = Target.BOTH) -> Push:
        code, tenant = self.estate.service_code, self.estate.management_code
        text = body(number)
        digest = digest_of(text.encode())
        async with self.store.transaction(EVERYTHING) as tx:
            revision = (await tx.latest_revisions([code], 0))[code].revision + 1
            await tx.add_content(tenant, digest, text)
            await tx.add_revisions([a_revision(code, tenant, revision=revision, digest=digest)])
            (push,) = await tx.add_pushes([a_push(code, tenant, revision=revision, digest=digest, target=target)])
        return push

    async def push(self, number: int) -> Push:
        async with self.store.transaction(EVERYTHING) as tx:
            found = await tx.push(number)
        assert found is not None
        return found

    async def startup(self) -> Startup:
        code = self.estate.service_code

        def read(batch: Batch) -> Startup:
            return batch.startups([code])[code]

        found: Startup = await self.batch(read)
        return found

    # -- the wire -----------------------------------------------------------------------------------------------

    async def hello(self) -> Welcomed:
        """What the host answers; the box has not heard it yet."""
        call = Call(caller=a_caller(self.estate.unit.distribution_id), hello=self.box.hello(wall=0.0, now=self.now))
        (answer,) = await self.batch(lambda batch: phone_home(batch, [call], US, round(self.now * 1000) + 1000))
        assert isinstance(answer, Welcomed)
        self.welcomed |= set(answer.welcome.confirm)
        return answer

    def hear(self, welcome: Welcome) -> None:
        if not self.box.welcomed(welcome):
            self.box.denied(welcome)

    async def offer(self, fence: Fence) -> ConfigOffer | Stale | None:
        (due,) = await self.batch(lambda batch: work_due(batch, [fence]))
        assert due is None or isinstance(due, ConfigOffer | Stale)
        return due

    def take(self, offer: ConfigOffer) -> OfferAnswer | RefusedByPeer:
        """What the box answers."""
        answer = self.box.offer(offer, self.now)
        return RefusedByPeer(code=ErrorCode.BUSY, reason=answer.reason) if isinstance(answer, NotNow) else answer

    async def answered(self, fence: Fence, push: int, said: OfferAnswer | RefusedByPeer) -> Stale | NotFound | None:
        answer = Answer(fence=fence, push=push, said=said)
        (taken,) = await self.batch(lambda batch: take_answers(batch, [answer], round(self.now * 1000) + 1000))
        result: Stale | NotFound | None = taken
        return result

    async def progressed(self, fence: Fence, said: Request) -> Stale | NotFound | None:
        assert isinstance(said, ConfigProgress)
        step = Step(fence=fence, said=said)
        (taken,) = await self.batch(lambda batch: take_progress(batch, [step], round(self.now * 1000) + 1000))
        result: Stale | NotFound | None = taken
        return result

    async def try_what_is_due(self) -> bool:
        """Dial, take the offer and apply it, as far as its trial; False when nothing is due."""
        answer = await self.hello()
        self.hear(answer.welcome)
        offer = await self.offer(answer.fence)
        if not isinstance(offer, ConfigOffer):
            return False
        assert await self.answered(answer.fence, offer.push, self.take(offer)) is None
        return self.box.begin_trial(self.now)

    # -- what a healthy box does, all of it ----------------------------------------------------------------------

    async def settle(self) -> None:
        """Dial, take what is offered, try it, come back with it, say so, until nothing is left to do."""
        for _ in range(12):
            answer = await self.hello()
            self.hear(answer.welcome)
            if not await self._talk(answer.fence):
                return
        raise AssertionError("the box and its host find no end")

    async def _talk(self, fence: Fence) -> bool:
        """One session. True when the box has to dial again."""
        while True:
            if (said := self.box.next_request()) is not None:
                assert await self.progressed(fence, said) is None
                self.box.taken(said)
                continue
            offer = await self.offer(fence)
            if not isinstance(offer, ConfigOffer):
                return False
            assert await self.answered(fence, offer.push, self.take(offer)) is None
            if self.box.begin_trial(self.now) and not self.box.check_trial():
                return True

    def exchange(self) -> None:
        """Another box takes its place, with an empty flash."""
        self.box = Box(boot_id=f"new-{self.boots}", now=self.now)

    def boot(self) -> None:
        self.boots += 1
        self.now += 1.0
        self.box.boot(boot_id=f"b{self.boots}", cause="power_on", now=self.now)
        self.box.check_trial()

    def time_passes(self, seconds: float = 601.0) -> None:
        self.now += seconds
        self.box.expire(self.now)

    async def close(self) -> None:
        await asyncio.shield(self.store.close())
