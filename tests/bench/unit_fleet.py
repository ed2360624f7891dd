"""The load client of the service host: many units, each with a session, in one event loop."""

import asyncio

from protocol.wire.stack import UnitWire
from tests.bench.identities import SERVER_NAME, Identities
from tests.bench.pace import paced
from tests.bench.subject import LoadError
from tests.bench.tally import GRACE_S, Tally
from tests.bench.tls_client import source_address
from tests.bench.unit_session import Held, UnitSession

CONNECTS_A_SECOND = 200
GIVE_UPS_A_SECOND = 4_000
REDIALS_A_SECOND = 250
"""Units that apply a config come back one after the other, as fast as the row of handshakes has them."""
CLOSED_DUE_S = 30.0


def _overdue(closed: asyncio.Future[float], number: int) -> None:
    if not closed.done():
        closed.set_exception(LoadError(f"unit {number} was not hung up on within {CLOSED_DUE_S:g} s"))


class UnitFleet:
    """Counts for all its sessions (it is their `Owner`); one load at a time."""

    def __init__(self, port: int, identities: Identities) -> None:
        self._port = port
        self._identities = identities
        self._dials: set[asyncio.Task[None]] = set()
        self.sessions: list[UnitSession] = []
        self.held = 0
        self._dropped: str | None = None
        self._turn = 0
        self._trying = False
        self._redial_at = 0.0
        self._greetings = self._answers = self._runs = self._takings = self._confirmations = Tally(0, "nothing")

    async def connect(self, sessions: int) -> None:
        """Open sessions until so many are held."""
        await self._open(sessions - len(self.sessions), CONNECTS_A_SECOND)
        self.held = len(self.sessions)

    async def handshakes(self, count: int, rate: float) -> int:
        """Open that many on top of the held ones."""
        return await self._open(count, rate)

    async def _open(self, count: int, rate: float) -> int:
        self._greetings = Tally(count, "units welcomed")
        first = len(self.sessions)
        await paced(count, rate, lambda due: self._dial_each(range(first + due.start, first + due.stop)))
        return await self._done(self._greetings)

    def _dial_each(self, numbers: range) -> None:
        for number in numbers:
            self.sessions.append(self._session(number, Held()))
            self._begin_dial(number)

    def _redial(self, number: int, held: Held) -> None:
        if number < self.held:  # else the load was given up meanwhile
            self.sessions[number] = self._session(number, held)
            self._begin_dial(number)

    def _session(self, number: int, held: Held) -> UnitSession:
        return UnitSession(number, UnitWire(self._identities.contexts[number], SERVER_NAME, self._port), self, held)

    def _begin_dial(self, number: int) -> None:
        task = asyncio.get_running_loop().create_task(self._dial(number, self.sessions[number]))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _dial(self, number: int, session: UnitSession) -> None:
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: session, "127.0.0.1", self._port, local_addr=source_address(number)
            )
        except OSError as error:
            self.dropped(number, str(error))

    def expect_answers(self, count: int) -> None:
        """The next load is `count` pushes."""
        self._answers = Tally(count, "offers answered")
        self._trying = False

    def expect_runs(self, count: int) -> None:
        """The next load is `count` tasks."""
        self._runs = Tally(count, "tasks run")

    async def all_ran(self) -> int:
        """When every expected task has been answered."""
        return await self._done(self._runs)

    def expect_confirmations(self, count: int) -> None:
        """The next load is `count` pushes that are tried: applied, proved by a new session, confirmed."""
        self._confirmations = Tally(count, "pushes confirmed")
        self._trying = True

    async def all_confirmed(self, grace_s: float) -> int:
        """When the host has taken every expected confirmation."""
        return await self._done(self._confirmations, grace_s)

    async def answered(self) -> int:
        """When every expected offer has been answered."""
        return await self._done(self._answers)

    async def report_each(self, count: int, rate: float) -> None:
        """Sessions report in turn."""

        def issue(due: range) -> None:
            for _ in due:
                self._turn = (self._turn + 1) % self.held
                self.sessions[self._turn].report()

        await paced(count, rate, issue)
        self._check()

    async def give_up_all(self) -> None:
        """Every push that a unit stored is reported reverted, so that the next one can go out."""
        count = 0
        self._takings = Tally(len(self.sessions), "reversions taken")

        def issue(due: range) -> None:
            nonlocal count
            for number in due:
                count += self.sessions[number].give_up()

        await paced(self.held, GIVE_UPS_A_SECOND, issue)
        for _ in range(len(self.sessions) - count):
            self._takings.add()
        await self._done(self._takings)

    def closed_by_host(self, number: int) -> asyncio.Future[float]:
        """Done when the host has closed this session, with the monotonic time of that; fails after a while."""
        closed: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.sessions[number].closed_by_host = closed
        timer = asyncio.get_running_loop().call_later(CLOSED_DUE_S, _overdue, closed, number)
        closed.add_done_callback(lambda _: timer.cancel())
        return closed

    def forget_last(self, count: int) -> None:
        """The last of the held sessions are gone."""
        self.held -= count
        del self.sessions[self.held : self.held + count]

    def close_extra(self) -> None:
        """Close what is open beyond the held sessions."""
        for session in self.sessions[self.held :]:
            session.close()
        del self.sessions[self.held :]

    def close(self) -> None:
        """End every session."""
        self.held = 0
        self.close_extra()

    async def _done(self, tally: Tally, grace_s: float = GRACE_S) -> int:
        self._check()
        return await tally.done(grace_s)

    def _check(self) -> None:
        if self._dropped is not None:
            raise LoadError(self._dropped)

    # -- what sessions tell --------------------------------------------------------------------------------------

    def greeted(self) -> None:
        """Count it."""
        self._greetings.add()

    def stored(self) -> bool:
        """Count it; True while what comes is tried."""
        self._answers.add()
        return self._trying

    def applying(self, number: int, held: Held) -> None:
        """Let it come back in its turn."""
        loop = asyncio.get_running_loop()
        self._redial_at = max(loop.time(), self._redial_at + 1 / REDIALS_A_SECOND)
        loop.call_at(self._redial_at, self._redial, number, held)

    def confirmed(self) -> None:
        """Count it."""
        self._confirmations.add()

    def ran(self) -> None:
        """Count it."""
        self._runs.add()

    def given_up(self) -> None:
        """Count it."""
        self._takings.add()

    def dropped(self, number: int, reason: str) -> None:
        """Fail whatever load runs, and the ones after it: the fleet is not what the row says."""
        self._dropped = f"unit {number}: {reason}"
        for tally in (self._greetings, self._answers, self._runs, self._takings, self._confirmations):
            tally.fail(self._dropped)
