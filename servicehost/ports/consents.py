"""What the store keeps of recorded consents."""

from collections.abc import Collection
from typing import Protocol

from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.contract import Scope
from servicehost.domain.people import Person

__all__ = ["ConsentReads", "ConsentTransaction", "Consents"]


class ConsentTransaction(Protocol):
    """The part of the transaction verb that judges rights."""

    async def consents_of(self, management_codes: Collection[str], now: int) -> list[Consent]:
        """Those of these contracts that have neither ended nor been withdrawn, in the order of their numbers."""
        ...


class Consents(Protocol):
    """The part of the batch verb that keeps consents. Within the batch's scope."""

    def consents_of(self, management_codes: Collection[str], now: int) -> list[Consent]:
        """As above."""
        ...

    def consent(self, number: int) -> Consent | None: ...

    def add_consent(self, consent: Consent) -> Consent:
        """With its number; numbers grow. Raises NotFound outside the scope, and for another contract's adapter."""
        ...

    def has_contract(self, management_code: str) -> bool: ...

    def providers_person(self, master_id: str) -> Person | None:
        """Somebody of the provider, whatever the scope: to whom a customer gives a consent. None for who was erased."""
        ...

    def withdraw_consent(self, number: int, by: str, at: int) -> None:
        """Writes that alone."""
        ...


class ConsentReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def consents(
        self,
        scope: Scope,
        now: int,
        *,
        management_code: str | None = None,
        service_code: str | None = None,
        state: ConsentState | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Consent]:
        """In the order of their numbers, at most `limit` after `after` (exclusive); `service_code`: those that reach
        this adapter, named or with the whole contract."""
        ...

    async def consent_numbered(self, scope: Scope, number: int) -> Consent | None: ...
