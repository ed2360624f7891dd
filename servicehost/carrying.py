"""The carrier of a host, as its settings say."""

import os
import ssl
from collections.abc import Mapping
from typing import NamedTuple

from servicehost.backends.carriers.book import Collection, Delivery
from servicehost.backends.carriers.secrets import Secrets
from servicehost.backends.carriers.simulated import Conduct, SimulatedCarrier
from servicehost.backends.carriers.webhook import WebhookAddress, WebhookCarrier
from servicehost.domain.errors import Invalid
from servicehost.operations.errand_catalogue import CarriersBell
from servicehost.ports.carrier import Carrier
from servicehost.ports.clock import Clock
from servicehost.settings.carrier import CarrierSettings
from servicehost.settings.tables import Settings

__all__ = ["Carrying", "open_carrier"]


class Carrying(NamedTuple):
    """The carrier, and by what it is known when it calls at our door; None: it never does."""

    carrier: Carrier
    bell: CarriersBell | None


def open_carrier(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> Carrying:
    """Raises Busy `webhook_secrets_unusable`, Invalid `webhook_secrets_shared` or `carrier_book_unreadable`, OSError
    for a file that cannot be read."""
    if settings.carrier.backend == "simulated":
        return Carrying(_simulated(settings, clock), None)
    known = os.environ if environment is None else environment
    return _by_webhook(settings.carrier, clock, known)


def _simulated(settings: Settings, clock: Clock) -> SimulatedCarrier:
    """Its book lies beside the database: both are forgotten together."""
    travel_s, going = settings.exchanges.carrier_travel_s, settings.simulated_carrier
    conduct = Conduct(
        travel_s=travel_s,
        return_s=travel_s,
        tells_times=True,
        deliveries=tuple(map(Delivery, going.deliveries)),
        collections=tuple(map(Collection, going.collections)),
        late_by_s=going.late_by_s,
    )
    return SimulatedCarrier(clock, conduct, book=settings.store.database.with_name("simulated_carrier.json"))


def _by_webhook(settings: CarrierSettings, clock: Clock, environment: Mapping[str, str]) -> Carrying:
    ours = Secrets(settings.secrets_file, settings.secrets_variable, environment)
    theirs = Secrets(settings.notice_secrets_file, settings.notice_secrets_variable, environment)
    if set(ours()) & set(theirs()):
        # What we have sent could be sent back to us as if it were the carrier's word.
        raise Invalid("webhook_secrets_shared", "[carrier] one secret is used both ways: each way needs its own")
    tls = None if settings.ca_file is None else ssl.create_default_context(cafile=settings.ca_file)
    address = WebhookAddress(url=settings.url, tls=tls, answer_due_s=settings.answer_due_s)
    return Carrying(
        WebhookCarrier(address, ours, clock),
        CarriersBell(secrets=theirs, tolerance_ms=settings.notice_tolerance_s * 1000),
    )
