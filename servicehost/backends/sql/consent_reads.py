"""`ports.consents.ConsentReads`, `ports.calls.CallReads` and `ports.config_proposals.ConfigProposalReads` on SQLite."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.consent_rows import adapters_of, in_state, made_consents, reaching, to_call, to_proposal
from servicehost.backends.sql.consent_tables import config_proposal, consent, phone_call
from servicehost.domain.config_proposal import ConfigProposal, DraftState
from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.contract import Scope
from servicehost.domain.phone_call import CallerMatch, PhoneCall

__all__ = ["SqlConsentReads"]

_consent = consent.c
_call = phone_call.c
_proposal = config_proposal.c
_adapter = tables.adapter.c


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


class SqlConsentReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

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
        chosen = select(consent).where(_consent.number > after, *_within(_consent.management_code, scope))
        if management_code is not None:
            chosen = chosen.where(_consent.management_code == management_code)
        if service_code is not None:
            owner = select(_adapter.management_code).where(_adapter.service_code == service_code)
            chosen = chosen.where(reaching(service_code, owner))
        if state is not None:
            chosen = chosen.where(in_state(state, now))
        return await self._consents(chosen.order_by(_consent.number).limit(limit))

    async def consent_numbered(self, scope: Scope, number: int) -> Consent | None:
        chosen = select(consent).where(_consent.number == number, *_within(_consent.management_code, scope))
        return next(iter(await self._consents(chosen)), None)

    async def _consents(self, chosen: Select[Any]) -> list[Consent]:
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            rows = (await on.execute(chosen)).mappings().all()
            named = (await on.execute(adapters_of([row["number"] for row in rows]))).mappings().all()
        return made_consents(rows, named)

    async def calls(
        self,
        scope: Scope,
        *,
        management_code: str | None = None,
        service_code: str | None = None,
        match: CallerMatch | None = None,
        open_only: bool = False,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[PhoneCall]:
        chosen = select(phone_call).where(*_within(_call.management_code, scope)).limit(limit)
        for column, wanted in (
            (_call.management_code, management_code),
            (_call.service_code, service_code),
            (_call.match, match),
        ):
            if wanted is not None:
                chosen = chosen.where(column == wanted)
        if open_only:
            chosen = chosen.where(_call.outcome.is_(None))
        if not newest_first:
            chosen = chosen.where(_call.call > after).order_by(_call.call)
        else:
            chosen = (chosen.where(_call.call < after) if after else chosen).order_by(_call.call.desc())
        async with self._engine.connect() as on:
            return [to_call(row) for row in (await on.execute(chosen)).mappings()]

    async def call(self, scope: Scope, call: int) -> PhoneCall | None:
        chosen = select(phone_call).where(_call.call == call, *_within(_call.management_code, scope))
        async with self._engine.connect() as on:
            row = (await on.execute(chosen)).mappings().first()
        return None if row is None else to_call(row)

    async def config_proposals(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        state: DraftState | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[ConfigProposal]:
        chosen = select(config_proposal).where(_proposal.number > after, *_within(_proposal.management_code, scope))
        if service_code is not None:
            chosen = chosen.where(_proposal.service_code == service_code)
        if state is not None:
            chosen = chosen.where(_proposal.state == state)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_proposal.number).limit(limit))).mappings().all()
        return [to_proposal(row) for row in rows]

    async def proposed_config(self, scope: Scope, number: int) -> tuple[ConfigProposal, str] | None:
        content = tables.content.c
        same = (content.management_code == _proposal.management_code) & (content.digest == _proposal.digest)
        chosen = select(config_proposal, content.body).join(tables.content, same)
        chosen = chosen.where(_proposal.number == number, *_within(_proposal.management_code, scope))
        async with self._engine.connect() as on:
            row = (await on.execute(chosen)).mappings().first()
        return None if row is None else (to_proposal(row), row["body"])
