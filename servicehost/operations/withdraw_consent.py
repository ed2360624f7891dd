"""A consent is withdrawn: by a manager of its contract, or given back by the provider's people."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Severity
from servicehost.domain.people import Actor, Right, Role, demand
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["withdraw_consent"]


async def withdraw_consent(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> Consent:
    """The consent, withdrawn; withdrawn again, as it stands. What was done under it before stays done.

    Any operation manager of the contract can do it, not only the one who gave it. Raises Forbidden `no_right`; NotFound
    `consent_not_found`; Conflict `consent_expired`.
    """
    demand(actor, Right.CONSENT if actor.role is Role.OPERATION_MANAGER else Right.ANSWER_CALLS)
    now = clock.wall()

    def work(batch: Batch) -> Consent:
        standing = batch.consent(number)
        if standing is None:
            raise NotFound("consent_not_found", f"There is no consent {number}")
        state = standing.state(now)
        if state is ConsentState.WITHDRAWN:
            return standing
        if state is ConsentState.EXPIRED:
            raise Conflict("consent_expired", f"Consent {number} has ended by itself")
        batch.withdraw_consent(number, actor.master_id, now)
        _tell(batch, actor, standing, reason, now)
        return msgspec.structs.replace(standing, withdrawn_at=now, withdrawn_by=actor.master_id)

    return await store.batch(actor.scope, work)


def _tell(batch: Batch, actor: Actor, consent: Consent, reason: str, now: int) -> None:
    code = consent.management_code
    told = deed(actor, now, "consent_withdrawn", severity=Severity.NOTICE, management_code=code, consent=consent.number)
    tell(batch, [told])
    entry = recorded(
        actor,
        now,
        Action.WITHDRAW_CONSENT,
        f"consent {consent.number}",
        management_code=code,
        before={"state": consent.state(now)},
        after={"state": ConsentState.WITHDRAWN},
        note=reason,
    )
    batch.append_audit([entry])
