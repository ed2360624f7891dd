"""Somebody of the provider lays a config before the customer: a draft, which nothing runs and nobody has saved."""

from protocol.digest import digest_of
from servicehost.domain.audit import Action
from servicehost.domain.config import check_body
from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.errors import NotFound
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.operations.save_config import ConfigDraft
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["propose_config"]


async def propose_config(actor: Actor, draft: ConfigDraft, *, store: Store, clock: Clock) -> ConfigProposal:
    """The proposal with its number, open until a manager of the contract accepts or declines it.

    Raises Forbidden `no_right`; Invalid for what is wrong with the body; NotFound `adapter_not_found`.
    """
    demand(actor, Right.PROPOSE)
    raw = check_body(draft.body)
    async with store.transaction(actor.scope) as tx:
        adapters = await tx.adapters([draft.service_code])
        if not adapters:
            raise NotFound("adapter_not_found", f"There is no adapter {draft.service_code}")
        newest = (await tx.latest_revisions([draft.service_code], MAIN)).get(draft.service_code)
        wanted = ConfigProposal(
            number=0,
            management_code=adapters[0].management_code,
            service_code=draft.service_code,
            module=MAIN,
            digest=digest_of(raw),
            size_bytes=len(raw),
            base_revision=0 if newest is None else newest.revision,
            proposed_by=actor.master_id,
            proposed_at=clock.wall(),
            reason=draft.reason[:255],
        )
        await tx.add_content(wanted.management_code, wanted.digest, draft.body)
        proposal = await tx.add_config_proposal(wanted)
        await _tell(tx, actor, proposal)
    return proposal


async def _tell(tx: Transaction, actor: Actor, proposal: ConfigProposal) -> None:
    told = deed(
        actor,
        proposal.proposed_at,
        "config_proposed",
        class_=EventClass.CONFIGURATION,
        severity=Severity.NOTICE,
        management_code=proposal.management_code,
        service_code=proposal.service_code,
        note=proposal.reason,
        proposal=proposal.number,
    )
    await tx.add_events([told])
    after = {
        "proposal": proposal.number,
        "module": proposal.module,
        "digest": proposal.digest,
        "base_revision": proposal.base_revision,
    }
    entry = recorded(
        actor,
        proposal.proposed_at,
        Action.PROPOSE_CONFIG,
        proposal.service_code,
        management_code=proposal.management_code,
        after=after,
        note=proposal.reason,
    )
    await tx.append_audit([entry])
