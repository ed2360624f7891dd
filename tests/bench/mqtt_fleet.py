"""The MQTT load client: many sessions, one that sends to them and one that hears their reports."""

import asyncio

from tests.bench.identities import Identities, distribution_id
from tests.bench.mqtt import Publish, encode
from tests.bench.mqtt_session import MqttSession
from tests.bench.pace import paced
from tests.bench.subject import LoadError
from tests.bench.tally import Tally
from tests.bench.tls_client import dial

PUSH_BYTES = 4_096
REPORT_BYTES = 200
REPORT_INTERVAL_S = 30.0
CONNECTS_A_SECOND = 200
_PACKET_IDS = 0xFFFF


class MqttFleet:
    """Counts for all its sessions (it is their `Owner`); one load at a time."""

    def __init__(self, port: int, identities: Identities) -> None:
        self._port = port
        self._identities = identities
        self._dials: set[asyncio.Task[None]] = set()
        self._sessions: list[MqttSession] = []
        self._held = 0
        self._turn = 0
        self._dropped: str | None = None
        self._greetings = self._deliveries = self._acknowledgements = Tally(0, "nothing")

    async def open_helpers(self) -> None:
        """Open the two sessions that the loads need beside the fleet; they carry the last two identities."""
        last = len(self._identities.contexts) - 1
        self._greetings = Tally(2, "helpers greeted")
        self._orders = await self._dial(MqttSession("orders", "orders", self), last)
        self._observer = await self._dial(MqttSession("observer", "reports/+", self), last - 1)
        await self._greetings.done()

    async def connect(self, sessions: int) -> None:
        """Open sessions until so many are held."""
        await self._open(sessions - len(self._sessions), CONNECTS_A_SECOND)
        self._held = len(self._sessions)

    async def handshakes(self, count: int, rate: float) -> int:
        """Open that many on top of the held ones; `close_extra` ends them."""
        return await self._open(count, rate)

    def close_extra(self) -> None:
        """Close what is open beyond the held sessions."""
        for session in self._sessions[self._held :]:
            session.close()
        del self._sessions[self._held :]

    async def push(self, count: int, rate: float) -> int:
        """One sender's QoS 1 messages, each to one session's topic; done when every PUBACK of both kinds was read."""
        self._deliveries = Tally(count, "pushes delivered")
        self._acknowledgements = Tally(count, "pushes acknowledged to the sender")
        payload = bytes(PUSH_BYTES)
        await paced(count, rate, lambda due: self._publish(due, payload))
        delivered = await self._done(self._deliveries)
        await self._done(self._acknowledgements)
        await self._orders.ping()
        return delivered

    async def reports(self, count: int, rate: float) -> int:
        """QoS 0 messages of the sessions in turn; done when the observer has them all."""
        self._deliveries = Tally(count, "reports heard")
        payload = b"r" * REPORT_BYTES
        await paced(count, rate, lambda due: self._report(due, payload))
        return await self._done(self._deliveries)

    async def idle(self, seconds: float) -> int:
        """Every session's report each 30 s, for so long."""
        rate = self._held / REPORT_INTERVAL_S
        return await self.reports(max(1, round(rate * seconds)), rate)

    def close(self) -> None:
        """End every session, helpers too."""
        self._held = 0
        self.close_extra()

    def greeted(self) -> None:
        """Count it."""
        self._greetings.add()

    def delivered(self) -> None:
        """Count it."""
        self._deliveries.add()

    def acknowledged(self) -> None:
        """Count it."""
        self._acknowledgements.add()

    def dropped(self, client_id: str, reason: str) -> None:
        """Fail whatever load runs, and the ones after it: the fleet is not what the row says."""
        self._dropped = f"{client_id}: {reason}"
        for tally in (self._greetings, self._deliveries, self._acknowledgements):
            tally.fail(self._dropped)

    async def _open(self, count: int, rate: float) -> int:
        if len(self._sessions) + count + 2 > len(self._identities.contexts):
            raise LoadError(f"too few identities for {count:,} more sessions")
        self._greetings = Tally(count, "sessions greeted")
        first = len(self._sessions)
        await paced(count, rate, lambda due: self._start_dials(first, due))
        return await self._done(self._greetings)

    def _start_dials(self, first: int, due: range) -> None:
        for index in due:
            self._start_dial(first + index)

    def _start_dial(self, index: int) -> None:
        session = MqttSession(distribution_id(index), f"push/{index}", self)
        self._sessions.append(session)
        task = asyncio.create_task(self._dial_or_drop(session, index))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _dial_or_drop(self, session: MqttSession, index: int) -> None:
        try:
            await self._dial(session, index)
        except OSError as error:
            self.dropped(session.client_id, str(error))

    async def _dial(self, session: MqttSession, index: int) -> MqttSession:
        await dial(self._port, self._identities.contexts[index], session, index)
        return session

    async def _done(self, tally: Tally) -> int:
        if self._dropped is not None:
            raise LoadError(f"a session was lost: {self._dropped}")
        return await tally.done()

    def _publish(self, due: range, payload: bytes) -> None:
        packets = (Publish(f"push/{index % self._held}", payload, 1, index % _PACKET_IDS + 1) for index in due)
        self._orders.send(b"".join(map(encode, packets)))

    def _report(self, due: range, payload: bytes) -> None:
        for _ in due:
            index = self._turn % self._held
            self._turn += 1
            self._sessions[index].send(encode(Publish(f"reports/{index}", payload)))
