"""The life of a push as one table, and proof that each of its rules is held by the table."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import push as pushes
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.push import OPEN_PHASES, Phase

ENDED = [phase for phase in Phase if phase not in OPEN_PHASES]
OPEN = ["queued", "offered", "stored", "running"]
WAITING = ["queued", "offered"]
NEW, OLD = "sha256:new", "sha256:old"
Case = tuple[str, object, object]


def mark(digest: str, **fields: Any) -> Mark:
    return Mark(revision=2, digest=digest, **fields)


def state(**fields: Any) -> ModuleState:
    return ModuleState(**fields)


ON_TRIAL = state(running=mark(NEW), startup=mark(OLD), confirmed=mark(OLD), trial=7)
TRIAL_OF_ANOTHER_DIGEST = state(running=mark(OLD), confirmed=mark(OLD), trial=7)
TRIAL_OF_NOTHING_KNOWN = state(running=mark(OLD), confirmed=mark(OLD), trial=3)
TRIAL_OF_THE_SAME_BYTES = state(running=mark(NEW), confirmed=mark(OLD), trial=3)
BACK_TO_OLD = state(running=mark(OLD), confirmed=mark(OLD))
MADE_PERMANENT = state(running=mark(NEW), startup=mark(NEW), confirmed=mark(NEW))
RUNS_UNCONFIRMED = state(running=mark(NEW), confirmed=mark(OLD))
EMPTY = state()
STARTS_WITH_NEW = state(running=mark(OLD), startup=mark(NEW), confirmed=mark(OLD))
CONFIRMED_THEN_BOOTED = state(running=mark(OLD), startup=mark(OLD), confirmed=mark(NEW))


def failed(reason: str, push: int = 7) -> ModuleState:
    return state(running=mark(OLD), confirmed=mark(OLD), last_failed=mark(NEW, push=push, reason=reason))


class Table:
    """Every case, made of one module's own types, so that a mutant of the module can be tried too."""

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module

    def push(self, phase: str, number: int = 7, outcome: str | None = None, target: str = "both") -> Any:
        return self.module.Push(
            push=number,
            service_code="nxe000000001",
            management_code="nxm000000001",
            module=0,
            revision=2,
            digest=NEW,
            phase=self.module.Phase(phase),
            kind="operator",
            ordered_by="x",
            ordered_at=1,
            changed_at=1,
            confirm_timeout_s=600,
            outcome=outcome,
            target=self.module.Target(target),
        )

    def cases(self) -> Iterator[Case]:
        yield from self.answers()
        yield from self.progress()
        yield from self.hellos()
        yield from self.choices()
        yield from self.targets()

    def _said(self, name: str, change: Any, expected: tuple[Any, ...] | None) -> Case:
        """`expected` is phase, outcome, reason, how many were rejected."""
        got = None if change is None else (change.phase.value, change.outcome, change.reason, len(change.rejected))
        return name, got, expected

    def answers(self) -> Iterator[Case]:
        no = (self.module.Rejected(parameter="mtu", reason="too_large"),)
        for phase in OPEN:
            for outcome in ("accepted", "substituted"):
                change = self.module.after_answer(self.push(phase), outcome, "", no)
                yield self._said(
                    f"{phase} {outcome}", change, None if phase == "running" else ("stored", outcome, None, 1)
                )
            for reason in ("no_space", ""):
                change = self.module.after_answer(self.push(phase), "refused", reason, no)
                expected = ("refused", "refused", reason or "refused", 1)
                yield self._said(f"{phase} refused {reason}", change, None if phase == "running" else expected)
        again = self.module.after_answer(self.push("stored", outcome="accepted"), "accepted", "", ())
        yield self._said("stored, said again", again, None)
        for phase in ENDED:
            for outcome in ("accepted", "substituted", "refused"):
                yield self._said(
                    f"{phase} {outcome}", self.module.after_answer(self.push(phase), outcome, "", ()), None
                )

    def progress(self) -> Iterator[Case]:
        no = (self.module.Rejected(parameter="mtu", reason="too_large"),)
        for phase in OPEN:
            push = self.push(phase, outcome="accepted")
            said = {
                "running": None,
                "confirmed": ("confirmed", "accepted", None, 0) if phase == "running" else None,
                "refused": ("refused", "refused", "why", 1),
                "reverted": ("reverted", "accepted", "why", 1),
            }
            for word, expected in said.items():
                yield self._said(f"{phase} {word}", self.module.after_progress(push, word, "why", no), expected)
            for word in ("refused", "reverted"):
                change = self.module.after_progress(push, word, "", ())
                yield f"{phase} {word} without a reason", change.reason, word
        for phase in ENDED:
            for word in ("running", "confirmed", "refused", "reverted"):
                change = self.module.after_progress(self.push(phase), word, "why", no)
                yield self._said(f"{phase} {word}", change, None)

    def hello(self, name: str, push: Any, said: ModuleState, expected: tuple[Any, ...], **context: bool) -> Case:
        """`expected` is the new phase and its reason (None: unchanged), confirm, revert."""
        greeting = self.module.after_hello(push, said, **context)
        change = greeting.change
        got = (None if change is None else (change.phase.value, change.reason), greeting.confirm, greeting.revert)
        return name, got, expected

    def hellos(self) -> Iterator[Case]:
        nothing = (None, None, None)
        yield self.hello("no push, no trial", None, BACK_TO_OLD, nothing)
        yield self.hello("no push, a trial", None, ON_TRIAL, (None, None, 7))
        for phase in OPEN:
            push = self.push(phase)
            changed = None if phase == "running" else ("running", None)
            yield self.hello(f"{phase}: on trial", push, ON_TRIAL, (changed, 7, None))
            yield self.hello(f"{phase}: another digest on trial", push, TRIAL_OF_ANOTHER_DIGEST, (None, None, 7))
            yield self.hello(f"{phase}: another push on trial", push, TRIAL_OF_NOTHING_KNOWN, (None, None, 3))
            yield self.hello(f"{phase}: the same bytes of another", push, TRIAL_OF_THE_SAME_BYTES, (None, None, 3))
            yield self.hello(f"{phase}: failed", push, failed("power_lost"), (("reverted", "power_lost"), None, None))
            yield self.hello(f"{phase}: refused", push, failed("refused"), (("refused", "refused"), None, None))
            elsewhere = {
                "queued": None,
                "offered": None,
                "stored": ("queued", "lost_by_unit"),
                "running": ("reverted", "another_digest_runs"),
            }[phase]
            for said in (BACK_TO_OLD, EMPTY, RUNS_UNCONFIRMED, failed("power_lost", push=6)):
                yield self.hello(f"{phase}: {said}", push, said, (elsewhere, None, None))
            permanent = ("confirmed", None) if phase == "running" else elsewhere
            yield self.hello(f"{phase}: made permanent", push, MADE_PERMANENT, (permanent, None, None))
            behind = ("superseded", "newer_push") if phase == "stored" else elsewhere
            yield self.hello(f"{phase}: a newer waits", push, BACK_TO_OLD, (behind, None, None), newer_waits=True)

    def targets(self) -> Iterator[Case]:
        """To startup alone nothing is tried; to running alone the startup config stays; a boot tries what it stored."""
        for phase in OPEN:
            change = self.module.after_progress(self.push(phase, target="startup"), "confirmed", "", ())
            expected = ("confirmed", None, None, 0) if phase == "stored" else None
            yield self._said(f"startup {phase} confirmed", change, expected)
            change = self.module.after_progress(self.push(phase, target="running"), "confirmed", "", ())
            expected = ("confirmed", None, None, 0) if phase == "running" else None
            yield self._said(f"running {phase} confirmed", change, expected)
        stored, runs = self.push("stored", target="startup"), self.push("running", target="running")
        yield self.hello("stored as startup", stored, STARTS_WITH_NEW, (("confirmed", None), None, None))
        both = self.push("stored")
        yield self.hello("stored, both", both, STARTS_WITH_NEW, (("queued", "lost_by_unit"), None, None))
        yield self.hello("forgotten", stored, BACK_TO_OLD, (("queued", "lost_by_unit"), None, None))
        queued = self.push("queued", target="startup")
        yield self.hello("had it before", queued, STARTS_WITH_NEW, (None, None, None))
        yield self.hello("booted since", runs, CONFIRMED_THEN_BOOTED, (("confirmed", None), None, None))
        yield self.hello(
            "both, booted since",
            self.push("running"),
            CONFIRMED_THEN_BOOTED,
            (("reverted", "another_digest_runs"), None, None),
        )
        yield self.hello("boots with startup", None, ON_TRIAL, (None, 7, None), tries_startup=True)
        waits = self.push("queued", 8)
        yield self.hello("boots while another waits", waits, ON_TRIAL, (None, 7, None), tries_startup=True)
        own = self.push("stored", 7)
        yield self.hello("the push itself", own, ON_TRIAL, (("running", None), 7, None), tries_startup=True)
        yield self.hello("boots with nothing on trial", None, BACK_TO_OLD, (None, None, None), tries_startup=True)

    def choices(self) -> Iterator[Case]:
        first, second = self.push("queued", 7), self.push("offered", 8)
        offer = self.module.next_to_offer
        yield "nothing waits", offer([]), None
        yield "the oldest is offered", offer([first, second]), first
        for trial in ("stored", "running"):
            yield f"one is {trial}", offer([self.push(trial, 6), first]), None
            yield f"one is {trial}, named last", offer([first, self.push(trial, 9)]), None
            met = self.module.met_by_hello([first, second, self.push(trial, 9)], failed("x", push=8))
            yield f"the one {trial} comes first", met, self.push(trial, 9)
        meet = self.module.met_by_hello
        yield "none is met", meet([], ON_TRIAL), None
        yield "the trial is met", meet([second, first], ON_TRIAL), first
        yield "the failed one is met", meet([first, second], failed("x", push=8)), second
        yield "the oldest is met", meet([first, second], BACK_TO_OLD), first


TABLE = list(Table(pushes).cases())


@pytest.mark.parametrize(("name", "got", "expected"), TABLE, ids=[name for name, _, _ in TABLE])
def test_a_push_goes_on_as_the_table_says(name: str, got: object, expected: object) -> None:
    assert got == expected, name


# One fault for each rule: what is written in the source, and what a slip would have written.
MUTANTS = {
    "an answer changes what has ended": (
        "if push.phase.ended or push.phase is Phase.RUNNING:",
        "if push.phase is Phase.RUNNING:",
    ),
    "an answer stops a trial": ("if push.phase.ended or push.phase is Phase.RUNNING:", "if push.phase.ended:"),
    "a refusal stores": ('if outcome == "refused":', 'if outcome == "declined":'),
    "a refusal without a reason has none": (
        'reason or "refused", rejected=rejected)\n    if push',
        "reason, rejected=rejected)\n    if push",
    ),
    "an answer said again is a change": ("push.phase is Phase.STORED and push.outcome == outcome", "False"),
    "an answer loses what was rejected": (
        "return Change(phase=Phase.STORED, outcome=outcome, rejected=rejected)",
        "return Change(phase=Phase.STORED, outcome=outcome)",
    ),
    "progress changes what has ended": ('if push.phase.ended or phase == "running":', 'if phase == "running":'),
    "running is believed from progress": ('if push.phase.ended or phase == "running":', "if push.phase.ended:"),
    "a unit confirms on its own word": (
        "if push.phase is said_yes\n            else None",
        "if True\n            else None",
    ),
    "a late refusal reverts": ('if phase == "refused":', "if False:"),
    "a revert without a reason has none": ('reason=reason or "reverted"', "reason=reason"),
    "a trial of nothing known goes on": (
        "if push is None:\n        return Greeting(revert=state.trial)",
        "if push is None:\n        return Greeting()",
    ),
    "a trial of another push goes on": ("state.trial != push.push or ", ""),
    "a trial of another digest goes on": (" or _digest(state.running) != push.digest", ""),
    "a trial is never confirmed": ("confirm=push.push)", "confirm=None)"),
    "a trial never shows": ("change=None if push.phase is Phase.RUNNING else running", "change=None"),
    "running is written again": ("change=None if push.phase is Phase.RUNNING else running", "change=running"),
    "a failure of another push counts": ("failed is not None and failed.push == push.push", "failed is not None"),
    "a failure is not seen": ("failed is not None and failed.push == push.push", "False"),
    "a refusal told by hello reverts": (
        'if failed.reason == "refused" else Phase.REVERTED',
        "if False else Phase.REVERTED",
    ),
    "a lost push is queued before a newer one": ("    if newer_waits:", "    if False:"),
    "a push that waits gives way to a hello": (
        "    if push.phase is Phase.STORED:\n        return _once",
        "    if newer_waits or push.phase is Phase.STORED:\n        return _once",
    ),
    "what was stored as startup is not believed": (
        "push.target is Target.STARTUP and _digest(state.startup)",
        "False and _digest(state.startup)",
    ),
    "what was to be tried is believed untried": (
        "push.target is Target.STARTUP and _digest(state.startup)",
        "_digest(state.startup)",
    ),
    "startup waits for a yes": ("Phase.STORED if push.target is Target.STARTUP else Phase.RUNNING", "Phase.RUNNING"),
    "running needs no yes": ("Phase.STORED if push.target is Target.STARTUP else", "Phase.STORED if True else"),
    "a boot is denied its startup config": ("if tries_startup and state.trial", "if False and state.trial"),
    "a lost push is not offered again": ('return Change(phase=Phase.QUEUED, reason="lost_by_unit")', "return None"),
    "an offer that was lost reverts": (
        "if push.phase is not Phase.RUNNING:\n        return None",
        "if False:\n        return None",
    ),
    "what the unit made permanent is not believed": (
        "if runs and _digest(state.confirmed) == push.digest:",
        "if False:",
    ),
    "what runs but is not confirmed is believed": (
        "if runs and _digest(state.confirmed) == push.digest:",
        "if runs:",
    ),
    "what is confirmed but does not run is believed": ("if runs and _digest", "if _digest"),
    "what ran until the boot is forgotten": ("runs = push.target is Target.RUNNING or ", "runs = "),
    "two pushes are tried at once": ("if any(not push.phase.recallable for push in open_pushes):", "if False:"),
    "an offered push cannot be recalled": ('word in ("queued", "offered")', 'word == "queued"'),
    "a stored push can be recalled": ('word in ("queued", "offered")', 'word != "running"'),
    "the trial is not met first": ("[*on_trial, *spoken_of, *open_pushes]", "[*spoken_of, *on_trial, *open_pushes]"),
    "what is spoken of is not met": ("[*on_trial, *spoken_of, *open_pushes]", "[*on_trial, *open_pushes]"),
    "silence meets nothing": ("[*on_trial, *spoken_of, *open_pushes]", "[*on_trial, *spoken_of]"),
    "a running push is not open": ('word in ("stored", "running")', 'word == "stored"'),
}


@pytest.mark.parametrize("fault", MUTANTS)
def test_the_table_finds_each_fault(fault: str) -> None:
    assert pushes.__file__ is not None
    source = Path(pushes.__file__).read_text(encoding="utf-8")
    written, slipped = MUTANTS[fault]
    assert source.count(written) == 1, "the rule is written otherwise now: say anew what a slip would look like"
    mutant = ModuleType("mutant")
    exec(compile(source.replace(written, slipped), "mutant", "exec"), mutant.__dict__)  # noqa: S102
    assert any(got != expected for _, got, expected in Table(mutant).cases())


def test_open_pushes_are_exactly_those_that_have_not_ended() -> None:
    assert {phase for phase in Phase if not phase.ended} == OPEN_PHASES == set(map(Phase, OPEN))
    assert {phase for phase in Phase if phase.recallable} == set(map(Phase, WAITING))


digests = st.none() | st.sampled_from([NEW, OLD]).map(mark)
numbers = st.none() | st.integers(6, 8)
states = st.builds(
    ModuleState,
    running=digests,
    confirmed=digests,
    trial=numbers,
    last_failed=st.none() | st.integers(6, 8).map(lambda push: mark(NEW, push=push, reason="x")),
)


@given(st.lists(st.sampled_from(OPEN), max_size=3), states)
def test_a_hello_is_answered_whatever_the_unit_says(phases: list[str], said: ModuleState) -> None:
    table = Table(pushes)
    open_pushes = [table.push(phase, 6 + index) for index, phase in enumerate(phases)]
    met = pushes.met_by_hello(open_pushes, said)
    greeting = pushes.after_hello(met, said)
    assert greeting.confirm is None or greeting.revert is None
    if said.trial is not None:  # a unit that tries something is told yes or no
        assert said.trial in (greeting.confirm, greeting.revert)
    if greeting.confirm is not None:  # and yes only to what was ordered
        assert met is not None
        assert (said.trial, msgspec.structs.asdict(said)["running"]) == (met.push, mark(met.digest))
