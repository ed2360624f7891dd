"""One running adapter: a box with power and a line, phoning home. Callbacks and timers, no task."""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeAlias

from adapter_sim.anchors import Anchors, AnchorsUnfit
from adapter_sim.box import Box
from adapter_sim.caller import Caller
from adapter_sim.config_text import Permission
from adapter_sim.dialer import Dialer
from adapter_sim.endings import Ending, lost
from adapter_sim.flash import Flash
from adapter_sim.happenings import Happening, What
from adapter_sim.slot import NotNow
from adapter_sim.talk import Talk
from adapter_sim.timers import Timer
from adapter_sim.world import World
from protocol.messages import BootCause, ConfigOffer, ConfigProgress, Event, OfferAnswer, Welcome
from protocol.session import RefusedByPeer

__all__ = ["Adapter", "Stage"]

Stage: TypeAlias = Literal["off", "waiting", "dialing", "opening", "serving", "standby"]


def _forget(flash: Flash) -> None:
    """Keep nothing: for a box that lives no longer than its process."""


def _nothing() -> None:
    """Nothing is to be done."""


class Adapter:
    """A unit that phones home, keeps its session and does as its config says. Born without power.

    `keep` is handed the flash whenever it changed, before the host is told. `anchors` are those a host may change, and
    `renew_context` makes the next dial use them; without them the unit knows its hosts by what its dialer has.

    Its verbs never raise for what a host or a network does; call them from the loop's thread only.
    """

    __slots__ = (
        "_anchors",
        "_at_once",
        "_caller",
        "_keep",
        "_kept",
        "_last_close",
        "_quiet",
        "_renew_context",
        "_trial_end",
        "_world",
        "box",
        "bytes_per_s",
        "powered",
        "silent",
        "talk",
        "unit",
    )

    def __init__(
        self,
        unit: str,
        box: Box,
        dialer: Dialer,
        world: World,
        *,
        keep: Callable[[Flash], None] = _forget,
        anchors: Anchors | None = None,
        renew_context: Callable[[], None] = _nothing,
    ) -> None:
        self.unit = unit
        self.box = box
        self.talk: Talk | None = None
        self.powered = self.silent = False
        self.bytes_per_s: int | None = None
        self._world = world
        self._caller = Caller(self, dialer, world)
        self._keep = keep
        self._anchors = anchors
        self._renew_context = renew_context
        self._kept = box.flash
        self._trial_end: Timer | None = None
        self._last_close: int | None = None
        self._at_once = False
        self._quiet: asyncio.Future[None] | None = None

    @property
    def stage(self) -> Stage:
        """Where the unit stands."""
        if not self.powered:
            return "off"
        if self.talk is not None:
            return self.talk.standing or "opening"
        return "dialing" if self._caller.dialing else "waiting"

    # -- power --------------------------------------------------------------------------------------------------

    def power_on(self, *, after_s: float = 0.0) -> None:
        """Boot, and dial `after_s` later. Harmless when on."""
        if not self.powered:
            self.powered = True
            self._boot("power_on", after_s)

    def power_off(self) -> None:
        """The power goes: no word is said, and what was not in flash is lost. Harmless when off."""
        if self.powered:
            self.powered = False
            self._drop("power_off")
            self._happened("powered_off", reason="power_cut")

    def reboot(self, cause: BootCause) -> None:
        """Restart without a goodbye and dial again. Nothing happens to a unit without power."""
        if self.powered:
            self._drop(cause)
            self._boot(cause, 0.0)

    def leave(self, reason: str = "power_off") -> None:
        """Say goodbye, hang up and stay away until powered on. Harmless when off."""
        if not self.powered:
            return
        self.powered = False
        self._stop()
        if self.talk is not None and self.talk.link is not None:
            self.talk.stop()
            self.talk.link.leave(reason)
        self._happened("powered_off", reason=reason)

    def quiet(self) -> asyncio.Future[None]:
        """Done when no socket of the unit's is open; ask after `leave` or `power_off`."""
        quiet: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.talk is None:
            quiet.set_result(None)
        else:
            self._quiet = quiet
        return quiet

    def _boot(self, cause: BootCause, after_s: float) -> None:
        self.box.boot(boot_id=self._world.new_boot_id(), cause=cause, now=self._world.timers.now())
        self._keep_flash()
        self._happened("powered_on", boot_id=self.box.boot_id, cause=cause)
        self._caller.call_after(after_s)

    def _stop(self) -> None:
        self._caller.stop()
        self._trial_over()
        self._at_once = False

    def _drop(self, reason: str) -> None:
        """Drop the socket without a word, and forget what was planned."""
        self._stop()
        if self.talk is not None and self.talk.link is not None:
            self.talk.link.abort(lost(reason))

    # -- what befalls it ----------------------------------------------------------------------------------------

    def cut_line(self) -> None:
        """The socket is gone, and dials fail until `mend_line`."""
        self._caller.cut_line()
        if self.talk is not None and self.talk.link is not None:
            self.talk.link.abort(lost("line_cut"))

    def mend_line(self) -> None:
        """The port sees its link again, and the unit dials as after a fresh loss."""
        self._caller.mend_line()

    def hold(self, *, silent: bool) -> None:
        """Neither read nor write but keep the socket, or come back from that."""
        self.silent = silent
        if self.talk is not None and self.talk.link is not None:
            self.talk.link.hold(silent=silent)
            self.talk.pump()

    def read_slowly(self, bytes_per_s: int | None) -> None:
        """Take no more than this off the socket; None ends it."""
        self.bytes_per_s = bytes_per_s
        if self.talk is not None and self.talk.link is not None:
            self.talk.link.slow_down(bytes_per_s)

    def pump(self) -> None:
        """The box may have something new to say."""
        if self.talk is not None:
            self.talk.pump()

    # -- what the caller asks and tells -------------------------------------------------------------------------

    def dials(self) -> Talk:
        self._happened("dialing")
        return Talk(self, self.box, self._world, last_close=self._last_close)

    def permits(self, address: str, port: int) -> Permission:
        return self.box.permits(address, port)

    def dial_failed(self, ending: Ending, redial_s: float) -> None:
        self._happened("dial_failed", **ending.fields(), redial_s=round(redial_s, 3))

    # -- what a session tells -----------------------------------------------------------------------------------

    def connected(self, talk: Talk) -> None:
        self._caller.connected()
        self.talk = talk
        if talk.link is not None:
            talk.link.slow_down(self.bytes_per_s)
            if self.silent:
                talk.link.hold(silent=True)

    def welcomed(self, talk: Talk, welcome: Welcome) -> None:
        self._caller.welcomed(welcome.redial)
        self._happened(
            "welcomed", standing=welcome.standing, service_code=welcome.service_code, epoch=welcome.session_epoch
        )
        if self._anchors is not None and self._anchors.proved():
            self._renew_context()
            self._happened("anchors_dropped", held=list(self._anchors.fingerprints))
        if self.box.welcomed(welcome):
            self._keep_flash()
            self._trial_over()
            self._told_progress("confirmed")
        elif self.box.denied(welcome):
            self._restored()

    def offered(self, talk: Talk, offer: ConfigOffer, answer: OfferAnswer | NotNow) -> None:
        self._keep_flash()
        if isinstance(answer, NotNow):
            self._happened("offer_postponed", push=offer.push, reason=answer.reason, again_s=answer.retry_after_s)
        else:
            self._happened("offered", push=offer.push, outcome=answer.outcome, reason=answer.reason)

    def try_config(self, talk: Talk) -> None:
        now = self._world.timers.now()
        if not self.box.begin_trial(now):
            return
        trial = self.box.slot.trial
        self._happened("trial_began", push=trial.push if trial else None)
        if self.box.check_trial():
            self._restored()
            return
        if trial is not None:
            self._trial_end = self._world.timers.call_later(trial.deadline - now, self._trial_due)
        self._at_once = True
        if self._path_stands(talk) and talk.link is not None:
            talk.link.leave("applying_config")

    def dropped(self, request: ConfigProgress | Event, refused: RefusedByPeer, *, again_s: int | None) -> None:
        what: What = "request_dropped" if again_s is None else "request_postponed"
        kind = "event" if isinstance(request, Event) else "config.progress"
        self._happened(what, request=kind, code=refused.code, reason=refused.reason, again_s=again_s)

    def anchors_held(self) -> tuple[str, ...] | None:
        return None if self._anchors is None else self._anchors.fingerprints

    def anchors_named(self, talk: Talk, anchors: tuple[str, ...]) -> tuple[str, ...] | AnchorsUnfit:
        if self._anchors is None:
            return AnchorsUnfit("anchors_fixed", "this unit's anchors are not its own to change")
        try:
            held = self._anchors.take(anchors)
        except AnchorsUnfit as unfit:
            return unfit
        self._renew_context()
        self._happened("anchors_named", named=len(anchors), held=list(held))
        return held

    def talk_ended(self, talk: Talk, ending: Ending) -> None:
        redial_s = None
        if self._anchors is not None and ending.layer == "tls" and talk.standing is None:
            # Perhaps the host was not known by the anchors that shall remain: at once again, with all there are.
            self._at_once = self._at_once or self._anchors.proving
            self._anchors.failed()
            self._renew_context()
        if self.talk is talk:
            self.talk = None
            self._last_close = int(ending.code)
            if self.powered:
                welcomed = talk.standing is not None
                redial_s = self._caller.at_once() if self._at_once else self._caller.again(ending, welcomed=welcomed)
            self._at_once = False
            if self._quiet is not None and not self._quiet.done():
                self._quiet.set_result(None)
        self._happened("ended", **ending.fields(), redial_s=redial_s if redial_s is None else round(redial_s, 3))

    # -- a trial ------------------------------------------------------------------------------------------------

    def _trial_due(self) -> None:
        self._trial_end = None
        if self.box.expire(self._world.timers.now()):
            self._restored()

    def _restored(self) -> None:
        """What ran before runs again: say so where there is a session, and dial at once where there is none."""
        self._keep_flash()
        self._trial_over()
        self._told_progress("reverted")
        if self.talk is None:
            self._caller.sooner(0.0)
        elif self._path_stands(self.talk):
            self.talk.pump()

    def _trial_over(self) -> None:
        if self._trial_end is not None:
            self._trial_end.cancel()
            self._trial_end = None

    def _path_stands(self, talk: Talk) -> bool:
        """Cut the session if what runs now does not let it through. True when it does."""
        peer = talk.link.peer if talk.link is not None else None
        if talk.link is None or peer is None:
            return False
        permission = self.box.permits(*peer)
        if not permission.allowed:
            talk.link.abort(lost("path_blocked", permission.obstacle))
        return permission.allowed

    def _told_progress(self, what: What) -> None:
        owed = self.box.slot.owed
        if owed is not None:
            self._happened(what, push=owed.push, revision=owed.revision, reason=owed.reason)

    def _keep_flash(self) -> None:
        if self.box.flash is not self._kept:
            self._kept = self.box.flash
            self._keep(self._kept)

    def _happened(self, what: What, **fields: object) -> None:
        self._world.tell(Happening(unit=self.unit, what=what, fields=fields))
