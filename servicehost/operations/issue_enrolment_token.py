"""A dispatcher makes the single-use token with which a unit gets its first certificate."""

import secrets

import msgspec

from protocol.identity import DistributionId
from servicehost.domain.audit import Action
from servicehost.domain.enrolment import SECRET_BYTES, mint_token
from servicehost.domain.enrolment_request import BARRED
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.life import TOLD_AS, LifeRefusal
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.operations.unit_named import spelled
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store
from servicehost.ports.token_rows import EnrolmentRow

__all__ = ["IssuedEnrolmentToken", "issue_enrolment_token"]


class IssuedEnrolmentToken(msgspec.Struct, frozen=True, kw_only=True):
    """The token, shown this once, for one unit, one use and a few minutes."""

    token: str
    distribution_id: DistributionId
    expires_at: int


async def issue_enrolment_token(
    actor: Actor, distribution_id: str, *, store: Store, clock: Clock
) -> IssuedEnrolmentToken:
    """Good also for a unit that is held, or whose certificates were revoked: making it is a person's word that this
    box is the right one. Raises Forbidden `no_right`, Invalid `distribution_id_malformed`, NotFound `unit_not_found`,
    Conflict with the `LifeRefusal` of a unit that is lost, stolen, returned or retired.
    """
    demand(actor, Right.REGISTER)
    known_as = spelled(distribution_id)
    now = clock.wall()
    token, record = mint_token(secrets.token_bytes(SECRET_BYTES), distribution_id=known_as, now=as_datetime(now))
    expires_at = from_datetime(record.expires_at)
    async with store.transaction(actor.scope) as tx:
        unit = await tx.unit(known_as)
        if unit is None:
            raise NotFound("unit_not_found", f"There is no unit {known_as}; register it first")
        if unit.life in BARRED:
            refusal = LifeRefusal(BARRED[unit.life].value)
            raise Conflict(refusal, TOLD_AS[refusal])
        row = EnrolmentRow(
            token_hash=record.token_hash,
            unit_id=unit.unit_id,
            distribution_id=known_as,
            created_at=now,
            expires_at=expires_at,
        )
        await tx.add_enrolment(row)
        event = deed(actor, now, "enrolment_token_issued", unit_id=unit.unit_id, distribution_id=known_as)
        await tx.add_events([event])
        after = {"unit": unit.unit_id, "expires_at": expires_at}
        entry = recorded(actor, now, Action.ISSUE_ENROLMENT_TOKEN, known_as, management_code=None, after=after)
        await tx.append_audit([entry])
    return IssuedEnrolmentToken(token=token, distribution_id=known_as, expires_at=expires_at)
