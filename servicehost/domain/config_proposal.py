"""Config proposals: a draft that somebody of the provider lays before the customer, who takes it or not."""

import enum

import msgspec

from servicehost.domain.errors import Conflict

__all__ = ["ConfigProposal", "DraftState", "decided", "demand_current"]


class DraftState(enum.StrEnum):
    """How a config proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ConfigProposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal. `base_revision` is the working revision it was written against, 0 where there was none;
    `revision` the one that it became when it was accepted."""

    number: int
    management_code: str
    service_code: str
    module: int
    digest: str
    size_bytes: int
    base_revision: int
    proposed_by: str
    proposed_at: int
    reason: str
    state: DraftState = DraftState.OPEN
    decided_at: int | None = None
    decided_by: str | None = None
    answer: str = ""
    revision: int | None = None


def decided(
    proposal: ConfigProposal, state: DraftState, by: str, at: int, *, answer: str = "", revision: int | None = None
) -> ConfigProposal:
    """The proposal after its end was said; the same end again, as it stands. Raises Conflict `proposal_decided`."""
    if proposal.state is state:
        return proposal
    if proposal.state is not DraftState.OPEN:
        raise Conflict("proposal_decided", f"Proposal {proposal.number} is {proposal.state} already")
    return msgspec.structs.replace(
        proposal, state=state, decided_at=at, decided_by=by, answer=answer[:255], revision=revision
    )


def demand_current(proposal: ConfigProposal, working_revision: int) -> None:
    """Raises Conflict `proposal_overtaken` when somebody has saved since it was written."""
    if proposal.base_revision != working_revision:
        text = (
            f"Proposal {proposal.number} was written against revision {proposal.base_revision}, and"
            f" {working_revision} stands: look at both, then accept it with `overtake`, or decline it"
        )
        raise Conflict("proposal_overtaken", text)
