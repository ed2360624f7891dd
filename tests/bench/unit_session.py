"""One unit of the load: greets, stores what it is offered and gives it up again or tries it, reports.

A unit that tries a config says goodbye and leaves the next session to its owner: a trial is proved by a new one.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from protocol import messages, task_messages
from protocol.codec import encode_answer, encode_notification, encode_request
from protocol.wire.events import Ended, Opened, Refused, Text, TlsEnded
from protocol.wire.stack import UnitWire
from tests.bench.subject import LoadError

_BYE: Final = encode_notification("goodbye", messages.Goodbye(code=1000, reason="bench"))
_APPLYING: Final = encode_notification("goodbye", messages.Goodbye(code=1000, reason="applying"))
_REPORT: Final = encode_notification(
    "report",
    messages.Report(
        uptime_s=86_400,
        cpu_percent=7.5,
        memory_percent=41.0,
        temperature_c=48.5,
        health={"flash": "ok", "fan": "ok", "power": "ok"},
        addresses=("192.0.2.17",),
    ),
)
_STORED: Final = messages.OfferAnswer(outcome="accepted")
_PINGED: Final = task_messages.TaskAnswer(
    outcome="succeeded",
    results=(
        task_messages.TaskResult(
            media_type="application/json",
            body='{"sent":5,"received":5,"shortest_ms":1.2,"mean_ms":1.4,"longest_ms":1.9}',
        ),
    ),
)


class _Frame(msgspec.Struct):
    """As much of a frame as a load client needs: reading a body it throws away would only heat its core."""

    method: str | None = None
    id: int | None = None
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"{}")
    error: Any = None


class Offer(msgspec.Struct, frozen=True):
    """What a load client keeps of an offer."""

    push: int
    revision: int
    digest: str

    @property
    def mark(self) -> messages.Mark:
        """The revision, as a hello names it."""
        return messages.Mark(revision=self.revision, digest=self.digest)


class Held(msgspec.Struct, frozen=True):
    """What a unit keeps from one session to the next: the push on trial, and what was confirmed before it."""

    trial: Offer | None = None
    confirmed: messages.Mark | None = None

    def module(self) -> messages.ModuleState:
        """As the hello says it."""
        if self.trial is None:
            return messages.ModuleState()
        return messages.ModuleState(
            running=self.trial.mark, trial=self.trial.push, startup=self.confirmed, confirmed=self.confirmed
        )


class _Welcome(msgspec.Struct):
    confirm: tuple[int, ...] = ()


_frames: Final = msgspec.json.Decoder(_Frame)
_offers: Final = msgspec.json.Decoder(Offer)
_welcomes: Final = msgspec.json.Decoder(_Welcome)


class Owner(Protocol):
    """Whoever counts what its sessions live through."""

    def greeted(self) -> None:
        """The welcome came."""
        ...

    def stored(self) -> bool:
        """An offer came; the answer *stored* is written. True: the unit shall try it."""
        ...

    def applying(self, number: int, held: Held) -> None:
        """The unit has said goodbye: its next session is opened with what it holds."""
        ...

    def confirmed(self) -> None:
        """The host has taken that a push on trial is confirmed."""
        ...

    def ran(self) -> None:
        """A task came; its end and its result are written."""
        ...

    def given_up(self) -> None:
        """The host has taken that a stored push was reverted."""
        ...

    def dropped(self, number: int, reason: str) -> None:
        """The session ended though nobody here closed it."""
        ...


class UnitSession(asyncio.Protocol):
    """One connection of the load client."""

    __slots__ = (
        *("_answered", "_closing", "_held", "_offer", "_owner", "_requests", "_transport", "_wire"),
        *("closed_by_host", "number"),
    )

    def __init__(self, number: int, wire: UnitWire, owner: Owner, held: Held) -> None:
        self.number = number
        self._wire = wire
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self._requests = 0
        self._answered: Callable[[msgspec.Raw], None] = self._welcomed
        self._held = held
        self._offer: Offer | None = None
        self.closed_by_host: asyncio.Future[float] | None = None
        """Set when the host shall close the session: done with the monotonic time at which the socket was closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP stands: say ClientHello."""
        self._transport = transport  # type: ignore[assignment]  # uvloop's is a Transport without saying so
        self._wire.start()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Ciphertext came."""
        for event in self._wire.receive(data):
            if type(event) is Text:
                self._take(event.payload)
            elif isinstance(event, Opened):
                self._hello()
            elif isinstance(event, Ended | TlsEnded | Refused):
                self._lost(str(event))
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """TCP is gone."""
        self._transport = None
        if self.closed_by_host is not None:
            self._closing = True
            if not self.closed_by_host.done():
                self.closed_by_host.set_result(time.monotonic())
        self._lost(str(exc or "the host closed the connection"))

    def report(self) -> None:
        """Send one report."""
        self._wire.send_text(_REPORT)
        self._flush()

    def give_up(self) -> bool:
        """Tell the host that the push stored last was reverted; False when there is none."""
        offer, self._offer = self._offer, None
        if offer is None:
            return False
        self._progress(offer, "reverted", lambda _: self._owner.given_up())
        return True

    def close(self) -> None:
        """Say goodbye and close; the owner hears nothing more."""
        self._leave(_BYE)

    def _leave(self, goodbye: bytes) -> None:
        if self._transport is not None and not self._closing:
            self._closing = True
            if self._wire.open:
                self._wire.send_text(goodbye)
                self._flush()
            self._transport.close()

    def _hello(self) -> None:
        hello = messages.Hello(
            firmware="3.75.0",
            boot_id=f"boot-{self.number}",
            boot_cause="power_on",
            modules=(self._held.module(),),
            capabilities=("config", "tasks"),
            time="2026-01-01T00:00:00Z",
        )
        self._request("hello", hello, self._welcomed)

    def _welcomed(self, result: msgspec.Raw) -> None:
        trial = self._held.trial
        if trial is None:
            self._owner.greeted()
        elif trial.push in _welcomes.decode(result).confirm:
            self._held = Held(confirmed=trial.mark)
            self._progress(trial, "confirmed", lambda _: self._owner.confirmed())
        else:
            self._lost(f"push {trial.push} was on trial, and the welcome did not confirm it")

    def _progress(self, offer: Offer, phase: messages.ProgressPhase, answered: Callable[[msgspec.Raw], None]) -> None:
        progress = messages.ConfigProgress(
            push=offer.push, revision=offer.revision, digest=offer.digest, phase=phase, reason="bench"
        )
        self._request("config.progress", progress, answered)

    def _request(self, method: str, params: msgspec.Struct, answered: Callable[[msgspec.Raw], None]) -> None:
        """One at a time; `answered` gets the result."""
        self._requests += 1
        self._answered = answered
        self._wire.send_text(encode_request(self._requests, method, params))
        self._flush()

    def _take(self, payload: bytes) -> None:
        frame = _frames.decode(payload)
        if frame.method == "config.offer" and frame.id is not None:
            self._wire.send_text(encode_answer(frame.id, _STORED))
            self._store(_offers.decode(frame.params))
        elif frame.method == "task.run" and frame.id is not None:
            self._wire.send_text(encode_answer(frame.id, _PINGED))
            self._owner.ran()
        elif frame.error is not None:
            raise LoadError(f"unit {self.number} was refused: {frame.error}")
        elif frame.method is None:
            self._answered(frame.result)

    def _store(self, offer: Offer) -> None:
        if self._owner.stored():
            self._leave(_APPLYING)
            self._owner.applying(self.number, Held(trial=offer, confirmed=self._held.confirmed))
        else:
            self._offer = offer

    def _lost(self, reason: str) -> None:
        if not self._closing and self.closed_by_host is None:
            self._closing = True
            self._owner.dropped(self.number, reason)

    def _flush(self) -> None:
        data = self._wire.outgoing()
        if data and self._transport is not None:
            self._transport.write(data)
