"""Who would be stranded: tables of cases, laws over all of them, and rules that are wrong on purpose."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.rollover import IN_LIFE, Hindrance, Paper, Rollover, Towards, Trusting, hindrance
from servicehost.domain.unit import Life

OLD, NEW, THIRD = "a" * 64, "b" * 64, "c" * 64
BEGUN = 1_000
FORWARD = Rollover(begun_at=BEGUN, begun_by="dora", present=OLD, next=NEW, towards=Towards.NEXT, cross_signed=True)
BACK = msgspec.structs.replace(FORWARD, towards=Towards.PRESENT)
OLD_PAPER = Paper(fingerprint="old", anchor=OLD, issued_at=1)
NEW_PAPER = Paper(fingerprint="new", anchor=NEW, issued_at=BEGUN + 1)
UNMARKED = Paper(fingerprint="unmarked", anchor="", issued_at=BEGUN - 1)
UNMARKED_SINCE = Paper(fingerprint="unmarked", anchor="", issued_at=BEGUN)
Rule = Callable[[Trusting, Rollover], Hindrance | None]


def unit(**fields: object) -> Trusting:
    """One that has followed."""
    plain: dict[str, object] = {
        "unit_id": 1,
        "distribution_id": "D",
        "life": Life.BOUND,
        "anchors": (OLD, NEW),
        "papers": (OLD_PAPER, NEW_PAPER),
        "shown": "new",
        "shown_anchor": NEW,
        "seen_at": BEGUN + 2,
    }
    return msgspec.convert(plain | fields, Trusting)


def old(**fields: object) -> Trusting:
    """One that has heard nothing of it."""
    plain: dict[str, object] = {
        "anchors": (OLD,),
        "papers": (OLD_PAPER,),
        "shown": "old",
        "shown_anchor": OLD,
        "seen_at": BEGUN - 1,
    }
    return unit(**(plain | fields))


FORWARD_CASES: dict[str, tuple[Trusting, Hindrance | None]] = {
    "followed": (unit(), None),
    "followed, and dropped the old anchor": (unit(anchors=(NEW,)), None),
    "away since before": (old(), Hindrance.NOT_SEEN),
    "never seen, enrolled before": (old(shown=None, shown_anchor="", seen_at=None, anchors=None), Hindrance.NOT_SEEN),
    "heard, and not told yet": (old(seen_at=BEGUN), Hindrance.ANCHOR_MISSING),
    "never says what it holds": (unit(anchors=None), Hindrance.ANCHOR_MISSING),
    "holds another next anchor, of a rollover that was abandoned": (
        old(anchors=(OLD, THIRD), seen_at=BEGUN),
        Hindrance.ANCHOR_MISSING,
    ),
    "holds the anchor, not yet the certificate": (old(anchors=(OLD, NEW)), Hindrance.OLD_CERTIFICATE),
    "got the certificate, not yet shown it": (
        old(anchors=(OLD, NEW), papers=(OLD_PAPER, NEW_PAPER)),
        Hindrance.OLD_CERTIFICATE,
    ),
    "got the certificate and lost the anchor": (unit(anchors=(OLD,)), Hindrance.ANCHOR_MISSING),
    "the shown one was revoked, another is at hand": (
        unit(papers=(NEW_PAPER,), shown="old", shown_anchor=OLD, shown_revoked=True),
        None,
    ),
    "the shown one is not on record, an older one is": (unit(papers=(OLD_PAPER,)), None),
    "everything was revoked": (old(papers=(), shown_revoked=True), None),
    "no certificate at all": (old(papers=(), shown=None, shown_anchor=""), None),
    "showed one that nobody recorded": (old(papers=()), Hindrance.NOT_SEEN),
    "an unmarked certificate of before": (old(papers=(UNMARKED,), shown=None, seen_at=None), Hindrance.NOT_SEEN),
    "returned": (old(life=Life.RETURNED), None),
    "lost": (old(life=Life.LOST), None),
    "stolen": (old(life=Life.STOLEN), None),
    "retired": (old(life=Life.RETIRED), None),
    "registered": (old(life=Life.REGISTERED), Hindrance.NOT_SEEN),
    "replaced": (old(life=Life.REPLACED), Hindrance.NOT_SEEN),
}
BACK_CASES: dict[str, tuple[Trusting, Hindrance | None]] = {
    "never followed": (old(), None),
    "never followed and never says what it holds": (old(anchors=None), None),
    "holds the next anchor, with the old certificate": (old(anchors=(OLD, NEW)), None),
    "followed": (unit(), Hindrance.OLD_CERTIFICATE),
    "followed, and has a fresh certificate of the present anchor": (
        unit(papers=(NEW_PAPER, msgspec.structs.replace(OLD_PAPER, issued_at=BEGUN + 5))),
        Hindrance.OLD_CERTIFICATE,
    ),
    "an unmarked certificate of before": (old(papers=(UNMARKED,), shown="unmarked", shown_anchor=""), None),
    "an unmarked certificate of since": (
        old(papers=(UNMARKED_SINCE,), shown="unmarked", shown_anchor="", seen_at=None),
        Hindrance.NOT_SEEN,
    ),
}


def failures(rule: Rule) -> list[str]:
    tables = ((FORWARD, FORWARD_CASES), (BACK, BACK_CASES))
    return [name for on, cases in tables for name, (one, wanted) in cases.items() if rule(one, on) is not wanted]


def test_the_tables_hold() -> None:
    assert failures(hindrance) == []


MUTANTS: dict[str, Rule] = {
    "nobody is stranded": lambda one, on: None,
    "the anchor alone counts": lambda one, on: None if on.stays in (one.anchors or ()) else hindrance(one, on),
    "the certificate alone counts": lambda one, on: hindrance(msgspec.structs.replace(one, anchors=(OLD, NEW)), on),
    "the newest certificate counts, shown or not": lambda one, on: hindrance(
        msgspec.structs.replace(one, shown=None, shown_anchor=""), on
    ),
    "units not bound do not count": lambda one, on: None if one.life is not Life.BOUND else hindrance(one, on),
    "whoever was not seen does not count": lambda one, on: (
        None if one.seen_at is None or one.seen_at < on.begun_at else hindrance(one, on)
    ),
    "every life counts": lambda one, on: hindrance(msgspec.structs.replace(one, life=Life.BOUND), on),
    "turned back, the next anchor is still wanted": lambda one, on: hindrance(one, FORWARD),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_tables_notice_a_rule_that_is_wrong(name: str) -> None:
    assert failures(MUTANTS[name]) != []


anchors = st.sampled_from((OLD, NEW, THIRD, ""))
papers = st.lists(
    st.builds(Paper, fingerprint=st.sampled_from(("p", "q", "r")), anchor=anchors, issued_at=st.integers(0, 2_000)),
    max_size=3,
    unique_by=lambda paper: paper.fingerprint,
).map(tuple)
units = st.builds(
    Trusting,
    unit_id=st.just(1),
    distribution_id=st.just("D"),
    life=st.sampled_from(Life),
    anchors=st.none() | st.lists(st.sampled_from((OLD, NEW, THIRD)), unique=True, max_size=3).map(tuple),
    papers=papers,
    shown=st.none() | st.sampled_from(("p", "q", "r", "s")),
    shown_anchor=anchors,
    shown_revoked=st.booleans(),
    seen_at=st.none() | st.integers(0, 2_000),
)
rollovers = st.sampled_from((FORWARD, BACK))


@given(one=units, on=rollovers)
def test_whoever_is_not_named_could_really_phone_home_afterwards(one: Trusting, on: Rollover) -> None:
    usable = one.papers or (one.shown is not None and not one.shown_revoked)
    if hindrance(one, on) is not None or one.life not in IN_LIFE or not usable:
        return
    assert on.towards is Towards.PRESENT or NEW in (one.anchors or ())
    marked = {paper.anchor for paper in one.papers} | ({one.shown_anchor} if one.shown else set())
    unmarked_of_before = any(not paper.anchor and paper.issued_at < BEGUN for paper in one.papers)
    assert on.stays in marked or (unmarked_of_before and on.stays == OLD)


@given(one=units, on=rollovers)
def test_a_unit_that_follows_is_never_named_again(one: Trusting, on: Rollover) -> None:
    followed = msgspec.structs.replace(
        one, anchors=(OLD, NEW), papers=(*one.papers, Paper(fingerprint="z", anchor=on.stays, issued_at=3_000))
    )
    shown = msgspec.structs.replace(followed, shown="z", shown_anchor=on.stays, shown_revoked=False)
    assert hindrance(shown, on) is None


@given(one=units, on=rollovers)
def test_being_heard_changes_the_reason_and_not_the_verdict(one: Trusting, on: Rollover) -> None:
    heard = msgspec.structs.replace(one, seen_at=5_000)
    assert (hindrance(one, on) is None) == (hindrance(heard, on) is None)
    assert hindrance(heard, on) is not Hindrance.NOT_SEEN


def test_turned_back_the_anchors_change_places() -> None:
    assert (FORWARD.stays, FORWARD.leaves) == (BACK.leaves, BACK.stays) == (NEW, OLD)
