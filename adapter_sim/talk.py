"""What a unit says and hears in one session: hello, reports, requests until answered, offers."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, cast

from adapter_sim.anchors import AnchorsUnfit
from adapter_sim.box import Box, Request
from adapter_sim.endings import Ending, by_refusal
from adapter_sim.identity import Role
from adapter_sim.link import Link
from adapter_sim.slot import NotNow
from adapter_sim.timers import Timer
from adapter_sim.world import World
from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import (
    Anchors,
    AnchorsHeld,
    ConfigOffer,
    OfferAnswer,
    OfferedFile,
    Renew,
    Standing,
    Welcome,
)
from protocol.session import Received, RefusedByPeer
from protocol.states import Kind
from protocol.task_messages import TaskAnswer, TaskRun

__all__ = ["HOST_SILENCE_S", "Talk", "TalkOwner"]

HOST_SILENCE_S: Final = 90
"""A host unheard for so long is pinged at the next report, and given up at the one after that if it did not answer."""

_TRY_AGAIN: Final = frozenset({ErrorCode.HOST_FAULT, ErrorCode.BUSY, ErrorCode.STORE_FULL, ErrorCode.STALE_SESSION})
_TRY_AGAIN_AFTER_S: Final = 30
_FETCH_AGAIN_AFTER_S: Final = 5


class TalkOwner(Protocol):
    """The unit, as its session knows it."""

    def connected(self, talk: "Talk") -> None:
        """A socket stands."""
        ...

    def host_stale(self, certificate: bytes | None) -> Ending | None:
        """TLS stands, with this certificate of the host's (DER): how to end if its dates do not hold, else None."""
        ...

    def asked_to_renew(self, talk: "Talk", renew: Renew) -> None:
        """The host wants a younger certificate."""
        ...

    def welcomed(self, talk: "Talk", welcome: Welcome) -> None:
        """A host took us in."""
        ...

    def offered(self, talk: "Talk", offer: ConfigOffer, answer: OfferAnswer | NotNow) -> None:
        """The box judged an offer; the answer is not said yet."""
        ...

    def fetch(
        self, talk: "Talk", files: "Sequence[tuple[str, OfferedFile]]", then: Callable[[str | None], None]
    ) -> None:
        """Fetch these, then say None, or why that came to nothing; nothing is said once the session is over."""
        ...

    def try_config(self, talk: "Talk") -> None:
        """The answer to an offer was said: what is stored can be applied."""
        ...

    def given_task(self, talk: "Talk", run: TaskRun) -> TaskAnswer | NotNow | None:
        """The host gives a task: what to answer, None: nothing."""
        ...

    def task_answered(self, talk: "Talk") -> None:
        """That was said, or kept back."""
        ...

    def dropped(self, request: Request, refused: RefusedByPeer, *, again_s: int | None) -> None:
        """The host refused a request; it is said again after `again_s`, or never."""
        ...

    def anchors_held(self) -> tuple[str, ...] | None:
        """Fingerprints of the trust anchors held; None: they cannot be changed in session."""
        ...

    def anchors_named(self, talk: "Talk", anchors: tuple[str, ...]) -> "tuple[str, ...] | AnchorsUnfit":
        """The host named the anchors in force, PEM: what is held now, or why not."""
        ...

    def talk_ended(self, talk: "Talk", ending: Ending) -> None:
        """The socket is closed. Comes last, once, if `connected` came."""
        ...


class Talk:
    """One session of `box`, or the attempt at one. It is a `LinkOwner`."""

    __slots__ = (
        "_asked",
        "_box",
        "_last_close",
        "_owner",
        "_pinged_at",
        "_report_s",
        "_reports",
        "_retry",
        "_world",
        "link",
        "proves",
        "role",
        "standing",
    )

    def __init__(
        self, owner: TalkOwner, box: Box, world: World, *, last_close: int | None, role: Role = "current"
    ) -> None:
        self.link: Link | None = None
        self.role: Role = role
        """What the unit proves itself with in it."""
        self.proves: frozenset[str] | None = None
        """The anchors that alone its host was to be known by; None: all that the unit holds."""
        self.standing: Standing | None = None
        """As the welcome has it; None before."""
        self._owner = owner
        self._box = box
        self._world = world
        self._last_close = last_close
        self._asked: Request | None = None
        self._report_s = 0
        self._reports: Timer | None = None
        self._retry: Timer | None = None
        self._pinged_at: float | None = None

    def belong_to(self, owner: TalkOwner) -> None:
        """From now on tell this one."""
        self._owner = owner

    # -- the link's news ----------------------------------------------------------------------------------------

    def connected(self, link: Link) -> None:
        self.link = link
        self._owner.connected(self)

    def stands(self, link: Link, certificate: bytes | None) -> None:
        stale = self._owner.host_stale(certificate)
        if stale is None:
            self._box.reached()
        else:
            link.abort(stale)

    def opened(self, link: Link) -> None:
        timers = self._world.timers
        hello = self._box.hello(
            wall=timers.wall(),
            now=timers.now(),
            last_close=self._last_close,
            anchors=self._owner.anchors_held(),
        )
        link.say(hello)

    def received(self, link: Link, message: Received) -> None:
        match message.kind:
            case Kind.WELCOME:
                self._welcomed(link, cast("Welcome", message.message))
            case Kind.HELLO_REFUSED:
                link.refused_hello(by_refusal(cast("RefusedByPeer", message.message)))
            case Kind.OFFER:
                self._offered(link, message)
            case Kind.TASK:
                self._task_given(link, message)
            case Kind.ANCHORS:
                self._anchors_named(link, message)
            case Kind.REPORT_REQUEST:
                self.report()
            case Kind.RENEW:
                self._owner.asked_to_renew(self, cast("Renew", message.message))
            case Kind.EVENT_ANSWER | Kind.PROGRESS_ANSWER | Kind.TASK_DONE_ANSWER:
                self._answered(message.message)
            case _:
                pass  # A goodbye: the link waits for the close that follows it.

    def ended(self, link: Link, ending: Ending) -> None:
        self.stop()
        self._owner.talk_ended(self, ending)

    # -- what the unit wants said -------------------------------------------------------------------------------

    def stop(self) -> None:
        """No more reports or second tries. The link is left as it is."""
        for timer in (self._reports, self._retry):
            if timer is not None:
                timer.cancel()
        self._reports = self._retry = None

    def pump(self) -> None:
        """Say the next request if the session is free for one."""
        link = self.link
        if link is None or not link.talking or link.session.asking or self._retry is not None:
            return
        self._asked = self._box.next_request()
        if self._asked is not None:
            link.say(self._asked)

    def report(self) -> None:
        """Say how the box is, unless nothing can be said now; a report may be lost."""
        link = self.link
        if link is not None and link.talking:
            local = link.local
            link.say(self._box.report(now=self._world.timers.now(), addresses=(local[0],) if local else ()))

    # -- inside -------------------------------------------------------------------------------------------------

    def _welcomed(self, link: Link, welcome: Welcome) -> None:
        link.expected()
        self.standing = welcome.standing
        self._report_s = max(1, welcome.report_interval_s)
        self._owner.welcomed(self, welcome)
        # At random within the first interval, so that a fleet that came together does not report together.
        first_s = self._world.uniform(0.0, self._report_s)
        self._reports = self._world.timers.call_later(first_s, self._report_due)
        self.pump()

    def _report_due(self) -> None:
        self._reports = self._world.timers.call_later(self._report_s, self._report_due)
        self.report()
        self._watch_host()

    def _watch_host(self) -> None:
        link = self.link
        if link is None or not link.talking:
            return
        now = self._world.timers.now()
        if now - link.heard_at <= HOST_SILENCE_S:
            return
        if self._pinged_at is not None and link.heard_at < self._pinged_at:
            text = f"nothing was heard for {HOST_SILENCE_S} s and a ping went unanswered"
            link.abort(Ending(layer="unit", code=CloseCode.SILENT, reason="silent", detail=text))
        else:
            self._pinged_at = now
            link.ping()

    def _offered(self, link: Link, message: Received) -> None:
        offer, request_id = cast("ConfigOffer", message.message), cast("Any", message.id)
        files = self._box.to_fetch(offer, self._world.timers.now())
        if files:
            self._owner.fetch(self, files, lambda why: self._fetched(link, offer, request_id, why))
        else:
            self._judged(link, offer, request_id)

    def _fetched(self, link: Link, offer: ConfigOffer, request_id: Any, why: str | None) -> None:
        """The files are here, or (`why`) they are not to be had just now: then the host is to offer them again."""
        if not link.talking:
            return
        if why is None:
            self._judged(link, offer, request_id)
            return
        refusal = Refusal(reason=why[:64], retry_after_s=_FETCH_AGAIN_AFTER_S)
        link.refuse(request_id, ErrorCode.BUSY, "a file of the offer could not be fetched", refusal)

    def _judged(self, link: Link, offer: ConfigOffer, request_id: Any) -> None:
        answer = self._box.offer(offer, self._world.timers.now())
        self._owner.offered(self, offer, answer)
        if isinstance(answer, NotNow):
            refusal = Refusal(reason=answer.reason, retry_after_s=answer.retry_after_s)
            link.refuse(request_id, ErrorCode.BUSY, "another config is on trial", refusal)
            return
        link.answer(request_id, answer)
        self._owner.try_config(self)
        self.pump()

    def _task_given(self, link: Link, message: Received) -> None:
        request_id = cast("Any", message.id)
        answer = self._owner.given_task(self, cast("TaskRun", message.message))
        if isinstance(answer, NotNow):
            refusal = Refusal(reason=answer.reason, retry_after_s=answer.retry_after_s)
            link.refuse(request_id, ErrorCode.BUSY, "the unit cannot begin yet", refusal)
        elif answer is not None:
            link.answer(request_id, answer)
        self._owner.task_answered(self)
        self.pump()

    def _anchors_named(self, link: Link, message: Received) -> None:
        """Only after the welcome: the session's table lets no such request through before."""
        request_id = cast("Any", message.id)
        held = self._owner.anchors_named(self, cast("Anchors", message.message).anchors)
        if isinstance(held, AnchorsUnfit):
            link.refuse(request_id, ErrorCode.INVALID_PARAMS, held.text, Refusal(reason=held.reason))
        else:
            link.answer(request_id, AnchorsHeld(anchors=held))

    def _answered(self, answer: object) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        if isinstance(answer, RefusedByPeer):
            self._refused(asked, answer)
        else:
            self._box.taken(asked)
        self.pump()

    def _refused(self, asked: Request, refused: RefusedByPeer) -> None:
        if refused.code not in _TRY_AGAIN:
            self._box.taken(asked)
            self._owner.dropped(asked, refused, again_s=None)
            return
        wait_s = refused.retry_after_s if refused.retry_after_s is not None else _TRY_AGAIN_AFTER_S
        self._retry = self._world.timers.call_later(wait_s, self._try_again)
        self._owner.dropped(asked, refused, again_s=wait_s)

    def _try_again(self) -> None:
        self._retry = None
        self.pump()
