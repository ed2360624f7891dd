from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain import life as rules
from servicehost.domain.errors import Conflict, Forbidden
from servicehost.domain.life import (
    BINDABLE,
    LIFE_TABLE,
    MISSING,
    PEOPLES_WORDS,
    TOLD_AS,
    LifeRefusal,
    LifeSaid,
    check_stock,
    demand_word,
    next_life,
)
from servicehost.domain.people import Actor, Role
from servicehost.domain.unit import Life

# Written out a second time, by hand, in the words of the field: rows are lives, columns what is said, in the order
# bound, unbound, replaced | returned, retired | lost, stolen, found | registered. "=": nothing changes, "!x": refused.
TABLE = """
registered | bound         =          !not_bound | returned  retired | lost    stolen  !not_missing | =
bound      | =             registered replaced   | !bound    !bound  | lost    stolen  !not_missing | !bound
replaced   | bound         =          =          | returned  retired | lost    stolen  !not_missing | !replaced
returned   | !returned     =          !not_bound | =         retired | lost    stolen  !not_missing | registered
retired    | !retired      =          !not_bound | !retired  =       | lost    stolen  !not_missing | registered
lost       | !lost         =          =          | !lost     !lost   | =       stolen  returned     | !lost
stolen     | !stolen       =          =          | !stolen   !stolen | !stolen =       returned     | !stolen
"""


def cells(text: str = TABLE) -> list[tuple[str, str, str]]:
    rows = [line.replace("|", " ").split() for line in text.strip().splitlines()]
    return [(row[0], said.value, cell) for row in rows for said, cell in zip(LifeSaid, row[1:], strict=True)]


def answer(module: ModuleType, life: str, said: str) -> str:
    try:
        after = module.next_life(Life(life), module.LifeSaid(said))
    except Conflict as refused:
        return "!" + refused.code.removeprefix("unit_")
    return "=" if after is None else str(after)


@pytest.mark.parametrize(("life", "said", "expected"), cells())
def test_every_word_at_every_point_of_a_life_has_its_answer(life: str, said: str, expected: str) -> None:
    assert answer(rules, life, said) == expected


def test_the_table_answers_every_word_at_every_point() -> None:
    assert set(LIFE_TABLE) == set(Life)
    assert all(set(row) == set(LifeSaid) for row in LIFE_TABLE.values())
    assert len(cells()) == len(Life) * len(LifeSaid)


def test_every_refusal_says_what_to_do() -> None:
    assert set(TOLD_AS) == set(LifeRefusal)
    for life, row in LIFE_TABLE.items():
        for said, cell in row.items():
            if isinstance(cell, LifeRefusal):
                with pytest.raises(Conflict) as refused:
                    next_life(life, said)
                assert (refused.value.code, refused.value.text) == (cell, TOLD_AS[cell])


@pytest.mark.parametrize("life", sorted(MISSING))
def test_what_is_found_while_an_adapter_is_bound_to_it_serves_again(life: Life) -> None:
    assert next_life(life, LifeSaid.FOUND, serving=True) is Life.BOUND
    assert next_life(life, LifeSaid.FOUND) is Life.RETURNED


def test_only_units_at_hand_can_be_bound_and_only_unused_ones_lie_in_stock() -> None:
    assert set(BINDABLE) == {Life.REGISTERED, Life.BOUND, Life.REPLACED}
    check_stock(Life.REGISTERED)
    for life in set(Life) - {Life.REGISTERED}:
        with pytest.raises(Conflict) as refused:
            check_stock(life)
        assert refused.value.code == f"unit_{life}"


def test_a_customer_can_report_a_loss_or_a_theft_and_nothing_else() -> None:
    may = {role: {said for said in LifeSaid if _may(role, said)} for role in Role}
    assert may == {
        Role.OPERATION_MANAGER: {LifeSaid.LOST, LifeSaid.STOLEN},
        Role.SUPPORT: set(),
        Role.DISPATCHER: set(PEOPLES_WORDS),
    }
    assert set(LifeSaid) - set(PEOPLES_WORDS) == {LifeSaid.BOUND, LifeSaid.UNBOUND, LifeSaid.REPLACED}


def _may(role: Role, said: LifeSaid) -> bool:
    try:
        demand_word(Actor(person_id=1, master_id="m", name="n", role=role, management_code=None), said)
    except Forbidden:
        return False
    return True


@settings(max_examples=500, deadline=None, database=None)
@given(st.lists(st.sampled_from(LifeSaid), max_size=30))
def test_in_any_order_nobody_is_used_again_without_a_word_for_it(words: list[LifeSaid]) -> None:
    """A unit's life with its bindings: what is bound when the store would bind, and unbound when it would unbind."""
    life, serving = Life.REGISTERED, False
    for said in words:
        if serving and said is LifeSaid.BOUND:
            continue  # the store refuses a second binding before the table is asked
        try:
            after = next_life(life, said, serving=serving)
        except Conflict:
            continue
        if after in (Life.REGISTERED, Life.BOUND) and life not in BINDABLE:
            assert said is LifeSaid.REGISTERED or (said is LifeSaid.FOUND and serving)
        serving = (serving or said is LifeSaid.BOUND) and said not in (LifeSaid.UNBOUND, LifeSaid.REPLACED)
        life = after or life
        assert (life is Life.BOUND) <= serving, "bound without a binding"
        assert not serving or life in {Life.BOUND} | MISSING, "serves, though it is neither bound nor missing"
        assert said is LifeSaid.FOUND or next_life(life, said, serving=serving) is None, "said twice, moved twice"


MUTANTS: dict[str, tuple[str, str]] = {
    "a returned unit is bound": ("_R.UNIT_RETURNED, None, _R.UNIT_NOT_BOUND,", "_L.BOUND, None, _R.UNIT_NOT_BOUND,"),
    "a stolen unit is bound": ("_R.UNIT_STOLEN, None, None,", "_L.BOUND, None, None,"),
    "an unbinding forgets the theft": ("_R.UNIT_STOLEN, None, None,", "_R.UNIT_STOLEN, _L.REGISTERED, None,"),
    "a swap forgets the loss": ("_R.UNIT_LOST, None, None,", "_R.UNIT_LOST, None, _L.REPLACED,"),
    "a swap only unbinds": ("None, _L.REGISTERED, _L.REPLACED,", "None, _L.REGISTERED, _L.REGISTERED,"),
    "a theft becomes a loss": ("_R.UNIT_STOLEN, None, _L.RETURNED,", "_L.LOST, None, _L.RETURNED,"),
    "a loss never becomes a theft": ("None, _L.STOLEN, _L.RETURNED,", "None, None, _L.RETURNED,"),
    "what is found is used at once": ("None, _L.STOLEN, _L.RETURNED,", "None, _L.STOLEN, _L.REGISTERED,"),
    "a retired unit comes home": ("_R.UNIT_RETIRED, None,\n", "_L.RETURNED, None,\n"),
    "found while serving is not seen": ("if said is LifeSaid.FOUND and serving:", "if False:"),
    "found always serves": ("if said is LifeSaid.FOUND and serving:", "if said is LifeSaid.FOUND:"),
    "a refusal is passed over": ("if isinstance(cell, LifeRefusal):\n        raise", "if False:\n        raise"),
}


@pytest.mark.parametrize("fault", MUTANTS)
def test_the_table_finds_each_fault(fault: str) -> None:
    assert rules.__file__ is not None
    source = Path(rules.__file__).read_text(encoding="utf-8")
    written, slipped = MUTANTS[fault]
    assert source.count(written) == 1, "the rule is written otherwise now: say anew what a slip would look like"
    mutant = ModuleType("mutant")
    exec(compile(source.replace(written, slipped), "mutant", "exec"), mutant.__dict__)  # noqa: S102
    told = [answer(mutant, life, said) != expected for life, said, expected in cells()]
    serving = mutant.next_life(Life.LOST, mutant.LifeSaid.FOUND, serving=True) is not Life.BOUND
    assert any(told) or serving
