"""Certificates as they were issued, and enrolments that wait for a person."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import to_unit
from servicehost.backends.sql.units import OfUnits
from servicehost.domain.contract import Scope
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.unit import Unit
from servicehost.ports.enrolments import KeptCertificate

__all__ = ["EnrolmentRows", "SqlEnrolmentReads", "SqlEnrolments"]

T = TypeVar("T")
_unit = tables.unit.c
_certificate = tables.certificate.c
_request = tables.enrolment_request.c
_REQUESTS: Final = select(tables.enrolment_request, _unit.distribution_id, _unit.model, _unit.serial).join(
    tables.unit, _unit.unit_id == _request.unit_id
)
_OF_UNIT: Final = ("distribution_id", "model", "serial")


class EnrolmentRows(OfUnits):
    """Tables `certificate` and `enrolment_request`."""

    def unit_by_model_serial(self, model: str, serial: str) -> Unit | None:
        chosen = select(tables.unit).where(_unit.model == model, _unit.serial == serial)
        row = self._on.execute(chosen.where(*self._within(_unit.management_code))).mappings().first()
        return None if row is None else to_unit(row)

    def certificate(self, fingerprint: str) -> KeptCertificate | None:
        return self._certificate(select(tables.certificate).where(_certificate.fingerprint == fingerprint))

    def certificate_for_key(self, unit_id: int, key_fingerprint: str) -> KeptCertificate | None:
        chosen = select(tables.certificate).where(
            _certificate.unit_id == unit_id, _certificate.key_fingerprint == key_fingerprint
        )
        return self._certificate(chosen.order_by(_certificate.issued_at.desc(), _certificate.not_before.desc()))

    def all_revoked_at(self, unit_id: int) -> int | None:
        whose = (_certificate.unit_id == unit_id, *self._within(_certificate.management_code))
        last = self._on.execute(select(func.max(_certificate.revoked_at)).where(*whose)).scalar_one()
        if last is None:
            return None
        left = select(_certificate.fingerprint).where(
            *whose, _certificate.revoked_at.is_(None), _certificate.not_after > last
        )
        return None if self._on.execute(left.limit(1)).first() is not None else int(last)

    def enrolment_request(self, unit_id: int, key_fingerprint: str) -> EnrolmentRequest | None:
        return self._one_request(_request.unit_id == unit_id, _request.key_fingerprint == key_fingerprint)

    def enrolment_request_by_number(self, request: int) -> EnrolmentRequest | None:
        return self._one_request(_request.request == request)

    def waiting_requests(self, unit_id: int) -> int:
        chosen = select(func.count()).where(
            _request.unit_id == unit_id,
            _request.state == RequestState.PENDING.value,
            *self._within(_request.management_code),
        )
        return int(self._on.execute(chosen).scalar_one())

    def put_enrolment_request(self, request: EnrolmentRequest) -> EnrolmentRequest:
        row = {key: value for key, value in msgspec.structs.asdict(request).items() if key not in _OF_UNIT}
        row |= {"way": request.way.value, "state": request.state.value}
        number = row.pop("request")
        management_code = self._contract_of(request.unit_id)
        if number:
            whose = (_request.request == number, *self._within(_request.management_code))
            self._on.execute(update(tables.enrolment_request).where(*whose).values(row))
            return request
        added = insert(tables.enrolment_request).values(management_code=management_code, **row)
        number = self._on.execute(added.returning(_request.request)).scalar_one()
        return msgspec.structs.replace(request, request=number)

    def _certificate(self, chosen: Select[Any]) -> KeptCertificate | None:
        row = self._on.execute(chosen.where(*self._within(_certificate.management_code)).limit(1)).mappings().first()
        return None if row is None else _to_certificate(row)

    def _one_request(self, *which: ColumnElement[bool]) -> EnrolmentRequest | None:
        chosen = _REQUESTS.where(*which, *self._within(_unit.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_request(row)


class SqlEnrolments:
    """`ports.enrolments.Enrolments` for a transaction, which brings `_do`."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        raise NotImplementedError

    async def unit_by_model_serial(self, model: str, serial: str) -> Unit | None:
        return await self._do(EnrolmentRows.unit_by_model_serial, model, serial)

    async def certificate(self, fingerprint: str) -> KeptCertificate | None:
        return await self._do(EnrolmentRows.certificate, fingerprint)

    async def certificate_for_key(self, unit_id: int, key_fingerprint: str) -> KeptCertificate | None:
        return await self._do(EnrolmentRows.certificate_for_key, unit_id, key_fingerprint)

    async def all_revoked_at(self, unit_id: int) -> int | None:
        return await self._do(EnrolmentRows.all_revoked_at, unit_id)

    async def enrolment_request(self, unit_id: int, key_fingerprint: str) -> EnrolmentRequest | None:
        return await self._do(EnrolmentRows.enrolment_request, unit_id, key_fingerprint)

    async def enrolment_request_by_number(self, request: int) -> EnrolmentRequest | None:
        return await self._do(EnrolmentRows.enrolment_request_by_number, request)

    async def waiting_requests(self, unit_id: int) -> int:
        return await self._do(EnrolmentRows.waiting_requests, unit_id)

    async def put_enrolment_request(self, request: EnrolmentRequest) -> EnrolmentRequest:
        return await self._do(EnrolmentRows.put_enrolment_request, request)


class SqlEnrolmentReads:
    """`ports.enrolments.EnrolmentReads`; every method is one snapshot."""

    _engine: AsyncEngine

    async def enrolment_requests(
        self, scope: Scope, *, state: RequestState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[EnrolmentRequest]:
        chosen = _seen_by(scope).where(_request.request > after).order_by(_request.request).limit(limit)
        if state is not None:
            chosen = chosen.where(_request.state == state.value)
        async with self._engine.connect() as on:
            return [_to_request(row) for row in (await on.execute(chosen)).mappings()]

    async def enrolment_request(self, scope: Scope, request: int) -> EnrolmentRequest | None:
        async with self._engine.connect() as on:
            row = (await on.execute(_seen_by(scope).where(_request.request == request))).mappings().first()
        return None if row is None else _to_request(row)


def _seen_by(scope: Scope) -> Select[Any]:
    code = scope.management_code
    return _REQUESTS if code is None else _REQUESTS.where(_unit.management_code == code)


def _to_certificate(row: RowMapping) -> KeptCertificate:
    return KeptCertificate(**{name: row[name] for name in KeptCertificate.__struct_fields__})


def _to_request(row: RowMapping) -> EnrolmentRequest:
    return EnrolmentRequest(
        request=row["request"],
        unit_id=row["unit_id"],
        distribution_id=row["distribution_id"],
        model=row["model"],
        serial=row["serial"],
        key_fingerprint=row["key_fingerprint"],
        way=Way(row["way"]),
        state=RequestState(row["state"]),
        asked_at=row["asked_at"],
        last_asked_at=row["last_asked_at"],
        remote_address=row["remote_address"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        reason=row["reason"],
    )
