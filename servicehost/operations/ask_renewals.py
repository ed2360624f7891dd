"""Units are wanted with younger certificates: said to those in session now, and to the others when they come."""

from collections.abc import Collection
from typing import Final, Literal

from protocol.messages import Renew
from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.contract import EVERYTHING
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Place, Store

__all__ = ["WITHIN_S", "RenewalReason", "ask_renewals", "renewal_wanted"]

RenewalReason = Literal["anchor_change", "key_policy", "asked"]

WITHIN_S: Final = 600
"""Units begin at random within so many seconds: the authority signs for a whole fleet."""


async def ask_renewals(
    unit_ids: Collection[int],
    reason: RenewalReason,
    *,
    store: Store,
    clock: Clock,
    line: Line,
    within_s: int = WITHIN_S,
) -> None:
    """Want every certificate that these units hold now renewed. The wish is durable, and met unit by unit by a later
    certificate; asked again, it also wants those renewed that were issued since. Raises StoreFull.
    """
    now = clock.wall()

    def wish(batch: Batch) -> None:
        batch.ask_renewals(unit_ids, reason, now)

    await store.batch(EVERYTHING, wish)
    line.renew(unit_ids, Renew(reason=reason, within_s=within_s))


def renewal_wanted(place: Place, certificate: Certificate | None) -> Renew | None:
    """The word to a unit whose certificate is older than the wish for a younger one. One that nobody has a record of
    is left alone: its age is not known.
    """
    if place.renew_asked_at is None or certificate is None or certificate.issued_at >= place.renew_asked_at:
        return None
    return Renew(reason=place.renew_reason or "asked", within_s=WITHIN_S)
