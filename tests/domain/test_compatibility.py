from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain import compatibility
from servicehost.domain.compatibility import (
    SEVERITIES,
    MisfitCode,
    MisfitSeverity,
    ModelFacts,
    OldUnit,
    Substitute,
    blocking,
    misfits,
    older,
)
from servicehost.domain.custody import Part

M = MisfitCode
FULL = ModelFacts(ports=5, mobile=True, power="AC", modules=(0, 1))
OLD = OldUnit(model="SA-W2", firmware="1.4.2", modules=(0,), facts=FULL, accessories=(Part.AC_ADAPTER,))
SAME = Substitute(model="SA-W2", firmware="1.4.2", facts=FULL, accessories=(Part.AC_ADAPTER,))


def codes(**differs: Any) -> list[MisfitCode]:
    new = Substitute(**({name: getattr(SAME, name) for name in SAME.__struct_fields__} | differs))
    return [one.code for one in misfits(OLD, new)]


def other(**facts: Any) -> list[MisfitCode]:
    plain: dict[str, Any] = {"ports": 5, "mobile": True, "power": "AC", "modules": (0, 1)}
    return codes(model="SA-X9", facts=ModelFacts(**(plain | facts)))


def test_a_unit_of_the_same_model_and_firmware_fits() -> None:
    assert misfits(OLD, SAME) == ()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (codes(firmware="1.4.1"), [M.FIRMWARE_OLDER]),
        (codes(firmware="1.10"), [M.FIRMWARE_NEWER]),
        (codes(firmware="1.4.2-rc1"), [M.FIRMWARE_DIFFERS]),
        (codes(firmware=""), [M.FIRMWARE_UNKNOWN]),
        (codes(firmware="1.4.2.0"), []),
        (codes(facts=ModelFacts(modules=(1,))), [M.MODULES_MISSING]),
        (codes(accessories=(Part.AC_ADAPTER, Part.MOUNT)), [M.ACCESSORIES_DIFFER]),
        (other(), [M.OTHER_MODEL]),
        (other(ports=4), [M.OTHER_MODEL, M.FEWER_PORTS]),
        (other(ports=8), [M.OTHER_MODEL]),
        (other(mobile=False), [M.OTHER_MODEL, M.NO_MOBILE_LINE]),
        (other(power="PoE"), [M.OTHER_MODEL, M.POWER_DIFFERS]),
        (other(modules=()), [M.OTHER_MODEL, M.MODULES_MISSING]),
        (other(ports=None), [M.OTHER_MODEL, M.MODEL_FACTS_UNKNOWN]),
        (other(mobile=None), [M.OTHER_MODEL, M.MODEL_FACTS_UNKNOWN]),
        (other(power=None), [M.OTHER_MODEL, M.MODEL_FACTS_UNKNOWN]),
    ],
)
def test_each_thing_that_does_not_fit_has_its_name(found: list[MisfitCode], expected: list[MisfitCode]) -> None:
    assert found == expected


def test_a_model_without_a_mobile_line_asks_for_none() -> None:
    old = OldUnit(model="A", firmware="1", facts=ModelFacts(ports=1, mobile=False, power="AC"))
    new = Substitute(model="B", firmware="1", facts=ModelFacts(ports=1, power="AC"))
    assert [one.code for one in misfits(old, new)] == [M.OTHER_MODEL]


def test_an_adapter_with_the_mobile_option_asks_for_a_line_whatever_the_old_unit_had() -> None:
    old = OldUnit(model="A", firmware="1", facts=ModelFacts(ports=1, mobile=False, power="AC"), mobile=True)
    without = Substitute(model="B", firmware="1", facts=ModelFacts(ports=1, mobile=False, power="AC"))
    unknown = Substitute(model="B", firmware="1", facts=ModelFacts(ports=1, power="AC"))
    assert [one.code for one in misfits(old, without)] == [M.OTHER_MODEL, M.NO_MOBILE_LINE]
    assert [one.code for one in misfits(old, unknown)] == [M.OTHER_MODEL, M.MODEL_FACTS_UNKNOWN]


def test_what_does_not_fit_says_what_there_was_and_what_there_is_in_both_languages() -> None:
    (only,) = misfits(OLD, Substitute(model="SA-W2", firmware="1.3", facts=FULL, accessories=OLD.accessories))
    assert (only.severity, only.expected, only.found) == (MisfitSeverity.BLOCKING, "1.4.2", "1.3")
    assert only.text_ja != only.text_en != ""


def test_every_code_has_a_severity_and_words() -> None:
    assert set(SEVERITIES) == set(M) == set(compatibility._WORDS)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("1.4.2", "1.4.3", True),
        ("1.10", "1.9", False),
        ("1.4", "1.4.0", False),
        ("v2", "10", True),
        ("1.4-rc1", "1.4", None),
        ("1.4-rc1", "1.5", True),
        ("blue", "1.4", None),
        ("", "1.4", None),
    ],
)
def test_firmware_is_compared_by_its_numbers(one: str, two: str, expected: bool | None) -> None:
    assert older(one, two) is expected


VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@settings(max_examples=300, deadline=None, database=None)
@given(VERSIONS, VERSIONS, VERSIONS)
def test_older_is_an_order(one: str, two: str, three: str) -> None:
    assert not (older(one, two) and older(two, one))
    assert not (older(one, two) and older(two, three)) or older(one, three)


FACTS = st.builds(
    ModelFacts,
    ports=st.none() | st.integers(1, 9),
    mobile=st.none() | st.booleans(),
    power=st.none() | st.sampled_from(["AC", "PoE"]),
    modules=st.none() | st.just((0,)) | st.just((0, 1)),
)
PARTS = st.lists(st.sampled_from(sorted(set(Part) - {Part.UNIT})), unique=True).map(tuple)


@settings(max_examples=500, deadline=None, database=None)
@given(model=st.sampled_from(["A", "B"]), firmware=VERSIONS | st.just(""), facts=FACTS, parts=PARTS)
def test_a_unit_always_fits_its_own_place_and_nothing_unknown_blocks(
    model: str, firmware: str, facts: ModelFacts, parts: tuple[Part, ...]
) -> None:
    old = OldUnit(model=model, firmware=firmware, modules=facts.modules or (), facts=facts, accessories=parts)
    same = Substitute(model=model, firmware=firmware, facts=facts, accessories=parts)
    assert {one.code for one in misfits(old, same)} <= {M.FIRMWARE_UNKNOWN}
    bare = Substitute(model=model)
    assert blocking(misfits(old, bare)) == ()


# Seeded mistakes: each must be noticed by the table above.
MUTANTS = {
    "a notice where it blocks": ("SEVERITIES", {**SEVERITIES, M.OTHER_MODEL: MisfitSeverity.NOTICE}),
    "older taken for newer": ("older", lambda one, two: older(two, one)),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_seeded_mistake_is_noticed(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, value = MUTANTS[mutant]
    sound = (blocking(misfits(OLD, Substitute(model="SA-X9"))), codes(firmware="1.4.1"))
    monkeypatch.setattr(compatibility, name, value)
    assert (blocking(misfits(OLD, Substitute(model="SA-X9"))), codes(firmware="1.4.1")) != sound
