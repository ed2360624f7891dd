"""Startup configs that have not proved themselves."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, as_text, read_manifest
from servicehost.backends.sql.schedule_tables import startup_proof
from servicehost.domain.config import Mark
from servicehost.domain.startup import Startup, StartupProof

__all__ = ["Startups", "proofs_of"]

_adapter = tables.adapter.c
_proof = startup_proof.c
_OF_PROOF: Final = tuple(column for column in _proof if column.name not in ("service_code", "management_code"))
_STARTUPS = ByKeys(
    select(
        _adapter.service_code,
        _adapter.management_code,
        _adapter.startup_revision,
        _adapter.startup_digest,
        _adapter.startup_modules,
        _proof.service_code.label("has_proof"),
        *_OF_PROOF,
    ).outerjoin(startup_proof, _proof.service_code == _adapter.service_code),
    (_adapter.service_code,),
    _adapter.management_code,
)
_CODES = func.json_each(bindparam("codes")).table_valued("value", name="wanted")
_DROP = delete(startup_proof).where(_proof.service_code.in_(select(_CODES.c.value)))


class Startups(Scoped):
    """Table `startup_proof`."""

    def startups(self, service_codes: Collection[str]) -> dict[str, Startup]:
        return {row[0]: _startup(row) for row in self._by_keys(_STARTUPS, service_codes)}

    def save_startup_proofs(self, proofs: Sequence[StartupProof]) -> None:
        if not proofs:
            return
        self._own([proof.management_code for proof in proofs])
        self.drop_proofs([proof.service_code for proof in proofs])
        self._on.execute(insert(startup_proof), [_row(proof) for proof in proofs])

    def drop_proofs(self, service_codes: Collection[str]) -> None:
        """Their startup configs have a clean record from here on."""
        if service_codes:
            among = {"codes": as_text(list(service_codes))}
            self._on.execute(_DROP.where(*self._within(_proof.management_code)), among)


def _startup(row: Sequence[Any]) -> Startup:
    code, tenant, revision, digest, modules, has_proof, *proof = row
    return Startup(
        service_code=code,
        management_code=tenant,
        mark=_mark(revision, digest),
        modules=read_manifest(modules),
        proof=_to_proof([code, tenant, *proof]) if has_proof else None,
    )


async def proofs_of(connection: AsyncConnection, service_codes: Sequence[str]) -> dict[str, StartupProof]:
    """For a reader: what is known against the startup configs of these adapters."""
    chosen = select(_proof.service_code, _proof.management_code, *_OF_PROOF)
    rows = (await connection.execute(chosen.where(_proof.service_code.in_(service_codes)))).all()
    return {row[0]: _to_proof(row) for row in rows}


def _to_proof(row: Sequence[Any]) -> StartupProof:
    """A row of `startup_proof`, in the order of its columns."""
    code, tenant, push, good, good_digest, modules, failures, unit_id, boot_id, failed, failed_digest = row
    return StartupProof(
        service_code=code,
        management_code=tenant,
        push=push,
        good=_mark(good, good_digest),
        good_modules=read_manifest(modules),
        failures=failures,
        unit_id=unit_id,
        boot_id=boot_id,
        failed=_mark(failed, failed_digest),
    )


def _mark(revision: int | None, digest: str | None) -> Mark | None:
    return None if revision is None or digest is None else Mark(revision=revision, digest=digest)


def _row(proof: StartupProof) -> dict[str, Any]:
    return {
        "service_code": proof.service_code,
        "management_code": proof.management_code,
        "push": proof.push,
        "good_revision": proof.good.revision if proof.good else None,
        "good_digest": proof.good.digest if proof.good else None,
        "good_modules": as_text(proof.good_modules) if proof.good_modules else None,
        "failures": proof.failures,
        "unit_id": proof.unit_id,
        "boot_id": proof.boot_id,
        "failed_revision": proof.failed.revision if proof.failed else None,
        "failed_digest": proof.failed.digest if proof.failed else None,
    }
