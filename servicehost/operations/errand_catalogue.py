"""The use cases of errands, bound to their ports."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import msgspec

from servicehost.domain.appointment import Agreement, Window
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.errand import Errand, ErrandPolicy
from servicehost.domain.errors import NotFound
from servicehost.domain.miss import MissReason
from servicehost.domain.people import Actor
from servicehost.domain.webhook import SignedMessage, check_headers, check_message
from servicehost.operations.agree_appointment import agree_appointment
from servicehost.operations.errands import ErrandReport
from servicehost.operations.explain_lateness import explain_lateness
from servicehost.operations.propose_appointment import propose_appointment
from servicehost.operations.report_errand import report_errand
from servicehost.operations.report_missed_visit import report_missed_visit
from servicehost.operations.take_signed_notice import take_signed_notice
from servicehost.ports.carrier import CarrierNotice
from servicehost.ports.cases import NoticeRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["CarriersBell", "ErrandCatalogue", "SheetPolicy", "open_errand_catalogue"]

SecretsInForce: TypeAlias = Callable[[], Sequence[bytes]]


class CarriersBell(msgspec.Struct, frozen=True, kw_only=True):
    """By what a carrier that calls at our door is known: its secrets, and how far its clock may be from ours."""

    secrets: SecretsInForce
    tolerance_ms: int = 300_000


class SheetPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider says on every work sheet: the accessories by model, and whom to call when things go wrong."""

    returns: ReturnPolicy = ReturnPolicy()
    desk_telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandCatalogue:
    """Each field is the use case of that name; arguments go by position, as written there."""

    propose_appointment: Callable[[Actor, int, Sequence[Window], str], Awaitable[Errand]]
    agree_appointment: Callable[[Actor, int, Agreement], Awaitable[Errand]]
    report_errand: Callable[[Actor, int, ErrandReport], Awaitable[Errand]]
    report_missed_visit: Callable[[Actor, int, MissReason, str], Awaitable[Errand]]
    explain_lateness: Callable[[Actor, int, MissReason], Awaitable[Errand]]
    sheets: SheetPolicy
    # the carrier's
    check_carrier: Callable[[SignedMessage], None]
    take_signed_notice: Callable[[CarrierNotice, str], Awaitable[NoticeRow]]


def open_errand_catalogue(
    *,
    store: Store,
    clock: Clock,
    policy: ErrandPolicy,
    returns: ReturnPolicy,
    bell: CarriersBell | None = None,
    desk_telephone: str = "",
) -> ErrandCatalogue:
    """`bell` None: no carrier calls at our door."""

    def check_carrier(message: SignedMessage) -> None:
        """Raises NotFound `no_carrier_here`, Busy `webhook_secrets_unusable`, Unauthenticated."""
        check_headers(message)
        if bell is None:
            raise NotFound("no_carrier_here", "This host's carrier tells nothing here; see [carrier] in its settings")
        check_message(message, bell.secrets(), clock.wall(), bell.tolerance_ms)

    return ErrandCatalogue(
        check_carrier=check_carrier,
        sheets=SheetPolicy(returns=returns, desk_telephone=desk_telephone),
        take_signed_notice=partial(take_signed_notice, store=store, clock=clock, policy=returns),
        propose_appointment=partial(propose_appointment, store=store, clock=clock, policy=policy),
        agree_appointment=partial(agree_appointment, store=store, clock=clock, policy=policy),
        report_errand=partial(report_errand, store=store, clock=clock),
        report_missed_visit=partial(report_missed_visit, store=store, clock=clock),
        explain_lateness=partial(explain_lateness, store=store, clock=clock),
    )
