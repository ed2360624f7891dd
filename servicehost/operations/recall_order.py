"""An on-site order that has gone out is called back because its area was closed, and goes out again as a sendback."""

import msgspec

from servicehost.domain.area_notice import customer_notice
from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, ExchangeState, Failure
from servicehost.domain.fact_kind import FactName
from servicehost.operations.area_orders import area_word, order_in_area
from servicehost.operations.beginning_again import begin_again
from servicehost.operations.casework import HOST, Word, case_record, exchange_event, tell, the_exchange
from servicehost.operations.failing import fail
from servicehost.operations.order_exchange import order_id
from servicehost.ports.carrier import Carrier
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["recall_order"]


async def recall_order(exchange: int, proposal: int, *, store: Store, clock: Clock, carrier: Carrier) -> None:
    """Have the driver stopped, by a decision that was taken. If the carrier can, the errand has failed as `recalled`,
    and the exchange begins its next round, whose errand has a name of its own; else the decision came `too_late`, and
    the errand goes on. Harmless twice. Raises CarrierUnreachable."""

    def work(batch: Batch) -> Exchange | None:
        decided = batch.proposal_of_area(proposal)
        waits = decided is not None and decided.state is AreaProposalState.ACCEPTED and not decided.notice_ja
        return the_exchange(batch, exchange) if waits else None

    asked = await store.batch(EVERYTHING, work)
    if asked is None:
        return
    under_way = asked.state is ExchangeState.ORDERED
    stopped = under_way and await carrier.recall(order_id(exchange, asked.round))

    def record(batch: Batch) -> None:
        standing, decided = the_exchange(batch, exchange), batch.proposal_of_area(proposal)
        assert decided is not None  # noqa: S101 - no proposal is ever removed
        if decided.state is not AreaProposalState.ACCEPTED or decided.notice_ja:
            return
        same = standing.state is ExchangeState.ORDERED and standing.round == asked.round
        settle = _called_back if stopped and same else _too_late
        settle(batch, standing, decided, clock.wall())

    await store.batch(EVERYTHING, record)


def _called_back(batch: Batch, standing: Exchange, decided: AreaProposal, now: int) -> None:
    """The dispatcher's words go into the case now that they hold, and the customer is told."""
    area = next(one for one in batch.areas() if one.number == decided.area)
    by, at = decided.decided_by or HOST, decided.decided_at or now
    area_word(batch, order_in_area(batch, standing, now), FactName.AREA, area.state, author=by, at=at)
    said_at = area_word(batch, order_in_area(batch, standing, now), FactName.PROVIDER_DOWNGRADE, True, author=by, at=at)
    notice = customer_notice(ProposalKind.RECALL, standing, area)
    batch.save_area_proposal(
        msgspec.structs.replace(decided, decided_at=said_at, notice_ja=notice.ja, notice_en=notice.en)
    )
    word = Word(by=by, at=now)
    failed = fail(batch, standing, Failure.RECALLED, word)
    begin_again(batch, failed, msgspec.structs.replace(word, reason=Failure.RECALLED))


def _too_late(batch: Batch, standing: Exchange, decided: AreaProposal, now: int) -> None:
    batch.save_area_proposal(msgspec.structs.replace(decided, state=AreaProposalState.TOO_LATE))
    word = Word(by=HOST, at=now, reason="too_late")
    detail = {"proposal": decided.number, "area": decided.area}
    tell(batch, [exchange_event(standing, "recall_refused", word, detail)])
    before, after = {"state": decided.state}, {"state": AreaProposalState.TOO_LATE, **detail}
    subject, code = f"exchange {standing.exchange}", standing.management_code
    batch.append_audit([case_record(word, Action.RECALL_ORDER, subject, code, before=before, after=after)])
