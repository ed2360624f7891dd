"""An operation manager accepts a proposed config, which is then saved as working, or declines it; who proposed it can
take it back."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.config import Revision
from servicehost.domain.config_proposal import ConfigProposal, DraftState, decided, demand_current
from servicehost.domain.errors import Forbidden, NotFound
from servicehost.domain.event import EventClass
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded, saved
from servicehost.operations.revising import Standing, standing_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["accept_proposal", "decline_proposal", "withdraw_proposal"]

_ACTIONS: Final[Mapping[DraftState, Action]] = {
    DraftState.ACCEPTED: Action.ACCEPT_PROPOSAL,
    DraftState.DECLINED: Action.DECLINE_PROPOSAL,
    DraftState.WITHDRAWN: Action.WITHDRAW_PROPOSAL,
}


async def accept_proposal(actor: Actor, number: int, overtake: bool, *, store: Store, clock: Clock) -> ConfigProposal:
    """The proposal, accepted, and its text the newest working revision, whose author names both; again, as it stands.

    No consent helps: who proposes does not accept. `overtake` puts it over what was saved since it was written. Raises
    Forbidden `no_right`; NotFound `proposal_not_found`; Conflict `proposal_decided`, `proposal_overtaken`.
    """
    demand(actor, Right.EDIT_CONFIG)
    async with store.transaction(actor.scope) as tx:
        standing = await _proposal(tx, number)
        code, now = standing.service_code, clock.wall()
        working = await standing_of(tx, code)
        newest = working.modules.get(MAIN)
        if standing.state is DraftState.OPEN and not overtake:
            demand_current(standing, working.revision)
        same = newest is not None and newest.digest == standing.digest
        number_then = working.revision if same else working.revision + 1
        after = decided(standing, DraftState.ACCEPTED, actor.master_id, now, revision=number_then)
        if after == standing:
            return standing
        if not same:
            await _save(tx, actor, after, working, now)
        await _tell(tx, actor, standing, after, now)
    return after


async def decline_proposal(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> ConfigProposal:
    """The proposal, declined; again, as it stands. Raises as `accept_proposal`."""
    demand(actor, Right.EDIT_CONFIG)
    return await _end(actor, number, DraftState.DECLINED, reason, store=store, clock=clock)


async def withdraw_proposal(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> ConfigProposal:
    """The proposal, taken back by who made it; again, as it stands.

    Raises Forbidden `no_right`, `not_your_proposal`; NotFound `proposal_not_found`; Conflict `proposal_decided`.
    """
    demand(actor, Right.PROPOSE)
    return await _end(actor, number, DraftState.WITHDRAWN, reason, store=store, clock=clock)


async def _end(
    actor: Actor, number: int, state: DraftState, reason: str, *, store: Store, clock: Clock
) -> ConfigProposal:
    async with store.transaction(actor.scope) as tx:
        standing = await _proposal(tx, number)
        if state is DraftState.WITHDRAWN and standing.proposed_by != actor.master_id:
            raise Forbidden("not_your_proposal", f"{standing.proposed_by} made proposal {number}: they take it back")
        after = decided(standing, state, actor.master_id, clock.wall(), answer=reason)
        if after != standing:
            await _tell(tx, actor, standing, after, clock.wall())
    return after


async def _proposal(tx: Transaction, number: int) -> ConfigProposal:
    proposal = await tx.config_proposal(number)
    if proposal is None:
        raise NotFound("proposal_not_found", f"There is no proposal {number}")
    return proposal


async def _save(tx: Transaction, actor: Actor, proposal: ConfigProposal, working: Standing, now: int) -> None:
    """The proposed text is the main module; the other modules go along into the new revision as they stand."""
    before = working.modules.get(MAIN)
    main = Revision(
        service_code=proposal.service_code,
        management_code=proposal.management_code,
        module=MAIN,
        revision=working.revision + 1,
        digest=proposal.digest,
        size_bytes=proposal.size_bytes,
        saved_at=now,
        author=f"{actor.master_id} as proposed by {proposal.proposed_by}"[:64],
        reason=proposal.reason,
        name=before.name if before else "",
        version=before.version if before else "",
    )
    along = [
        msgspec.structs.replace(one, revision=main.revision, saved_at=now, author=main.author, reason=main.reason)
        for number, one in sorted(working.modules.items())
        if number != MAIN
    ]
    await tx.add_revisions([main, *along])
    await tx.add_events([saved(actor, main)])


async def _tell(tx: Transaction, actor: Actor, before: ConfigProposal, after: ConfigProposal, now: int) -> None:
    await tx.save_config_proposal(after)
    told = deed(
        actor,
        now,
        f"proposal_{after.state}",
        class_=EventClass.CONFIGURATION,
        management_code=after.management_code,
        service_code=after.service_code,
        note=after.answer,
        proposal=after.number,
    )
    await tx.add_events([told])
    entry = recorded(
        actor,
        now,
        _ACTIONS[after.state],
        after.service_code,
        management_code=after.management_code,
        before={"proposal": after.number, "state": before.state},
        after={"proposal": after.number, "state": after.state, "revision": after.revision, "digest": after.digest},
        note=after.answer,
    )
    await tx.append_audit([entry])
