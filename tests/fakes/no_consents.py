"""Consents where nobody has given one, calls where nobody calls: the provider's people have their own rights alone."""

from collections.abc import Collection

from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.consent import Consent
from servicehost.domain.contract import Scope
from servicehost.domain.phone_call import PhoneCall

__all__ = ["NoConsentReads", "NoConsents"]


class NoConsents:
    """Implements `ports.consents.ConsentTransaction`. Given ones are tested on the real store."""

    async def consents_of(self, management_codes: Collection[str], now: int) -> list[Consent]:
        return []


class NoConsentReads:
    """Implements the reads of `ports.consents`, `ports.calls` and `ports.config_proposals`."""

    async def consents(self, scope: Scope, now: int, **_: object) -> list[Consent]:
        return []

    async def consent_numbered(self, scope: Scope, number: int) -> Consent | None:
        return None

    async def calls(self, scope: Scope, **_: object) -> list[PhoneCall]:
        return []

    async def call(self, scope: Scope, call: int) -> PhoneCall | None:
        return None

    async def config_proposals(self, scope: Scope, **_: object) -> list[ConfigProposal]:
        return []

    async def proposed_config(self, scope: Scope, number: int) -> tuple[ConfigProposal, str] | None:
        return None
