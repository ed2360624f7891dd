"""From a session to the use cases: "a unit says …"."""

import asyncio
from typing import Protocol

import msgspec

from protocol.codes import CloseCode
from protocol.messages import AnchorsHeld, ConfigOffer, ConfigProgress, Event, Hello, OfferAnswer, Report, Welcome
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskRun

__all__ = ["Caller", "Desk", "Fence", "NotAdmitted", "Stale", "Welcomed"]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who dials, by certificate alone, and from where."""

    distribution_id: str
    model_serial: str
    certificate: str
    """SHA-256 fingerprint of the leaf, hex."""
    remote_address: str
    tls_version: str
    anchor: str = ""
    """SHA-256 of the trust anchor that the certificate leads to, hex; empty when that is not known."""


class Fence(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one session: its unit's epoch and the binding it was welcomed with.

    Every write a session causes carries it; a write with a stale one changes nothing and raises Stale.
    """

    unit_id: int
    epoch: int
    binding: int | None = None
    service_code: str | None = None
    management_code: str | None = None
    runs_tasks: bool = False
    """Whether the unit has said that it can."""


class Welcomed(msgspec.Struct, frozen=True, kw_only=True):
    """The unit is admitted; `work_waits` spares a session with nothing to do its first look."""

    fence: Fence
    welcome: Welcome
    work_waits: bool


class NotAdmitted(Exception):
    """The unit is not admitted; `code` says how soon to redial, `reason` and `because` why, in stable words.

    The desk has written it in the connection log.
    """

    def __init__(
        self,
        code: CloseCode,
        text: str,
        *,
        reason: str | None = None,
        because: str | None = None,
        hosts: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.reason = reason or code.name.lower()
        self.because = because
        self.hosts = hosts


class Stale(Exception):
    """The session has lost its place: TAKEN_OVER or UNBOUND. Nothing was changed."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


class Desk(Protocol):
    """Each method is named after the use case that answers it.

    The methods that answer with a future queue their item for the next batch and return at once; the future is done
    once the item is durable, or has one of these exceptions: Stale; domain's Busy (the queue of 10,000 is full),
    StoreFull and NotFound (a push nobody made); any other exception is a fault of ours that changed nothing.
    For one session phone_home() comes first and alone; the take_* methods come one at a time, in wire order.
    """

    def phone_home(self, caller: Caller, hello: Hello) -> "asyncio.Future[Welcomed]":
        """Admit the unit and give its new session an epoch. Raises NotAdmitted besides."""
        ...

    def work_due(self, fence: Fence) -> "asyncio.Future[ConfigOffer | TaskRun | None]":
        """What to offer the unit now, or which task to give it; None when nothing waits.

        Asking again gives the same answer until it is taken."""
        ...

    def take_offer_answer(self, fence: Fence, push: int, answer: OfferAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        """The unit's answer to an offer."""
        ...

    def take_task_answer(self, fence: Fence, task: int, answer: TaskAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        """The unit's answer to a task, unless it is `accepted`: that says nothing new."""
        ...

    def take_task_done(self, fence: Fence, done: TaskDone) -> "asyncio.Future[None]":
        """How a task that was accepted has ended."""
        ...

    def take_progress(self, fence: Fence, progress: ConfigProgress) -> "asyncio.Future[None]":
        """How a push goes on."""
        ...

    def take_event(self, fence: Fence, boot_id: str, event: Event) -> "asyncio.Future[None]":
        """Something people must not miss; the same (boot_id, sequence) is taken once."""
        ...

    def take_anchors(self, fence: Fence, held: AnchorsHeld) -> "asyncio.Future[None]":
        """Which trust anchors the unit holds now."""
        ...

    def take_report(self, fence: Fence, report: Report) -> None:
        """How the unit is. Kept in memory and written within seconds; may be lost."""
        ...

    def session_ended(self, fence: Fence, code: CloseCode, reason: str) -> None:
        """The session is over. Written with the next batch, and retried until it is written or the host ends."""
        ...

    def attempt_failed(
        self,
        remote_address: str,
        code: CloseCode,
        reason: str,
        distribution_id: str | None,
        *,
        certificate: str | None = None,
        tls_version: str | None = None,
        logged: bool = False,
    ) -> None:
        """Somebody dialled and got no session. Kept in a bounded list; its overflow is counted and said.

        `logged`: the connection log has it already, from an answer NotAdmitted.
        """
        ...
