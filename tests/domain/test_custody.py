"""A thing is in one place, whatever is said in whatever order."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain import custody
from servicehost.domain.custody import (
    HOLDER_WORDS,
    MAY_FOLLOW,
    PART_WORDS,
    CustodyRefusal,
    Evidence,
    Handover,
    Holder,
    Part,
    Place,
    Thing,
    check_handover,
    stretch,
    whereabouts,
)
from servicehost.domain.errors import Conflict

THING = Thing(unit_id=1)
PLACES = tuple(Place(holder=holder, name=name) for holder in Holder for name in ("", "x"))


def handover(source: Place | None, target: Place, at: int = 1) -> Handover:
    return Handover(thing=THING, source=source, target=target, at=at, by="a", evidence=Evidence(why="said"))


def refusal(chain: list[Handover], one: Handover) -> str:
    with pytest.raises(Conflict) as refused:
        check_handover(chain, one)
    return refused.value.code


STOCK, SITE, CARRIER = Place(holder=Holder.STOCK), Place(holder=Holder.SITE, name="nxe1"), Place(holder=Holder.CARRIER)


def test_every_holder_and_every_part_has_words_and_every_holder_its_row() -> None:
    assert set(HOLDER_WORDS) == set(Holder)
    assert set(PART_WORDS) == set(Part)
    assert set(MAY_FOLLOW) == {None, *Holder}


def test_each_refusal_has_its_name() -> None:
    chain = [handover(None, STOCK, at=5)]
    assert refusal(chain, handover(SITE, CARRIER, at=6)) == CustodyRefusal.NOT_THERE
    assert refusal(chain, handover(STOCK, STOCK, at=6)) == CustodyRefusal.SAME_PLACE
    assert refusal(chain, handover(STOCK, SITE, at=6)) == CustodyRefusal.MAY_NOT_FOLLOW
    assert refusal(chain, handover(STOCK, CARRIER, at=4)) == CustodyRefusal.BEFORE_THE_LAST
    assert refusal([], handover(None, CARRIER)) == CustodyRefusal.MAY_NOT_FOLLOW
    assert check_handover(chain, handover(STOCK, CARRIER, at=5)).target == CARRIER


def test_another_stock_is_another_place() -> None:
    there = Place(holder=Holder.STOCK, name="Osaka")
    assert check_handover([handover(None, STOCK)], handover(STOCK, there)).target == there


def test_what_is_given_up_can_be_found_again_and_what_is_in_inspection_never_leaves_by_itself() -> None:
    assert Holder.STOCK in MAY_FOLLOW[Holder.WRITTEN_OFF]
    assert MAY_FOLLOW[Holder.INSPECTION] == {Holder.STOCK, Holder.WRITTEN_OFF}


WAY = (STOCK, CARRIER, SITE)


@pytest.mark.parametrize(
    ("at", "upto", "left"),
    [
        (None, Holder.SITE, WAY),
        (STOCK, Holder.CARRIER, (CARRIER,)),
        (STOCK, Holder.SITE, (CARRIER, SITE)),
        (SITE, Holder.CARRIER, ()),
        (SITE, Holder.SITE, ()),
        (Place(holder=Holder.WRITTEN_OFF), Holder.SITE, ()),
    ],
)
def test_a_thing_further_along_its_way_is_not_taken_back(
    at: Place | None, upto: Holder, left: tuple[Place, ...]
) -> None:
    assert stretch(WAY, at, upto) == left


SAID = st.lists(
    st.tuples(st.sampled_from((None, *PLACES)), st.sampled_from(PLACES), st.integers(0, 9), st.booleans()), max_size=30
)


def broken(said: list[tuple[Place | None, Place, int, bool]]) -> bool:
    """Whether whoever follows the chain from its beginning finds the thing in two places, or going back in time."""
    chain: list[Handover] = []
    for source, target, at, honest in said:
        one = handover(whereabouts(chain) if honest else source, target, at)
        try:
            chain.append(custody.check_handover(chain, one))
        except Conflict:
            continue
    place: Place | None = None
    now = 0
    for one in chain:
        allowed = one.source == place != one.target and one.at >= now
        if not allowed or one.target.holder not in MAY_FOLLOW[None if place is None else place.holder]:
            return True
        place, now = one.target, one.at
    return False


@settings(max_examples=500, deadline=None)
@given(said=SAID)
def test_no_order_of_handovers_puts_one_thing_in_two_places(said: list[tuple[Place | None, Place, int, bool]]) -> None:
    assert not broken(said)


def _deaf_to(code: str) -> Callable[[list[Handover], Handover], Handover]:
    def check(chain: list[Handover], one: Handover) -> Handover:
        try:
            return check_handover(chain, one)
        except Conflict as refused:
            if refused.code == code:
                return one
            raise

    return check


OUT_OF_ORDER = [
    (None, STOCK, 3, True), (SITE, CARRIER, 4, False), (STOCK, CARRIER, 5, True), (None, CARRIER, 6, True),
    (None, SITE, 2, True), (None, SITE, 7, True), (None, Place(holder=Holder.INSPECTION), 8, True),
]  # fmt: skip


@pytest.mark.parametrize("code", CustodyRefusal)
def test_a_check_that_overlooks_one_thing_is_noticed(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not broken(list(OUT_OF_ORDER))
    monkeypatch.setattr(custody, "check_handover", _deaf_to(code))
    assert broken(list(OUT_OF_ORDER))
