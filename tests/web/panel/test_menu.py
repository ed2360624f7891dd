"""The menu counts what waits for the very person who looks."""

import re
from typing import Any

import pytest

from servicehost.domain.charge import Charge
from servicehost.domain.exchange import Ask, Exchange, ExchangeState, Judged
from servicehost.domain.fact_kind import FactName, Supplier
from servicehost.domain.people import Role
from servicehost.domain.rules import Verdict
from servicehost.web.panel.menu import waits_for
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, lapsed, open_panel, waits

MANAGER, SUPPORT, DISPATCHER = Role.OPERATION_MANAGER, Role.SUPPORT, Role.DISPATCHER


def counts(text: str) -> dict[str, int]:
    found = re.findall(r'<a href="(/panel/[a-z]*)"[^>]*>.*?(?:<span class="waiting">(\d+)|</a>)', text)
    return {address: int(count or 0) for address, count in found}


async def test_each_sees_what_waits_for_them(tmp_path: Any) -> None:
    async with open_panel(tmp_path) as panel:
        await lapsed(panel.world)
        await waits(panel.world)
        seen = {who: counts((await panel.page(who, "/panel/menu")).text) for who in (ANNA, BEN, DORA, SAKI)}
        assert seen[DORA]["/panel/rights"] == 2
        assert seen[DORA]["/panel/returns"] == 1
        assert seen[DORA]["/panel/charges"] == 1
        assert seen[DORA]["/panel/enrolments"] == 1
        assert seen[ANNA]["/panel/rights"] == seen[BEN]["/panel/rights"] == 1
        assert seen[ANNA]["/panel/returns"] == 1
        assert seen[BEN]["/panel/returns"] == 0
        assert "/panel/enrolments" not in seen[ANNA]
        assert set(seen[SAKI].values()) == {0}
        await panel.send(DORA, "/panel/charges/1/approval", reason="x", sure="yes")
        assert counts((await panel.page(DORA, "/panel/charges")).text)["/panel/charges"] == 0
        marked = (await panel.page(DORA, "/panel/returns/1")).text
        assert '<a href="/panel/returns" aria-current="page">' in marked


def an_exchange(state: ExchangeState, method: Verdict | None = None, *asks: Supplier, **more: Any) -> Exchange:
    judged = Judged(
        at=1,
        method=method or Verdict.UNDECIDED,
        charge=Charge.UNDECIDED,
        decided_by=None,
        reasons=(),
        missing=tuple(Ask(fact=FactName.SITE, ask=one) for one in asks),
        trace=(),
        charge_trace=(),
    )
    return Exchange(
        exchange=1,
        service_code="c",
        management_code="m",
        fault=None,
        state=state,
        requested_by="a",
        requested_at=1,
        changed_at=1,
        method=method,
        judged=judged,
        **more,
    )


@pytest.mark.parametrize(
    ("exchange", "roles"),
    [
        (an_exchange(ExchangeState.ACCEPTED), {MANAGER}),
        (an_exchange(ExchangeState.ARRIVED, Verdict.SENDBACK), {MANAGER}),
        (an_exchange(ExchangeState.ARRIVED, Verdict.ONSITE_SWAP), {MANAGER, DISPATCHER}),
        (an_exchange(ExchangeState.ARRIVED, Verdict.SENDBACK, swap_now_at=2), set()),
        (an_exchange(ExchangeState.REQUESTED, None, Supplier.TRIAGE), {SUPPORT, DISPATCHER}),
        (an_exchange(ExchangeState.REQUESTED, None, Supplier.OPERATION_MANAGER), {MANAGER}),
        (an_exchange(ExchangeState.REQUESTED, None, Supplier.DISPATCHER), {DISPATCHER}),
        (an_exchange(ExchangeState.ORDERED, Verdict.SENDBACK, Supplier.DISPATCHER), set()),
        (an_exchange(ExchangeState.CLOSED), set()),
    ],
)
def test_an_exchange_waits_for_whose_word_it_needs(exchange: Exchange, roles: set[Role]) -> None:
    assert {role for role in Role if waits_for(exchange, role)} == roles
