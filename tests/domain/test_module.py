"""Several modules told as one, what differs, what is empty, and what a body may be."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import module as rules
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.errors import Invalid
from servicehost.domain.module import (
    MAX_MODULE_BYTES,
    ModuleMark,
    as_one,
    check_module,
    differing,
    empty_modules,
    manifest_of,
)
from tests.builders.estate import a_revision

MANIFEST = (
    ModuleMark(module=0, revision=3, digest="main", size_bytes=4),
    ModuleMark(module=1, revision=3, digest="one", size_bytes=4),
)


def state(module: int, running: str | None = None, **fields: Any) -> ModuleState:
    mark = None if running is None else Mark(revision=1, digest=running)
    return ModuleState(module=module, running=mark, confirmed=mark, **fields)


BOTH = (state(0, "main"), state(1, "one"))


class Told:
    """The table, so that mutants can be tried on it."""

    def __init__(self, module: ModuleType = rules) -> None:
        self.module = module

    def check(self) -> None:
        as_one = self.module.as_one
        one = state(0, "x", trial=4)
        assert as_one((one,), ()) is one
        both = as_one(BOTH, MANIFEST)
        assert (both.running.digest, both.confirmed.digest) == ("main", "main")
        half = as_one((state(0, "main"), state(1, "old")), MANIFEST)
        assert (half.running, half.confirmed) == (None, None)
        assert as_one((state(0, "main"),), MANIFEST).running is None
        assert as_one((state(0, "main"), state(1, "one", trial=9)), MANIFEST).trial == 9
        assert as_one((state(0, "main"), state(1, "x", trial=9)), ()).trial == 9
        failed = Mark(revision=3, digest="one", push=8, reason="refused")
        older = Mark(revision=2, digest="y", push=7, reason="reverted")
        said = as_one((state(0, "main", last_failed=older), state(1, "x", last_failed=failed)), MANIFEST)
        assert (said.last_failed.push, said.last_failed.digest) == (8, "main")
        foreign = as_one((state(0, "main"), state(1, "x", last_failed=older)), MANIFEST)
        assert foreign.last_failed == older
        assert [one.module for one in self.module.differing((state(0, "main"), state(1, "x")), MANIFEST)] == [1]
        assert [one.module for one in self.module.differing((), MANIFEST)] == [0, 1]
        assert [one.module for one in self.module.differing(BOTH, MANIFEST)] == [0]


def test_several_modules_are_told_as_one() -> None:
    Told().check()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("runs = all(", "runs = any("),
        ("confirmed = all(", "confirmed = any("),
        ("max(failures", "min(failures"),
        ("running.get(one.module) != one.digest", "running.get(one.module) == one.digest"),
        ("tuple(manifest[:1])", "()"),
        ("trial=trial, last_failed=failed)", "last_failed=failed)"),
    ],
)
def test_a_rule_that_is_broken_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, AttributeError)):
        Told(_mutant(tmp_path, right, wrong)).check()


def _mutant(folder: Path, right: str, wrong: str) -> ModuleType:
    source = Path(rules.__file__).read_text()
    assert right in source
    (folder / "mutant.py").write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("mutant_module", folder / "mutant.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["mutant_module"] = made
    spec.loader.exec_module(made)
    return made


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["main", "one", "two", None])), unique_by=lambda p: p[0]))
def test_nothing_differs_once_the_unit_runs_what_was_sent(said: list[tuple[int, str | None]]) -> None:
    states = {module: state(module, digest) for module, digest in said}
    sent = differing(tuple(states.values()), MANIFEST)
    after = states | {one.module: state(one.module, one.digest) for one in sent}
    told = as_one(tuple(after.values()), MANIFEST)
    assert told.running is not None
    assert told.running.digest == "main"


def test_a_lone_main_module_that_fits_in_a_frame_needs_no_manifest() -> None:
    main = a_revision("nxe000000001", "nxm000000001")
    assert manifest_of(main, ()) == ()
    large = a_revision("nxe000000001", "nxm000000001", size_bytes=300_000)
    assert [one.module for one in manifest_of(large, ())] == [0]
    other = a_revision("nxe000000001", "nxm000000001", module=2)
    assert [one.module for one in manifest_of(main, [other])] == [0, 2]


def test_the_main_module_is_never_among_the_empty_ones() -> None:
    states = (state(0), state(1), state(2))
    assert [one.module for one in empty_modules(states, [1])] == [2]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: check_module(0, "text", b""), "config_empty"),
        (lambda: check_module(1, "text", b"\xff"), "module_not_utf8"),
        (lambda: check_module(1, "binary", bytes(MAX_MODULE_BYTES + 1)), "module_too_large"),
        (lambda: check_module(1, "text", b"\x01" * 100_000), "config_too_large"),
    ],
)
def test_a_body_that_cannot_be_is_refused_by_name(call: Callable[[], None], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        call()
    assert refused.value.code == code


@pytest.mark.parametrize(("kind", "raw"), [("text", b""), ("binary", b"\xff"), ("text", b"\x01" * 300_000)])
def test_a_module_may_be_blank_or_binary_or_long(kind: str, raw: bytes) -> None:
    check_module(1, kind, raw)
