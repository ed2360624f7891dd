"""What closed areas do to orders: none is lost or downgraded twice, and opening gives back exactly what it took."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.area_notice import customer_notice
from servicehost.domain.area_proposal import (
    AreaOrder,
    AreaProposal,
    AreaProposalState,
    Moot,
    Open,
    ProposalKind,
    Propose,
    Withdraw,
    due,
)
from servicehost.domain.charge import Charge
from servicehost.domain.closed_area import ClosedArea, closed_fact, closures_of
from servicehost.domain.exchange import Exchange, ExchangeState, Judged
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Area, FactName, FactValue, Source
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.place import Place
from servicehost.domain.rules import Verdict

CHIYODA = Place(municipality="13101")
replace = msgspec.structs.replace


def an_area(
    number: int = 1, code: str = "13", at: int = 10, *, until: int | None = None, ended_at: int | None = None
) -> ClosedArea:
    return ClosedArea(
        number=number,
        code=code,
        name="東京都",
        state=Area.NO_ENTRY,
        reason="flood",
        closed_at=at,
        closed_by="dora",
        until=until,
        ended_at=ended_at,
    )


def word(name: FactName, value: FactValue, at: int) -> Fact:
    return Fact(name=name, value=value, source=Source.DISPATCHER, time=as_datetime(at), author="dora")


def an_exchange(method: Verdict, state: ExchangeState, decided_by: str | None = None) -> Exchange:
    judged = Judged(
        at=1,
        method=method,
        charge=Charge.NONE,
        decided_by=decided_by,
        reasons=(),
        missing=(),
        trace=(),
        charge_trace=(),
    )
    return Exchange(
        exchange=1,
        service_code="nxe000000001",
        management_code="nxm000000001",
        fault=1,
        state=state,
        requested_by="anna",
        requested_at=1,
        changed_at=1,
        method=method,
        judged=judged,
    )


def judge_by(facts: tuple[Fact, ...]) -> Exchange:
    """What the judgement makes of these words alone."""
    last = {name: _last(facts, name) for name in (FactName.AREA, FactName.PROVIDER_DOWNGRADE)}
    if last[FactName.AREA] in (None, Area.OPEN) or last[FactName.PROVIDER_DOWNGRADE] is False:
        return an_exchange(Verdict.ONSITE_SWAP, ExchangeState.JUDGED)
    if last[FactName.PROVIDER_DOWNGRADE] is None:
        return an_exchange(Verdict.UNDECIDED, ExchangeState.REQUESTED, "provider_closed_area")
    return an_exchange(Verdict.SENDBACK, ExchangeState.JUDGED, "provider_closed_area")


def _last(facts: tuple[Fact, ...], name: FactName) -> FactValue | None:
    said = [one for one in facts if one.name is name]
    return max(said, key=lambda one: one.time).value if said else None


ON_SITE = AreaOrder(
    exchange=an_exchange(Verdict.ONSITE_SWAP, ExchangeState.JUDGED), place=CHIYODA, proposals=(), facts=()
)


def test_an_on_site_order_inside_is_proposed_to_be_downgraded() -> None:
    assert due(ON_SITE, [an_area()], 20) == Propose(kind=ProposalKind.DOWNGRADE, area=an_area())


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (replace(ON_SITE, place=None), "its place is not known"),
        (replace(ON_SITE, place=Place(municipality="27102", city="27100")), "it lies elsewhere"),
        (replace(ON_SITE, exchange=an_exchange(Verdict.SENDBACK, ExchangeState.JUDGED)), "it is a sendback anyway"),
        (replace(ON_SITE, exchange=an_exchange(Verdict.ONSITE_SWAP, ExchangeState.ARRIVED)), "the driver is there"),
        (replace(ON_SITE, exchange=an_exchange(Verdict.SENDBACK, ExchangeState.ORDERED)), "a parcel is on its way"),
        (replace(ON_SITE, exchange=an_exchange(Verdict.ONSITE_SWAP, ExchangeState.CANCELLED)), "it has ended"),
    ],
)
def test_nothing_is_proposed_of_an_order_that_the_closing_does_not_concern(order: AreaOrder, why: str) -> None:
    assert due(order, [an_area()], 20) is None, why


@pytest.mark.parametrize("code", ["14", "14100", "14103"])
def test_a_ward_lies_in_its_prefecture_and_in_its_city(code: str) -> None:
    place = Place(municipality="14103", city="14100")
    assert closures_of(place, [an_area(code=code)], 20) == (an_area(code=code),)
    assert closures_of(Place(municipality="14131", city="14130"), [an_area(code="14100")], 20) == ()


def test_an_area_is_closed_from_its_instant_until_its_end() -> None:
    area = an_area(at=10, until=30)
    assert [area.in_force(at) for at in (9, 10, 29, 30)] == [False, True, True, False]
    assert not an_area(ended_at=15).in_force(15)


@pytest.mark.parametrize(
    ("state", "moot"),
    [
        (ExchangeState.CANCELLED, Moot.EXCHANGE_ENDED),
        (ExchangeState.ORDERED, Moot.GONE_OUT),
        (ExchangeState.ARRIVED, Moot.GONE_OUT),
    ],
)
def test_a_proposal_that_has_become_moot_is_withdrawn_by_name(state: ExchangeState, moot: Moot) -> None:
    waiting = _made(Propose(kind=ProposalKind.DOWNGRADE, area=an_area()), 1, 11)
    order = replace(ON_SITE, exchange=an_exchange(Verdict.ONSITE_SWAP, state), proposals=(waiting,))
    assert due(order, [an_area()], 20) == Withdraw(proposal=waiting, moot=moot)


@pytest.mark.parametrize("kind", ProposalKind)
@pytest.mark.parametrize("state", [Area.NO_ENTRY, Area.MASS_DAMAGE])
def test_the_notice_names_area_order_and_way_in_both_languages_and_not_the_inner_reason(
    kind: ProposalKind, state: Area
) -> None:
    notice = customer_notice(kind, ON_SITE.exchange, replace(an_area(), state=state))
    for text in (notice.ja, notice.en):
        assert "nxe000000001" in text
        assert "東京都" in text
        assert "flood" not in text
    assert notice.ja.endswith("申し上げます。")


def _made(propose: Propose, number: int, at: int) -> AreaProposal:
    return AreaProposal(
        number=number,
        area=propose.area.number,
        kind=propose.kind,
        exchange=1,
        service_code="nxe000000001",
        management_code="nxm000000001",
        state=AreaProposalState.OPEN,
        proposed_at=at,
        undoes=propose.undoes,
    )


class Desk:
    """One order, some areas, and a dispatcher who does things in any order; the host looks after each."""

    def __init__(self) -> None:
        self.now = 100
        self.areas: list[ClosedArea] = []
        self.order = ON_SITE

    def close(self, code: str) -> None:
        self.areas.append(an_area(len(self.areas) + 1, code, self.now))

    def reopen(self, index: int) -> None:
        live = [at for at, one in enumerate(self.areas) if one.in_force(self.now)]
        if live:
            at = live[index % len(live)]
            self.areas[at] = replace(self.areas[at], ended_at=self.now)

    def decide(self, accept: bool) -> None:
        waiting = self.waiting()
        if waiting is None:
            return
        state = AreaProposalState.ACCEPTED if accept else AreaProposalState.DECLINED
        self._put(replace(waiting, state=state, decided_at=self.now))
        if waiting.kind is ProposalKind.DOWNGRADE:
            self._say(word(FactName.PROVIDER_DOWNGRADE, accept, self.now))
        elif accept:
            self._say(word(FactName.AREA, Area.OPEN, self.now), word(FactName.PROVIDER_DOWNGRADE, False, self.now))

    def overrule(self, downgrade: bool) -> None:
        self._say(word(FactName.PROVIDER_DOWNGRADE, downgrade, self.now))

    def waiting(self) -> AreaProposal | None:
        return next((one for one in self.order.proposals if one.state is AreaProposalState.OPEN), None)

    def look(self) -> None:
        """As the host does: what is due is done until nothing is, and what is new is judged."""
        for _ in range(10):
            self._judge()
            found = due(self.order, self.areas, self.now)
            if found is None:
                return
            if isinstance(found, Propose):
                made = _made(found, len(self.order.proposals) + 1, self.now)
                self.order = replace(self.order, proposals=(*self.order.proposals, made))
            elif isinstance(found, Withdraw):
                self._put(replace(found.proposal, state=AreaProposalState.WITHDRAWN, reason=found.moot))
            else:
                assert isinstance(found, Open)
                self._say(word(FactName.AREA, Area.OPEN, self.now))
        raise AssertionError("what is due never came to an end")

    def _judge(self) -> None:
        for area in closures_of(self.order.place, self.areas, self.now)[:1]:
            fact = closed_fact(area)
            said = [one for one in self.order.facts if one.name is FactName.AREA]
            if all(one.time < fact.time for one in said):
                self._say(fact)
        self.order = replace(self.order, exchange=judge_by(self.order.facts))

    def _put(self, proposal: AreaProposal) -> None:
        kept = tuple(proposal if one.number == proposal.number else one for one in self.order.proposals)
        self.order = replace(self.order, proposals=kept)

    def _say(self, *facts: Fact) -> None:
        self.order = replace(self.order, facts=(*self.order.facts, *facts))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("close"), st.sampled_from(["13", "13101", "27"])),
        st.tuples(st.just("reopen"), st.integers(0, 3)),
        st.tuples(st.just("decide"), st.booleans()),
        st.tuples(st.just("overrule"), st.booleans()),
        st.tuples(st.just("nothing"), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=400)
@given(ACTS)
def test_no_order_inside_is_lost_or_downgraded_twice_and_opening_restores_what_closing_took(
    acts: list[tuple[str, object]],
) -> None:
    desk = Desk()
    for act, given_ in acts:
        desk.now += 1
        if act != "nothing":
            getattr(desk, act)(given_)
        desk.look()
        here = closures_of(CHIYODA, desk.areas, desk.now)
        exchange, waiting = desk.order.exchange, desk.waiting()
        downgrades = [one for one in desk.order.proposals if one.kind is ProposalKind.DOWNGRADE]
        accepted = [one for one in downgrades if one.state is AreaProposalState.ACCEPTED]
        answered = {
            one.area for one in downgrades if one.state in (AreaProposalState.ACCEPTED, AreaProposalState.DECLINED)
        }
        if exchange.method is Verdict.UNDECIDED:
            # Held back: somebody is asked, and not of an area that is open.
            assert waiting is not None or {area.number for area in here} <= answered
            assert here
        if exchange.method is Verdict.ONSITE_SWAP and here and waiting is None:
            assert {area.number for area in here} <= answered
        assert len({one.area for one in accepted}) == len(accepted), "downgraded twice by one closing"
        said = [one for one in desk.order.facts if one.name is FactName.PROVIDER_DOWNGRADE]
        last = max(said, key=lambda one: one.time, default=None)
        by = [one for one in accepted if last is not None and one.decided_at == from_datetime(last.time)]
        taken = bool(by) and last is not None and last.value is True
        restore = waiting is not None and waiting.kind is ProposalKind.RESTORE
        if restore:
            assert taken, "restored, although it was decided otherwise since"
            assert not here
        if taken and not here and exchange.method is Verdict.SENDBACK:
            refused = {one.undoes for one in desk.order.proposals if one.state is AreaProposalState.DECLINED}
            assert restore or by[0].number in refused


def test_the_same_state_asks_for_nothing_more_once_it_is_done() -> None:
    desk = Desk()
    desk.close("13")
    desk.look()
    before = desk.order
    desk.look()
    assert desk.order == before


def test_a_mutant_that_restores_whatever_is_a_sendback_is_caught() -> None:
    """An order that became a sendback by a dispatcher's own word is not the closing's to give back."""
    desk = Desk()
    desk.close("13")
    desk.look()
    desk.now += 1
    desk.overrule(True)
    desk.look()
    desk.now += 1
    desk.reopen(0)
    desk.look()
    assert [(one.kind, one.state) for one in desk.order.proposals] == [
        (ProposalKind.DOWNGRADE, AreaProposalState.WITHDRAWN)
    ]
    assert as_datetime(desk.now) - as_datetime(100) == timedelta(milliseconds=2)
