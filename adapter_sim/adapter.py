"""One running adapter: a box with power and a line, phoning home. Callbacks and timers, no task."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from adapter_sim.anchors import AnchorsUnfit
from adapter_sim.box import Box, Request
from adapter_sim.caller import Caller
from adapter_sim.config_text import Permission
from adapter_sim.dialer import Dialer
from adapter_sim.endings import Ending, lost
from adapter_sim.faith import Faith
from adapter_sim.fetcher import Fetch, Fetcher
from adapter_sim.flash import Flash
from adapter_sim.guide import Guide
from adapter_sim.happenings import Happening, What
from adapter_sim.identity import Brought, Identity
from adapter_sim.keys import CertificateUnfit
from adapter_sim.link import CLOSING_DUE_S
from adapter_sim.renewer import AskDoor, Renewer
from adapter_sim.slot import NotNow
from adapter_sim.succession import Succession
from adapter_sim.talk import Talk
from adapter_sim.tasking import Tasking
from adapter_sim.timers import Timer
from adapter_sim.uploader import Upload
from adapter_sim.world import World
from protocol.identity import DistributionId
from protocol.messages import BootCause, ConfigOffer, Event, OfferAnswer, OfferedFile, Renew, Welcome
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskRun

__all__ = ["Adapter", "Stage"]

Stage: TypeAlias = Literal["off", "waiting", "dialing", "opening", "serving", "standby"]


def _forget(flash: Flash) -> None:
    """Keep nothing: for a box that lives no longer than its process."""


class Adapter:
    """A unit that phones home, keeps its session and does as its config says. Born without power.

    `keep` is handed the flash whenever it changed, before the host is told.
    With an `identity` the unit dials with what is kept there and renews it, and knows hosts by the anchors there, which
    hosts may change; `ask` is its way to the bootstrap door, `fetch` and `upload` the way to its files.
    Without one it dials with the dialer's context for ever. With a `guide` it dials where that says.
    Its verbs never raise for what a host or a network does; call them from the loop's thread only.
    """

    __slots__ = (
        "_at_once",
        "_before",
        "_caller",
        "_dialer",
        "_faith",
        "_fetcher",
        "_keep",
        "_kept",
        "_last_close",
        "_quiet",
        "_succession",
        "_tasking",
        "_trial_end",
        "_world",
        "box",
        "bytes_per_s",
        "cut_power_at",
        "powered",
        "renewer",
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
        identity: Identity | None = None,
        ask: AskDoor | None = None,
        guide: Guide | None = None,
        fetch: Fetch | None = None,
        upload: Upload | None = None,
    ) -> None:
        self.unit = unit
        self.box = box
        self.talk: Talk | None = None
        self.powered = self.silent = False
        self.bytes_per_s: int | None = None
        self.cut_power_at: What | None = None
        """The power goes right after this has happened, once."""
        self.renewer = None if identity is None else Renewer(self, DistributionId(unit), identity, ask, world)
        self._faith = Faith(self.renewer, self._happened)
        self._world = world
        self._dialer = dialer
        self._caller = Caller(self, dialer, world, guide)
        self._succession = Succession(self, box, world)
        self._before: Talk | None = None  # what the session that stands took over, until the host has closed it
        self._fetcher = Fetcher(box, fetch, self._happened)
        self._tasking = Tasking(self, box, world, self._happened, upload)
        self._keep = keep
        self._kept = box.flash
        self._trial_end: Timer | None = None
        self._last_close: int | None = None
        self._at_once = False
        self._quiet: asyncio.Future[None] | None = None
        if box.flash.hosts:
            self._caller.redirect(box.flash.hosts)

    @property
    def stage(self) -> Stage:
        """Where the unit stands."""
        if not self.powered:
            return "off"
        if self.talk is not None:
            return self.talk.standing or "opening"
        return "dialing" if self._caller.dialing else "waiting"

    @property
    def renewing(self) -> bool:
        """Whether the door is asked, a session with a candidate opened, or the session before it not closed yet."""
        asking = self.renewer is not None and self.renewer.under_way
        return asking or self._succession.under_way or self._before is not None

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
        if self.renewer is not None:
            self.renewer.boot()
        self.box.boot(boot_id=self._world.new_boot_id(), cause=cause, now=self._world.timers.now())
        self.keep_flash()
        self._happened("powered_on", boot_id=self.box.boot_id, cause=cause)
        self._watch_trial(self._world.timers.now())
        self._caller.call_after(after_s)

    def _stop(self) -> None:
        self._caller.stop()
        self._succession.stop(lost("powered_off"))
        if self.renewer is not None:
            self.renewer.stop()
        self._bury_old_session()
        self._trial_over()
        self._tasking.stop()
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
        self._bury_old_session()
        if self._succession.stop(lost("line_cut")):
            self.unproven(lost("line_cut"))
        if self.talk is not None and self.talk.link is not None:
            self.talk.link.abort(lost("line_cut"))

    def mend_line(self) -> None:
        """The port sees its link again, and the unit dials as after a fresh loss."""
        self._caller.mend_line()

    def lose_location(self, *, lost: bool) -> None:
        """The location service does not answer this unit, or does again."""
        self._caller.lose_location(lost=lost)

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
        chosen = self.renewer.dial_with() if self.renewer is not None else None
        if chosen is None:
            return Talk(self, self.box, self._world, last_close=self._last_close)
        role, self._dialer.context = chosen
        talk = Talk(self, self.box, self._world, last_close=self._last_close, role=role)
        talk.proves = self._faith.proves
        return talk

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

    def host_stale(self, certificate: bytes | None) -> Ending | None:
        return self._faith.host_stale(certificate)

    def asked_to_renew(self, talk: Talk, renew: Renew) -> None:
        if self.renewer is not None and self.powered:  # a unit that is leaving may still hear it
            self.renewer.asked(renew)

    def welcomed(self, talk: Talk, welcome: Welcome) -> None:
        if not self._caller.welcomed(welcome.redial) and self.box.flash.hosts:
            self._sent_to(())  # a host that it was born with takes it in: what it was told no longer holds
        self._happened(
            "welcomed", standing=welcome.standing, service_code=welcome.service_code, epoch=welcome.session_epoch
        )
        self._faith.proved_with(talk.proves)
        if self.box.welcomed(welcome):
            self.keep_flash()
            self._trial_over()
            self._told_progress("confirmed")
        elif self.box.denied(welcome):
            self._restored()
        if self.renewer is not None:
            talk.role = self.renewer.welcomed(talk.role, welcome)

    def offered(self, talk: Talk, offer: ConfigOffer, answer: OfferAnswer | NotNow) -> None:
        self.keep_flash()
        if isinstance(answer, NotNow):
            self._happened("offer_postponed", push=offer.push, reason=answer.reason, again_s=answer.retry_after_s)
        else:
            self._happened("offered", push=offer.push, outcome=answer.outcome, reason=answer.reason)

    def fetch(self, talk: Talk, files: Sequence[tuple[str, OfferedFile]], then: Callable[[str | None], None]) -> None:
        self._fetcher.begin(files, then)

    def try_config(self, talk: Talk) -> None:
        now = self._world.timers.now()
        if not self.box.begin_trial(now):
            return
        if self._succession.stop(lost("config_on_trial")) and self.renewer is not None:
            self.renewer.postponed()
        if not self._watch_trial(now):
            return
        self._at_once = True
        if self._path_stands(talk) and talk.link is not None:
            talk.link.leave("applying_config")

    def given_task(self, talk: Talk, run: TaskRun) -> TaskAnswer | NotNow | None:
        return self._tasking.given(run)

    def task_answered(self, talk: Talk) -> None:
        self._tasking.go_on()

    def _watch_trial(self, now: float) -> bool:
        """See to the end of the trial that has just begun, if one has. True while it goes on."""
        trial = self.box.slot.trial
        if trial is None:
            return False
        self._happened("trial_began", push=trial.push)
        if self.box.check_trial():
            self._restored()
            return False
        self._trial_end = self._world.timers.call_later(trial.deadline - now, self._trial_due)
        return True

    def dropped(self, request: Request, refused: RefusedByPeer, *, again_s: int | None) -> None:
        what: What = "request_dropped" if again_s is None else "request_postponed"
        kind = {Event: "event", TaskDone: "task.done"}.get(type(request), "config.progress")
        self._happened(what, request=kind, code=refused.code, reason=refused.reason, again_s=again_s)

    def anchors_held(self) -> tuple[str, ...] | None:
        return self._faith.held

    def anchors_named(self, talk: Talk, anchors: tuple[str, ...]) -> tuple[str, ...] | AnchorsUnfit:
        return self._faith.told(anchors)

    def talk_ended(self, talk: Talk, ending: Ending) -> None:
        redial_s = None
        if self._before is talk:
            self._before = None
        if self.talk is talk:
            self.talk = None
            self._fetcher.stop()
            self._last_close = int(ending.code)
            if ending.hosts and ending.hosts != self.box.flash.hosts:
                self._sent_to(ending.hosts)
            welcomed = talk.standing is not None
            unknown = not welcomed and self._faith.shaken(ending, proving=talk.proves is not None)
            self._at_once = self._at_once or unknown
            if self.powered:
                redial_s = self._caller.at_once() if self._at_once else self._caller.again(ending, welcomed=welcomed)
            if ending.blames_certificate and not unknown and self.renewer is not None and self.powered:
                self.renewer.refused(talk.role, ending)
            self._at_once = False
            if self._quiet is not None and not self._quiet.done():
                self._quiet.set_result(None)
        self._happened("ended", **ending.fields(), redial_s=redial_s if redial_s is None else round(redial_s, 3))

    def _sent_to(self, hosts: tuple[str, ...]) -> None:
        kept = self._caller.redirect(hosts)
        self.box.told_hosts(kept)
        self.keep_flash()
        self._happened("moved", hosts=list(kept))

    # -- a renewal ----------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """Renew the certificate now, unasked."""
        if self.renewer is not None and self.powered:
            self.renewer.asked(Renew(within_s=0))

    def wear(self, worn: Brought) -> None:
        """Have another credential in the place of its own, and start anew with it. One that cannot be read is told."""
        if self.renewer is None:
            return
        try:
            self.renewer.identity.wear(worn)
        except OSError as error:
            self._happened("credential_unreadable", role="current", detail=str(error))
        else:
            self.reboot("unknown")

    def succeed(self) -> bool:
        if self.silent or self._caller.line_cut or self.box.slot.trial is not None or self.renewer is None:
            return False
        if self.talk is None or self.talk.standing is None:
            self._caller.sooner(0.0)  # no session to be lost: the next dial is the one
            return True
        try:
            context = self.renewer.identity.context("candidate")
        except (CertificateUnfit, OSError) as error:
            self.renewer.candidate_refused(lost("credential_unreadable", str(error)))
            return True
        self._succession.begin(self._dialer.beside(context), last_close=self._last_close, proves=self._faith.proves)
        return True

    def inherits(self, talk: Talk, welcome: Welcome) -> None:
        """The candidate was welcomed: its session is the unit's, and the host closes the old one as taken over."""
        self._caller.stop()
        self._bury_old_session()
        old, self.talk = self.talk, talk
        talk.belong_to(self)
        if old is not None:
            old.stop()
            self._before = old
            self._world.timers.call_later(CLOSING_DUE_S, lambda: self._bury(old))
        if talk.link is not None:
            talk.link.slow_down(self.bytes_per_s)
        self.welcomed(talk, welcome)

    def unproven(self, ending: Ending) -> None:
        if self.renewer is not None and self.powered:
            unknown = self._faith.shaken(ending, proving=self._faith.proves is not None)
            if ending.blames_certificate and not unknown:
                self.renewer.candidate_refused(ending)
            else:
                self.renewer.candidate_unproven(ending)

    def renewal_told(self, what: What, **fields: object) -> None:
        self._happened(what, **fields)

    def candidate_regretted(self, text: str) -> None:
        now, wall = self._world.timers.now(), self._world.timers.wall()
        self.box.raise_event("renewal_refused", wall=wall, now=now, text=text)
        self.pump()

    def _bury_old_session(self) -> None:
        if self._before is not None:
            self._bury(self._before)

    def _bury(self, talk: Talk) -> None:
        if self._before is talk and talk.link is not None:
            talk.link.abort(lost("succeeded"))

    # -- a trial ------------------------------------------------------------------------------------------------

    def _trial_due(self) -> None:
        self._trial_end = None
        if self.box.expire(self._world.timers.now()):
            self._restored()

    def _restored(self) -> None:
        """What ran before runs again: say so where there is a session, and dial at once where there is none."""
        self.keep_flash()
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

    def keep_flash(self) -> None:
        """Keep the flash if it changed."""
        flash = self.box.flash
        if flash is not self._kept:
            self._kept = flash
            self._keep(self._kept)

    def _happened(self, what: What, **fields: object) -> None:
        self._world.tell(Happening(unit=self.unit, what=what, fields=fields))
        if what == self.cut_power_at:
            self.cut_power_at = None
            self._world.timers.call_later(0.0, self.power_off)
