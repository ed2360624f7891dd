"""Config proposals: drafts that the provider's people lay before the customer."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.operations.save_config import ConfigDraft
from servicehost.web.call import Call, Reply
from servicehost.web.consent_answers import ConfigProposalAnswer, ConfigProposals, ProposedConfig
from servicehost.web.consent_orders import (
    AcceptanceOrder,
    DeclineOrder,
    ProposalOrder,
    ProposalsQuery,
    WithdrawalOrder,
)
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_ENDS: Final = ("proposal_not_found", "proposal_decided")


async def _propose(call: Call) -> Reply:
    order = call.body(ProposalOrder)
    draft = ConfigDraft(service_code=call.text("service_code"), body=order.body, reason=order.reason)
    made = await call.door.catalogue.consents.propose_config(call.actor, draft)
    return Reply(value=ConfigProposalAnswer.of(made), location=f"/api/v1/config-proposals/{made.number}")


async def _proposals(call: Call) -> Reply:
    query = call.query(ProposalsQuery)
    found = await call.door.reads.config_proposals(
        call.scope,
        service_code=None if query.service_code is UNSET else query.service_code,
        state=None if query.state is UNSET else query.state,
        after=query.after,
        limit=query.limit + 1,
    )
    return Reply(value=ConfigProposals.of(found, query.limit))


async def _proposal(call: Call) -> Reply:
    number = call.number("proposal")
    found = await call.door.reads.proposed_config(call.scope, number)
    if found is None:
        raise NotFound("proposal_not_found", f"There is no proposal {number}")
    proposal, body = found
    shown = await call.door.catalogue.configs.showing.text(call.actor, proposal.service_code, body)
    answer = ConfigProposalAnswer.of(proposal)
    return Reply(value=ProposedConfig(proposal=answer, body=shown.text, masked=shown.values))


async def _accept(call: Call) -> Reply:
    overtake = call.body(AcceptanceOrder).overtake
    accepted = await call.door.catalogue.consents.accept_proposal(call.actor, call.number("proposal"), overtake)
    return Reply(value=ConfigProposalAnswer.of(accepted))


async def _decline(call: Call) -> Reply:
    reason = call.body(DeclineOrder).reason
    declined = await call.door.catalogue.consents.decline_proposal(call.actor, call.number("proposal"), reason)
    return Reply(value=ConfigProposalAnswer.of(declined))


async def _withdraw(call: Call) -> Reply:
    reason = call.body(WithdrawalOrder).reason
    withdrawn = await call.door.catalogue.consents.withdraw_proposal(call.actor, call.number("proposal"), reason)
    return Reply(value=ConfigProposalAnswer.of(withdrawn))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/config/proposals",
        handler=_propose,
        name="proposeConfig",
        summary="Lay a config before the customer: nothing is saved until an operation manager accepts it",
        tag="configs",
        right=Right.PROPOSE,
        body=ProposalOrder,
        example={"body": "hostname tokyo-1\n", "reason": "DNSの設定を修正する案です"},
        answer=ConfigProposalAnswer,
        status=201,
        problems=(
            "bad_service_code",
            "adapter_not_found",
            "config_empty",
            "config_too_large",
            "config_not_utf8",
            "masked_value",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/config-proposals",
        handler=_proposals,
        name="listProposals",
        summary="Proposed configs without their texts, oldest first",
        tag="configs",
        query=ProposalsQuery,
        answer=ConfigProposals,
    ),
    Route(
        method="GET",
        path="/api/v1/config-proposals/{proposal}",
        handler=_proposal,
        name="readProposal",
        summary="One proposed config with its text",
        tag="configs",
        answer=ProposedConfig,
        problems=("proposal_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/config-proposals/{proposal}/acceptance",
        handler=_accept,
        name="acceptProposal",
        summary="Accept a proposed config: it is saved as the newest working revision, whose author names both",
        tag="configs",
        body=AcceptanceOrder,
        answer=ConfigProposalAnswer,
        problems=(*_ENDS, "proposal_overtaken"),
    ),
    Route(
        method="POST",
        path="/api/v1/config-proposals/{proposal}/decline",
        handler=_decline,
        name="declineProposal",
        summary="Decline a proposed config",
        tag="configs",
        body=DeclineOrder,
        answer=ConfigProposalAnswer,
        problems=_ENDS,
    ),
    Route(
        method="POST",
        path="/api/v1/config-proposals/{proposal}/withdrawal",
        handler=_withdraw,
        name="withdrawProposal",
        summary="Take one's own proposal back",
        tag="configs",
        right=Right.PROPOSE,
        body=WithdrawalOrder,
        answer=ConfigProposalAnswer,
        problems=(*_ENDS, "not_your_proposal"),
    ),
)
