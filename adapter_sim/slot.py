"""A box's config, all its modules as one: offered, stored, tried, confirmed or restored. Pure: time is an argument.

What must outlive a power cut is in `flash`, a value that is replaced as a whole; the rest is gone with the object.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from adapter_sim.command_line import ConfigRefused, read_config
from adapter_sim.config_text import FACTORY_TEXT, BoxConfig
from adapter_sim.flash import Flash, StoredConfig, StoredTrial
from adapter_sim.modules import MAIN, BoxModule, ModuleBody, StoredModule, offered, opened
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

__all__ = ["NOTHING", "ConfigSlot", "NotNow", "Trial"]

_FACTORY: Final = read_config(FACTORY_TEXT).config
_NEVER_RAN: Final = frozenset({"refused", "digest_mismatch"})
"""Failures before anything was applied: the same push may be judged again."""
_MAX_TEXT: Final = 1024
_MAIN_MODULE: Final = BoxModule(module=MAIN)
NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})
"""Fetched so far."""


class NotNow(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that the box can neither take nor refuse yet."""

    reason: str
    retry_after_s: int


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A config that runs until somebody says yes, or until `deadline`; `before` is what ran when it began."""

    push: int
    before: StoredConfig | None
    deadline: float
    modules: tuple[int, ...] = (MAIN,)
    reached: bool = False
    """Whether a connection to a host stood since the trial began."""


class ConfigSlot:
    """The config of module 0, and of those beside it that the box has.

    Built from `flash`, it has booted: it runs the startup config, and a trial it finds there failed for want of power.
    `flash` is what to keep; it changes with `offer`, `welcomed` and `restore` and whatever calls them.
    """

    __slots__ = ("beside", "config", "flash", "kept", "owed", "room_bytes", "running", "trial")

    def __init__(self, flash: Flash, beside: Sequence[BoxModule] = (), *, room_bytes: int | None = None) -> None:
        self.flash = flash
        self.beside = tuple(beside)
        """The modules of the box beside the main one."""
        self.room_bytes = room_bytes
        """How many bytes of configs the flash takes in all; None: as many as come."""
        self.running: StoredConfig | None = None
        self.config: BoxConfig = _FACTORY
        self.kept: StoredConfig | None = None
        """What was confirmed for running alone: it is gone with the next boot."""
        self.trial: Trial | None = None
        self.owed: ConfigProgress | None = None
        """What the host has not yet been told; a hello tells it as well."""
        if flash.trial is not None:
            self._fail(flash.trial, "power_lost", "the power went before the config was confirmed")
        self._run(flash.startup)

    # -- an offer -----------------------------------------------------------------------------------------------

    def refuses(self, offer: ConfigOffer) -> bool:
        """Whether nothing of the offer need be fetched: it will not be stored, whatever its files hold."""
        return self._unfit(offer) is not None

    def knows(self, offer: ConfigOffer, now: float) -> bool:
        """Whether the answer is given already, or cannot be given yet."""
        return self._known(offer, now) is not None

    def offer(
        self, offer: ConfigOffer, now: float, *, writable: bool = True, fetched: Mapping[str, bytes] = NOTHING
    ) -> OfferAnswer | NotNow:
        """Store what is offered, or say why not. What was stored is applied by `begin_trial`, not here.

        Offering the same push again changes nothing that runs: one on trial or confirmed is answered as it was, one
        that was reverted is refused with the reason that it failed for. `fetched` has the files, by digest.
        """
        known = self._known(offer, now)
        if known is not None:
            return known
        mark = OfferedMark(revision=offer.revision, digest=offer.digest, push=offer.push)
        self._keep(last_offered=mark, offered_module=offer.module)
        bodies = opened(offer, fetched)
        answer, text = self._judge(offer, bodies, writable=writable)
        if answer.outcome == "refused":
            reason = answer.reason if answer.reason == "digest_mismatch" else "refused"
            self._note_failure(mark, offer.module, reason, text)
        else:
            self._store(offer, answer, bodies)
        return answer

    def _store(self, offer: ConfigOffer, answer: OfferAnswer, bodies: Sequence[ModuleBody]) -> None:
        flash = self.flash
        starts = flash.pending.config if flash.pending else flash.startup
        for_startup = offer.target == "startup"
        stored = StoredTrial(
            push=offer.push,
            config=self._merged(bodies, starts if for_startup else self.running),
            answer=answer,
            confirm_timeout_s=offer.confirm_timeout_s,
            modules=tuple(one.module for one in bodies),
            target=offer.target,
        )
        if not for_startup:
            self._keep(trial=stored)
            return
        proven = flash.startup is not None and _same(stored.config, flash.startup)
        self._keep(pending=None if proven else stored, stored_push=offer.push, stored_answer=answer)
        self.owed = _confirmed(offer.push, *_first(stored))

    def _judge(self, offer: ConfigOffer, bodies: Sequence[ModuleBody], *, writable: bool) -> tuple[OfferAnswer, str]:
        """The answer to a fresh offer, and a sentence for people when it is a refusal."""
        if not writable:
            return OfferAnswer(outcome="refused", reason="flash_failed"), "the flash cannot be written"
        unfit = self._unfit(offer)
        if unfit is not None:
            return OfferAnswer(outcome="refused", reason=unfit), f"the offer cannot be stored: {unfit}"
        if not all(one.sound for one in bodies):
            return OfferAnswer(outcome="refused", reason="digest_mismatch"), "a body does not have the offered digest"
        main = next((one.body for one in bodies if one.module == MAIN), None)
        return _read(main) if main is not None else (OfferAnswer(outcome="accepted"), "")

    def _unfit(self, offer: ConfigOffer) -> Literal["unknown_module", "no_room"] | None:
        mine = {MAIN, *(one.module for one in self.beside)}
        sent = list(offered(offer))
        if any(one.module not in mine for one in sent) or (self.running is None and sent[0].module != MAIN):
            return "unknown_module"
        size = sum(len(one.body) if one.file is None else one.file.size_bytes for one in sent)
        return "no_room" if self.room_bytes is not None and size > self.room_bytes else None

    def _merged(self, bodies: Sequence[ModuleBody], base: StoredConfig | None) -> StoredConfig:
        """What `base` has, with what was offered in its place."""
        new = {one.module: StoredModule(module=one.module, mark=one.mark, body=one.body or b"") for one in bodies}
        main = new.pop(MAIN, None)
        others = {one.module: one for one in base.others} | new if base else new
        beside = tuple(one for _, one in sorted(others.items()))
        if main is not None:
            return StoredConfig(mark=main.mark, body=main.body.decode(), others=beside)
        assert base is not None  # noqa: S101 - `_unfit` has looked
        return msgspec.structs.replace(base, others=beside)

    def _known(self, offer: ConfigOffer, now: float) -> OfferAnswer | NotNow | None:
        flash, mark = self.flash, Mark(revision=offer.revision, digest=offer.digest)
        if self._unfit(offer) == "unknown_module":
            return OfferAnswer(outcome="refused", reason="unknown_module")
        if flash.trial is not None:
            if (flash.trial.push, flash.trial.config.mark_of(offer.module)) == (offer.push, mark):
                return flash.trial.answer
            left = self.trial.deadline - now if self.trial is not None else 1.0
            return NotNow(reason="on_trial", retry_after_s=max(1, int(left) + 1))
        answered = self._made(offer, mark)
        if answered is not None:
            self.owed = _confirmed(offer.push, offer.module, mark)
            return answered
        failed = flash.last_failed
        if failed is not None and failed.push == offer.push and failed.reason not in _NEVER_RAN:
            return OfferAnswer(outcome="refused", reason=failed.reason)
        return None

    def _made(self, offer: ConfigOffer, mark: Mark) -> OfferAnswer | None:
        """What was answered to a push that is done."""
        flash = self.flash
        if offer.target == "startup":
            return flash.stored_answer if flash.stored_push == offer.push else None
        holds = flash.startup if offer.target == "both" else self.kept
        held = holds.mark_of(offer.module) if holds else None
        return flash.confirmed_answer if (flash.confirmed_push, held) == (offer.push, mark) else None

    # -- its trial ----------------------------------------------------------------------------------------------

    def boot_trial(self, now: float) -> bool:
        """Booted: try what was pushed to startup alone, if anything. True: a connection to a host must now prove it."""
        if self.flash.pending is None:
            return False
        self._keep(trial=msgspec.structs.replace(self.flash.pending, target="both"))
        return self.begin_trial(now)

    def begin_trial(self, now: float) -> bool:
        """Apply what was stored, if anything waits. True: a new connection to a host must now prove it."""
        stored = self.flash.trial
        if stored is None or self.trial is not None:
            return False
        deadline = now + stored.confirm_timeout_s
        self.trial = Trial(push=stored.push, before=self.running, deadline=deadline, modules=stored.modules)
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
        module, mark = _first(stored)
        self.kept = stored.config if stored.target == "running" else None
        made_startup = {} if stored.target == "running" else {"startup": stored.config, "pending": None}
        self._keep(
            **made_startup,
            confirmed=stored.config.mark,
            confirmed_push=stored.push,
            confirmed_answer=stored.answer,
            trial=None,
        )
        self.owed = _confirmed(stored.push, module, mark)
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
        module, mark = _first(stored)
        self.owed = ConfigProgress(
            push=stored.push,
            module=module,
            revision=mark.revision,
            digest=mark.digest,
            phase="reverted",
            reason=reason,
            text=text,
        )
        return True

    # -- what it says of itself ---------------------------------------------------------------------------------

    def states(self) -> tuple[ModuleState, ...]:
        """Of every module of the box, the main one first."""
        return (self.state(), *(self.state(one) for one in self.beside))

    def state(self, of: BoxModule = _MAIN_MODULE) -> ModuleState:
        """The marks of a module, as a hello carries them. A hello replaces whatever progress is still owed."""
        flash, module = self.flash, of.module
        starts = flash.pending.config if flash.pending else flash.startup
        startup = starts.mark_of(module) if starts else None
        confirmed = self.kept or flash.startup
        return ModuleState(
            module=module,
            name=of.name,
            version=of.version,
            running=self.running.mark_of(module) if self.running else None,
            startup=startup,
            last_offered=flash.last_offered if flash.offered_module == module else None,
            last_failed=flash.last_failed if flash.failed_module == module else None,
            confirmed=flash.confirmed if module == MAIN else confirmed.mark_of(module) if confirmed else None,
            trial=self.trial.push if self.trial and module in self.trial.modules else None,
        )

    def _run(self, stored: StoredConfig | None) -> None:
        self.running = stored
        self.config = read_config(stored.body).config if stored else _FACTORY

    def _fail(self, stored: StoredTrial, reason: str, text: str) -> None:
        module, mark = _first(stored)
        self._note_failure(
            OfferedMark(revision=mark.revision, digest=mark.digest, push=stored.push), module, reason, text
        )

    def _note_failure(self, mark: OfferedMark, module: int, reason: str, text: str) -> None:
        failed = FailedMark(
            revision=mark.revision, digest=mark.digest, push=mark.push, reason=reason, text=text[:_MAX_TEXT]
        )
        self._keep(last_failed=failed, failed_module=module, trial=None)

    def _keep(self, **changes: object) -> None:
        self.flash = msgspec.structs.replace(self.flash, **changes)


def _same(one: StoredConfig, other: StoredConfig) -> bool:
    """By digest: the number is for people."""
    modules = {MAIN, *(stored.module for stored in (*one.others, *other.others))}
    return all(_digest(one.mark_of(module)) == _digest(other.mark_of(module)) for module in modules)


def _digest(mark: Mark | None) -> str | None:
    return None if mark is None else mark.digest


def _first(stored: StoredTrial) -> tuple[int, Mark]:
    """The module that a trial is named by."""
    module = stored.modules[0]
    return module, stored.config.mark_of(module) or stored.config.mark


def _confirmed(push: int, module: int, mark: Mark) -> ConfigProgress:
    return ConfigProgress(push=push, module=module, revision=mark.revision, digest=mark.digest, phase="confirmed")


def _read(main: bytes) -> tuple[OfferAnswer, str]:
    """What the main module's text comes to."""
    try:
        reading = read_config(main.decode())
    except ConfigRefused as error:
        return OfferAnswer(outcome="refused", reason="not_understood", rejected=error.rejected), str(error)
    except UnicodeDecodeError:
        return OfferAnswer(outcome="refused", reason="not_understood"), "the main module is no text"
    outcome: Outcome = "substituted" if reading.rejected else "accepted"
    return OfferAnswer(outcome=outcome, rejected=reading.rejected), ""
