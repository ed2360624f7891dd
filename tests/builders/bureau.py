"""Where units enrol: a real store, a real authority, a dispatcher, and time that stands still until told to go on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update

from protocol.identity import DistributionId, ModelSerial
from servicehost.backends.authority.local import LocalAuthority
from servicehost.backends.sql import tables
from servicehost.backends.sql.reads import SqlReads
from servicehost.backends.sql.store import SqlStore
from servicehost.domain.acting import actor_of
from servicehost.domain.birth import BirthCertificate
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import EnrolmentRequest, Waiting
from servicehost.domain.event import Event
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Role
from servicehost.domain.unit import Life, Unit
from servicehost.operations.catalogue import Catalogue, open_catalogue
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.ports.authority import IssuedCertificate
from servicehost.ports.enrolments import KeptCertificate
from servicehost.sessions.identity import read_identity
from servicehost.settings.enrolment import EnrolmentSettings
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from tests.builders.authority import local_authority, request_by
from tests.builders.config_room import config_room
from tests.builders.databases import fresh_database, opened
from tests.builders.office import unit_name
from tests.fakes.clock import T0, FixedClock
from tests.fakes.hasher import PlainHasher
from tests.fakes.line import RecordingLine
from tests.fakes.no_results import NO_RESULTS
from tests.fakes.rollover import no_rollover

__all__ = ["HERE", "MODEL", "Bureau", "a_csr", "open_bureau"]

HERE = "192.0.2.7"
MODEL = "SA-W2"
NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def a_csr() -> bytes:
    """By a key of its own."""
    return request_by(ec.generate_private_key(ec.SECP256R1()))


@dataclass(kw_only=True)
class Bureau:
    store: SqlStore
    reads: SqlReads
    clock: FixedClock
    authority: LocalAuthority
    catalogue: Catalogue
    dispatcher: Actor
    support: Actor

    async def unit(self, number: int = 1) -> Unit:
        return await self.catalogue.register_unit(self.dispatcher, unit_name(number), MODEL, f"{number:06d}")

    async def token(self, number: int = 1) -> str:
        return (await self.catalogue.issue_enrolment_token(self.dispatcher, unit_name(number))).token

    async def enrol(self, token: str, csr: bytes, number: int = 1, *, remote_address: str = HERE) -> IssuedCertificate:
        return await self.catalogue.enrol_unit(
            csr, distribution_id=unit_name(number), token=token, remote_address=remote_address
        )

    async def enrolled(self, number: int = 1) -> IssuedCertificate:
        """A registered unit with its first certificate."""
        await self.unit(number)
        return await self.enrol(await self.token(number), a_csr(), number)

    async def by_birth(
        self, csr: bytes, number: int = 1, *, ends: datetime = NO_END, remote_address: str = HERE
    ) -> IssuedCertificate | Waiting:
        birth = BirthCertificate(
            model_serial=ModelSerial(model=MODEL, serial=f"{number:06d}"),
            not_before=as_datetime(T0) - timedelta(days=1_000),
            not_after=ends,
            fingerprint="b" * 64,
        )
        return await self.catalogue.enrol_by_birth(csr, birth=birth, remote_address=remote_address)

    async def again(self, shown: IssuedCertificate, csr: bytes) -> IssuedCertificate | Waiting:
        """Re-enrolment with the certificate `shown`."""
        return await self.catalogue.reenrol_unit(csr, identity=read_identity(shown.der), remote_address=HERE)

    async def set_life(self, unit: DistributionId, life: Life) -> None:
        await self._write(update(tables.unit).where(tables.unit.c.distribution_id == unit).values(life=life.value))

    async def revoke(self, *certificates: IssuedCertificate) -> None:
        await self.revoke_fingerprints(*(one.fingerprint for one in certificates))

    async def revoke_fingerprints(self, *fingerprints: str) -> None:
        chosen = update(tables.certificate).where(tables.certificate.c.fingerprint.in_(fingerprints))
        await self._write(chosen.values(revoked_at=self.clock.wall(), revoked_reason="test"))

    async def _write(self, statement: Any) -> None:
        async with self.store.transaction(EVERYTHING) as tx:
            await tx._do(lambda rows: rows._on.execute(statement))  # type: ignore[attr-defined]  # the real one's own

    async def certificate(self, fingerprint: str) -> KeptCertificate | None:
        async with self.store.transaction(EVERYTHING) as tx:
            return await tx.certificate(fingerprint)

    async def requests(self) -> list[EnrolmentRequest]:
        return list(await self.reads.enrolment_requests(EVERYTHING))

    async def events(self, sub_type: str) -> list[Event]:
        return [one for one in await self.reads.events(EVERYTHING, limit=1_000) if one.sub_type == sub_type]


@asynccontextmanager
async def open_bureau(
    folder: Path, settings: EnrolmentSettings | None = None, *, at: int = T0
) -> AsyncIterator[Bureau]:
    clock, authority = FixedClock(at), local_authority(folder, as_datetime(at))
    async with opened(fresh_database(folder)) as (store, reads):
        catalogue = open_catalogue(
            store=store,
            clock=clock,
            line=RecordingLine(),
            hasher=PlainHasher(),
            authority=authority,
            people=People(),
            pushes=Pushes(),
            rollover=no_rollover(),
            configs=config_room(store, clock, reads),
            tasks=open_task_catalogue(store=store, reads=reads, clock=clock, line=RecordingLine(), files=NO_RESULTS),
            enrolment=settings or EnrolmentSettings(),
        )
        dispatcher = (await catalogue.add_provider_person(Role.DISPATCHER, "Dora")).person
        support = (await catalogue.add_provider_person(Role.SUPPORT, "Saki")).person
        yield Bureau(
            store=store,
            reads=reads,
            clock=clock,
            authority=authority,
            catalogue=catalogue,
            dispatcher=actor_of(dispatcher),
            support=actor_of(support),
        )
