"""The session that a unit opens with its new certificate, beside the one that stands, until it is welcomed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from adapter_sim.anchors import AnchorsUnfit
from adapter_sim.box import Box, Request
from adapter_sim.config_text import Permission
from adapter_sim.dialer import Dialer, DialFailed
from adapter_sim.endings import Ending, lost
from adapter_sim.slot import NotNow
from adapter_sim.talk import Talk
from adapter_sim.world import World
from protocol.messages import ConfigOffer, OfferAnswer, OfferedFile, Renew, Welcome
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskRun

__all__ = ["Succession", "SuccessionOwner"]


class SuccessionOwner(Protocol):
    """The unit, as its succession knows it."""

    def permits(self, address: str, port: int) -> Permission:
        """Whether the unit's own config lets it reach an address."""
        ...

    def inherits(self, talk: Talk, welcome: Welcome) -> None:
        """The new session was welcomed: it is the unit's from here on, and must be made its own."""
        ...

    def unproven(self, ending: Ending) -> None:
        """No session came about. Comes at most once a `begin`, and never after `inherits`."""
        ...

    def host_stale(self, certificate: bytes | None) -> Ending | None:
        """See `TalkOwner`."""
        ...

    def anchors_held(self) -> tuple[str, ...] | None:
        """See `TalkOwner`."""
        ...


class Succession:
    """At most one attempt at a time. It is the `TalkOwner` of a session until that is welcomed."""

    __slots__ = ("_box", "_dialing", "_owner", "_talk", "_world")

    def __init__(self, owner: SuccessionOwner, box: Box, world: World) -> None:
        self._owner = owner
        self._box = box
        self._world = world
        self._talk: Talk | None = None
        self._dialing: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """A session is being opened."""
        return self._talk is not None

    def begin(self, dialer: Dialer, *, last_close: int | None, proves: frozenset[str] | None = None) -> None:
        """Open a session. Harmless while one is being opened. `proves`: see `Talk`."""
        if self._talk is None:
            self._talk = Talk(self, self._box, self._world, last_close=last_close, role="candidate")
            self._talk.proves = proves
            self._dialing = asyncio.get_running_loop().create_task(self._dial(dialer, self._talk))

    def stop(self, ending: Ending) -> bool:
        """Give it up without a word; nobody is told. Whether there was something to give up."""
        talk, self._talk = self._talk, None
        if self._dialing is not None:
            self._dialing.cancel()
            self._dialing = None
        if talk is not None and talk.link is not None:
            talk.link.abort(ending)
        return talk is not None

    async def _dial(self, dialer: Dialer, talk: Talk) -> None:
        try:
            await dialer.dial(talk, self._owner.permits)
        except DialFailed as failed:
            self._over(talk, failed.ending)

    def _over(self, talk: Talk, ending: Ending) -> None:
        if self._talk is talk:
            self._talk = self._dialing = None
            self._owner.unproven(ending)

    # -- what the session tells before its welcome --------------------------------------------------------------

    def connected(self, talk: Talk) -> None:
        self._dialing = None
        if self._talk is not talk and talk.link is not None:
            talk.link.abort(lost("given_up"))

    def host_stale(self, certificate: bytes | None) -> Ending | None:
        return self._owner.host_stale(certificate)

    def anchors_held(self) -> tuple[str, ...] | None:
        return self._owner.anchors_held()

    def welcomed(self, talk: Talk, welcome: Welcome) -> None:
        if self._talk is talk:
            self._talk = None
            self._owner.inherits(talk, welcome)

    def talk_ended(self, talk: Talk, ending: Ending) -> None:
        self._over(talk, ending)

    # -- what cannot come before a welcome ----------------------------------------------------------------------

    def asked_to_renew(self, talk: Talk, renew: Renew) -> None:
        raise AssertionError("a session speaks before its welcome")

    def anchors_named(self, talk: Talk, anchors: tuple[str, ...]) -> tuple[str, ...] | AnchorsUnfit:
        raise AssertionError("a session speaks before its welcome")

    def offered(self, talk: Talk, offer: ConfigOffer, answer: OfferAnswer | NotNow) -> None:
        raise AssertionError("a session speaks before its welcome")

    def fetch(self, talk: Talk, files: Sequence[tuple[str, OfferedFile]], then: Callable[[str | None], None]) -> None:
        raise AssertionError("a session speaks before its welcome")

    def given_task(self, talk: Talk, run: TaskRun) -> TaskAnswer | NotNow | None:
        raise AssertionError("a session speaks before its welcome")

    def task_answered(self, talk: Talk) -> None:
        raise AssertionError("a session speaks before its welcome")

    def try_config(self, talk: Talk) -> None:
        raise AssertionError("a session speaks before its welcome")

    def dropped(self, request: Request, refused: RefusedByPeer, *, again_s: int | None) -> None:
        raise AssertionError("a session speaks before its welcome")
