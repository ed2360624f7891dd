"""Where units go: never to another place than the one that was said, and never by silence."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import destination as rule
from servicehost.domain.address import Address
from servicehost.domain.destination import (
    MAY_BE_CHOSEN,
    Destination,
    DestinationKind,
    DestinationWord,
    Whereabouts,
    bring_to,
    fetch_from,
)
from servicehost.domain.hold import HOLD_TEXTS, Hold
from servicehost.domain.rules import Verdict
from servicehost.domain.shipping_address import ShippingAddress

K = DestinationKind


def address(rest: str) -> Address:
    return Address(
        postal_code="1020071",
        municipality_code="13101",
        prefecture="東京都",
        municipality="千代田区",
        rest=rest,
        addressee=f"{rest}の佐藤",
        telephone="0312345678",
    )


def said(rest: str = "本社", at: int = 10) -> ShippingAddress:
    where = address(rest) if rest else None
    return ShippingAddress(number=1, service_code="e", management_code="m", address=where, said_at=at, said_by="anna")


def word(kind: DestinationKind, at: int = 20, rest: str = "仮事務所") -> DestinationWord:
    where = address(rest) if kind is K.STAND_IN and rest else None
    return DestinationWord(
        number=1,
        exchange=1,
        service_code="e",
        management_code="m",
        kind=kind,
        address=where,
        reason="moved",
        said_at=at,
        said_by="dora",
    )


STAND_IN, DECLARED = word(K.STAND_IN), word(K.DECLARED_LOCATION)
SEND, ON_SITE = Verdict.SENDBACK, Verdict.ONSITE_SWAP

Row = tuple[Verdict, str, ShippingAddress | None, DestinationWord | None, DestinationKind, Hold | None]
# method, declared location, shipping address, a dispatcher's word → where it is brought, why it is held
BRINGING: list[Row] = [
    (SEND, "大阪 1-1", None, None, K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),
    (SEND, "", None, None, K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),
    (SEND, "大阪 1-1", said(""), None, K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),  # it was erased
    (SEND, "大阪 1-1", said(), None, K.SHIPPING_ADDRESS, None),
    (SEND, "大阪 1-1", None, DECLARED, K.DECLARED_LOCATION, None),
    (SEND, " ", None, DECLARED, K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),
    (SEND, "大阪 1-1", None, STAND_IN, K.STAND_IN, None),
    (SEND, "大阪 1-1", None, word(K.STAND_IN, rest=""), K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),
    (SEND, "大阪 1-1", said(at=10), STAND_IN, K.STAND_IN, None),
    (SEND, "大阪 1-1", said(at=30), STAND_IN, K.SHIPPING_ADDRESS, None),
    (SEND, "大阪 1-1", said("", at=30), STAND_IN, K.STAND_IN, None),
    (Verdict.NEW_SUPPLY, "大阪 1-1", None, None, K.UNKNOWN, Hold.NO_SHIPPING_ADDRESS),
    (Verdict.NEW_SUPPLY, "大阪 1-1", said(), None, K.SHIPPING_ADDRESS, None),
    (ON_SITE, "大阪 1-1", said(), STAND_IN, K.DECLARED_LOCATION, None),
    (ON_SITE, "", said(), STAND_IN, K.UNKNOWN, Hold.NO_DECLARED_LOCATION),
]


@pytest.mark.parametrize("row", BRINGING)
def test_where_a_replacement_goes(row: Row) -> None:
    method, declared, shipping, chosen, kind, hold = row
    found = bring_to(Whereabouts(method=method, declared_location=declared, shipping=shipping, word=chosen))
    assert (found.kind, found.hold) == (kind, hold)


def test_what_is_shipped_names_who_receives_it_and_a_dispatcher_s_word_its_reason() -> None:
    shipped = bring_to(Whereabouts(method=SEND, declared_location="", shipping=said()))
    assert shipped.address == "〒102-0071 東京都千代田区本社"
    assert (shipped.addressee, shipped.telephone, shipped.reason) == ("本社の佐藤", "0312345678", "")
    chosen = bring_to(Whereabouts(method=SEND, declared_location="", word=STAND_IN))
    assert (chosen.addressee, chosen.reason, chosen.said_by) == ("仮事務所の佐藤", "moved", "dora")


def test_a_replaced_unit_is_fetched_where_the_driver_was_unless_a_dispatcher_says_otherwise() -> None:
    on_site = Whereabouts(method=ON_SITE, declared_location="大阪 1-1", shipping=said())
    assert fetch_from(on_site).kind is K.DECLARED_LOCATION
    assert fetch_from(msgspec.structs.replace(on_site, word=STAND_IN)).kind is K.STAND_IN
    assert fetch_from(msgspec.structs.replace(on_site, method=SEND)).kind is K.SHIPPING_ADDRESS
    assert fetch_from(Whereabouts(method=SEND, declared_location="大阪 1-1")).hold is Hold.NO_SHIPPING_ADDRESS


known = st.builds(
    Whereabouts,
    method=st.sampled_from([SEND, ON_SITE, Verdict.NEW_SUPPLY, None]),
    declared_location=st.sampled_from(["", "大阪 1-1"]),
    shipping=st.sampled_from([None, said(""), said(at=10), said(at=30)]),
    word=st.sampled_from([None, STAND_IN, DECLARED, word(K.STAND_IN, rest="")]),
)


def breaks_a_promise(found: Destination, of: Whereabouts) -> bool:
    """A place and a hold at once or neither; a declared location that nobody decided for, or a decision unnamed."""
    nowhere = found.kind is K.UNKNOWN
    by_silence = found.kind is K.DECLARED_LOCATION and of.method is not ON_SITE and not found.reason
    unnamed = found.kind is K.STAND_IN and not (found.reason and found.said_by)
    return nowhere is not (found.hold is not None) or nowhere is bool(found.address) or by_silence or unnamed


@given(known)
def test_there_is_either_a_place_that_was_said_or_a_named_hold(of: Whereabouts) -> None:
    assert not breaks_a_promise(bring_to(of), of)
    assert not breaks_a_promise(fetch_from(of), of)


def test_a_rule_that_falls_back_to_the_declared_location_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    of = Whereabouts(method=SEND, declared_location="大阪 1-1")
    monkeypatch.setattr(rule, "_shipped", rule._declared)
    assert breaks_a_promise(bring_to(of), of)


def test_every_hold_says_what_to_do_and_nobody_decides_for_what_is_not_theirs() -> None:
    assert set(HOLD_TEXTS) == set(Hold)
    assert set(MAY_BE_CHOSEN) == {K.DECLARED_LOCATION, K.STAND_IN}
