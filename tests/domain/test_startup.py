"""A startup config that has not proved itself: tried, counted, given up for the last one that did."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import startup as rules
from servicehost.domain.config import Mark
from servicehost.domain.push import Phase
from servicehost.domain.startup import Startup, after_failure, is_final, is_given_up, stored
from tests.builders.estate import a_push

CODE, TENANT = "nxe000000001", "nxm000000001"
OLD, NEW = Mark(revision=1, digest="sha256:old"), Mark(revision=2, digest="sha256:new")
PUSH = a_push(CODE, TENANT, push=7, revision=2, digest=NEW.digest)
replace = msgspec.structs.replace


class Told:
    """The rules in use, so that mutants can be tried on them."""

    def __init__(self, module: ModuleType = rules) -> None:
        self.rules: Any = module

    def startup(self, mark: Mark | None, proof: Any = None) -> Any:
        return self.rules.Startup(service_code=CODE, management_code=TENANT, mark=mark, proof=proof)

    def unproven(self) -> Any:
        return self.startup(NEW, self.rules.stored(self.startup(OLD), PUSH))

    def check(self) -> None:
        self.what_is_stored_is_noted()
        self.it_is_given_up_after_its_tries()
        self.a_boot_counts_once()
        self.another_unit_begins_anew()
        self.without_a_better_one_it_stays()

    def what_is_stored_is_noted(self) -> None:
        proof = self.unproven().proof
        assert (proof.push, proof.good, proof.failures, proof.failed) == (7, OLD, 0, None)
        again = self.rules.stored(self.unproven(), replace(PUSH, push=8, revision=3))
        assert (again.push, again.good) == (8, OLD), "what was never proved is not good"
        assert self.rules.stored(self.startup(None), PUSH).good is None
        failed = self.startup(OLD, self.rules.StartupProof(service_code=CODE, management_code=TENANT, failed=NEW))
        assert self.rules.stored(failed, PUSH).good == OLD

    def fail(self, startup: Any, times: int, unit_id: int = 1, **fields: Any) -> list[Any]:
        outcomes = []
        for _ in range(times):
            outcome = self.rules.after_failure(startup, unit_id=unit_id, tries=3, **fields)
            outcomes.append(outcome)
            if outcome is not None:
                startup = outcome.startup or replace(startup, proof=outcome.proof)
        return outcomes

    def it_is_given_up_after_its_tries(self) -> None:
        first, second, third = self.fail(self.unproven(), 3)
        assert [one.startup for one in (first, second)] == [None, None]
        assert (third.startup.mark, third.proof.failed, third.proof.push) == (OLD, NEW, None)
        assert third.proof.good is None
        assert third.startup.proof == third.proof
        (at_once,) = self.fail(self.unproven(), 1, final=True)
        assert at_once.startup.mark == OLD

    def a_boot_counts_once(self) -> None:
        first, again = self.fail(self.unproven(), 2, boot_id="b1")
        assert first.proof.failures == 1
        assert again is None
        counted = replace(self.unproven(), proof=first.proof)
        assert self.fail(counted, 1, boot_id="b2")[0].proof.failures == 2

    def another_unit_begins_anew(self) -> None:
        _, second = self.fail(self.unproven(), 2)
        counted = replace(self.unproven(), proof=second.proof)
        assert self.fail(counted, 1, unit_id=2)[0].proof.failures == 1

    def without_a_better_one_it_stays(self) -> None:
        proved = self.startup(OLD)
        *_, third, after = self.fail(proved, 4)
        assert (third.startup.mark, third.proof.failed) == (OLD, OLD)
        assert third.startup.proof == third.proof
        assert after is None, "it is told once"
        assert self.fail(self.startup(None), 1) == [None]
        same = self.startup(NEW, replace(self.unproven().proof, good=NEW))
        last = self.fail(same, 3)[-1]
        assert (last.startup.mark, last.proof.push, last.proof.failed) == (NEW, 7, NEW)


def test_the_rules() -> None:
    Told().check()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("good=good if unproven else startup.mark", "good=startup.mark"),
        ("failures < tries and not final", "failures <= tries and not final"),
        ("failures < tries and not final", "failures < tries"),
        ("same_unit and boot_id is not None and", "same_unit and False and"),
        ("before.failures + 1 if same_unit else 1", "before.failures + 1"),
        ("good is None or good.digest == mark.digest", "good is None"),
        ("failed=mark, push=None, good=None", "failed=mark, push=before.push, good=None"),
        ("startup=msgspec.structs.replace(startup, proof=noted)", "startup=startup"),
        ("mark=good, modules", "mark=mark, modules"),
    ],
)
def test_a_rule_that_is_broken_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    source = Path(rules.__file__).read_text()
    assert right in source
    (tmp_path / "mutant.py").write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("mutant_startup", tmp_path / "mutant.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["mutant_startup"] = made
    spec.loader.exec_module(made)
    with pytest.raises((AssertionError, AttributeError)):
        Told(made).check()


def test_a_refusal_and_what_cannot_be_applied_need_no_second_try() -> None:
    assert is_final(Phase.REFUSED, "no_room")
    assert is_final(Phase.REVERTED, "apply_failed")
    assert not is_final(Phase.REVERTED, "power_lost")


def test_it_is_given_up_on_the_unit_on_which_it_failed() -> None:
    assert is_given_up(NEW, NEW.digest, 1, 1)
    assert not is_given_up(NEW, NEW.digest, 1, 2)
    assert not is_given_up(OLD, NEW.digest, 1, 1)
    assert not is_given_up(None, None, 1, 1)


@given(st.lists(st.tuples(st.integers(1, 2), st.booleans()), max_size=12), st.integers(1, 4))
def test_only_what_proved_itself_takes_the_place_of_what_failed(seen: list[tuple[int, bool]], tries: int) -> None:
    startup = Startup(service_code=CODE, management_code=TENANT, mark=OLD)
    startup = replace(startup, mark=NEW, proof=stored(startup, PUSH))
    told = 0
    for unit_id, final in seen:
        outcome = after_failure(startup, unit_id=unit_id, tries=tries, final=final)
        if outcome is not None and outcome.startup is not None:
            told += 1
            startup = outcome.startup
        elif outcome is not None:
            startup = replace(startup, proof=outcome.proof)
        assert startup.mark in (OLD, NEW)
    if startup.mark == OLD:
        assert told
