"""The use cases of consents, config proposals and calls, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.consent import Consent, ConsentPolicy
from servicehost.domain.people import Actor
from servicehost.domain.phone_call import CallOutcome, PhoneCall
from servicehost.operations.conclude_call import conclude_call
from servicehost.operations.decide_proposal import accept_proposal, decline_proposal, withdraw_proposal
from servicehost.operations.give_consent import ConsentDraft, give_consent
from servicehost.operations.propose_config import propose_config
from servicehost.operations.record_call import CallReport, record_call
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.withdraw_consent import withdraw_consent
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["ConsentCatalogue", "open_consent_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    give_consent: Callable[[Actor, ConsentDraft], Awaitable[Consent]]
    withdraw_consent: Callable[[Actor, int, str], Awaitable[Consent]]
    propose_config: Callable[[Actor, ConfigDraft], Awaitable[ConfigProposal]]
    accept_proposal: Callable[[Actor, int, bool], Awaitable[ConfigProposal]]
    decline_proposal: Callable[[Actor, int, str], Awaitable[ConfigProposal]]
    withdraw_proposal: Callable[[Actor, int, str], Awaitable[ConfigProposal]]
    record_call: Callable[[Actor, CallReport], Awaitable[PhoneCall]]
    conclude_call: Callable[[Actor, int, CallOutcome, int | None, str], Awaitable[PhoneCall]]


def open_consent_catalogue(*, store: Store, clock: Clock, policy: ConsentPolicy) -> ConsentCatalogue:
    """The catalogue of one host."""
    return ConsentCatalogue(
        give_consent=partial(give_consent, store=store, clock=clock, policy=policy),
        withdraw_consent=partial(withdraw_consent, store=store, clock=clock),
        propose_config=partial(propose_config, store=store, clock=clock),
        accept_proposal=partial(accept_proposal, store=store, clock=clock),
        decline_proposal=partial(decline_proposal, store=store, clock=clock),
        withdraw_proposal=partial(withdraw_proposal, store=store, clock=clock),
        record_call=partial(record_call, store=store, clock=clock),
        conclude_call=partial(conclude_call, store=store, clock=clock),
    )
