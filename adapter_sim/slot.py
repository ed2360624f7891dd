"""One module's config on a box: offered, stored, tried, confirmed or restored. Pure: time is an argument.

What must outlive a power cut is in `flash`, a value that is replaced as a whole; the rest is gone with the object.
"""

from typing import Final

import msgspec

from adapter_sim.command_line import ConfigRefused, read_config
from adapter_sim.config_text import FACTORY_TEXT, BoxConfig
from adapter_sim.flash import Flash, StoredConfig, StoredTrial
from protocol.digest import digest_of
from protocol.messages import (
    ConfigOffer,
    ConfigProgress,
    FailedMark,
    Mark,
    ModuleState,
    OfferAnswer,
    OfferedMark,
    Outcome,
)

__all__ = ["ConfigSlot", "NotNow", "Trial"]

_FACTORY: Final = read_config(FACTORY_TEXT).config
_NEVER_RAN: Final = frozenset({"refused", "digest_mismatch"})
"""Failures before anything was applied: the same push may be judged again."""
_MAX_TEXT: Final = 1024


class NotNow(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that the box can neither take nor refuse yet."""

    reason: str
    retry_after_s: int


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A config that runs until somebody says yes, or until `deadline`; `before` is what ran when it began."""

    push: int
    before: StoredConfig | None
    deadline: float
    reached: bool = False
    """Whether a connection to a host stood since the trial began."""


class ConfigSlot:
    """The config of module 0.

    Built from `flash`, it has booted: it runs the startup config, and a trial it finds there failed for want of power.
    `flash` is what to keep; it changes with `offer`, `welcomed` and `restore` and whatever calls them.
    """

    __slots__ = ("config", "flash", "owed", "running", "trial")

    def __init__(self, flash: Flash) -> None:
        self.flash = flash
        self.running: StoredConfig | None = None
        self.config: BoxConfig = _FACTORY
        self.trial: Trial | None = None
        self.owed: ConfigProgress | None = None
        """What the host has not yet been told; a hello tells it as well."""
        if flash.trial is not None:
            self._fail(flash.trial, "power_lost", "the power went before the config was confirmed")
        self._run(flash.startup)

    # -- an offer -----------------------------------------------------------------------------------------------

    def offer(self, offer: ConfigOffer, now: float, *, writable: bool = True) -> OfferAnswer | NotNow:
        """Store what is offered, or say why not. What was stored is applied by `begin_trial`, not here.

        Offering the same push again changes nothing that runs: one on trial or confirmed is answered as it was, one
        that was reverted is refused with the reason that it failed for.
        """
        known = self._known(offer, now)
        if known is not None:
            return known
        mark = Mark(revision=offer.revision, digest=offer.digest)
        self._keep(last_offered=OfferedMark(revision=offer.revision, digest=offer.digest, push=offer.push))
        answer, text = _judge(offer, writable=writable)
        trial = StoredTrial(
            push=offer.push,
            config=StoredConfig(mark=mark, body=offer.body),
            answer=answer,
            confirm_timeout_s=offer.confirm_timeout_s,
        )
        if answer.outcome == "refused":
            reason = answer.reason if answer.reason == "digest_mismatch" else "refused"
            self._fail(trial, reason, text)
        else:
            self._keep(trial=trial)
        return answer

    def _known(self, offer: ConfigOffer, now: float) -> OfferAnswer | NotNow | None:
        flash, mark = self.flash, Mark(revision=offer.revision, digest=offer.digest)
        if offer.module != 0:
            return OfferAnswer(outcome="refused", reason="unknown_module")
        if flash.trial is not None:
            if (flash.trial.push, flash.trial.config.mark) == (offer.push, mark):
                return flash.trial.answer
            left = self.trial.deadline - now if self.trial is not None else 1.0
            return NotNow(reason="on_trial", retry_after_s=max(1, int(left) + 1))
        if flash.confirmed_answer is not None and (flash.confirmed_push, flash.confirmed) == (offer.push, mark):
            self.owed = _confirmed(offer.push, mark)
            return flash.confirmed_answer
        failed = flash.last_failed
        if failed is not None and failed.push == offer.push and failed.reason not in _NEVER_RAN:
            return OfferAnswer(outcome="refused", reason=failed.reason)
        return None

    # -- its trial ----------------------------------------------------------------------------------------------

    def begin_trial(self, now: float) -> bool:
        """Apply what was stored, if anything waits. True: a new connection to a host must now prove it."""
        stored = self.flash.trial
        if stored is None or self.trial is not None:
            return False
        self.trial = Trial(push=stored.push, before=self.running, deadline=now + stored.confirm_timeout_s)
        self._run(stored.config)
        return True

    def reached(self) -> None:
        """A connection to a host stands: the management path is not what will fail the trial."""
        if self.trial is not None and not self.trial.reached:
            self.trial = msgspec.structs.replace(self.trial, reached=True)

    def welcomed(self, confirm: tuple[int, ...]) -> bool:
        """The host says yes to these pushes. True when that confirmed the trial: it is the startup config now."""
        stored = self.flash.trial
        if self.trial is None or stored is None or self.trial.push not in confirm:
            return False
        self.trial = None
        mark = stored.config.mark
        self._keep(
            startup=stored.config,
            confirmed=mark,
            confirmed_push=stored.push,
            confirmed_answer=stored.answer,
            trial=None,
        )
        self.owed = _confirmed(stored.push, mark)
        return True

    def denied(self, revert: tuple[int, ...]) -> bool:
        """The host says no to these pushes. True when the one on trial is among them: its time is over now."""
        if self.trial is None or self.trial.push not in revert:
            return False
        return self.restore("denied", "the host said no to what ran on trial")

    def expire(self, now: float) -> bool:
        """Restore what ran before when the trial's time is over. True when it did."""
        if self.trial is None or now < self.trial.deadline:
            return False
        if self.trial.reached:
            return self.restore("not_confirmed", "the host was reached and did not say yes in time")
        return self.restore("management_path_lost", "no host could be reached with this config")

    def restore(self, reason: str, text: str) -> bool:
        """End the trial and run exactly what ran before it. True when there was one."""
        trial, stored = self.trial, self.flash.trial
        if trial is None or stored is None:
            return False
        self.trial = None
        self._run(trial.before)
        self._fail(stored, reason, text)
        mark = stored.config.mark
        self.owed = ConfigProgress(
            push=stored.push, revision=mark.revision, digest=mark.digest, phase="reverted", reason=reason, text=text
        )
        return True

    # -- what it says of itself ---------------------------------------------------------------------------------

    def state(self) -> ModuleState:
        """The marks, as a hello carries them. A hello replaces whatever progress is still owed."""
        flash = self.flash
        return ModuleState(
            running=self.running.mark if self.running else None,
            startup=flash.startup.mark if flash.startup else None,
            last_offered=flash.last_offered,
            last_failed=flash.last_failed,
            confirmed=flash.confirmed,
            trial=self.trial.push if self.trial else None,
        )

    def _run(self, stored: StoredConfig | None) -> None:
        self.running = stored
        self.config = read_config(stored.body).config if stored else _FACTORY

    def _fail(self, stored: StoredTrial, reason: str, text: str) -> None:
        mark = stored.config.mark
        failed = FailedMark(
            revision=mark.revision, digest=mark.digest, push=stored.push, reason=reason, text=text[:_MAX_TEXT]
        )
        self._keep(last_failed=failed, trial=None)

    def _keep(self, **changes: object) -> None:
        self.flash = msgspec.structs.replace(self.flash, **changes)


def _confirmed(push: int, mark: Mark) -> ConfigProgress:
    return ConfigProgress(push=push, revision=mark.revision, digest=mark.digest, phase="confirmed")


def _judge(offer: ConfigOffer, *, writable: bool) -> tuple[OfferAnswer, str]:
    """The answer to a fresh offer, and a sentence for people when it is a refusal."""
    if not writable:
        return OfferAnswer(outcome="refused", reason="flash_failed"), "the flash cannot be written"
    if digest_of(offer.body.encode()) != offer.digest:
        return OfferAnswer(outcome="refused", reason="digest_mismatch"), "the body does not have the offered digest"
    try:
        reading = read_config(offer.body)
    except ConfigRefused as error:
        return OfferAnswer(outcome="refused", reason="not_understood", rejected=error.rejected), str(error)
    outcome: Outcome = "substituted" if reading.rejected else "accepted"
    return OfferAnswer(outcome=outcome, rejected=reading.rejected), ""
