"""Units' right to be here: certificates, revocation, holds, hosts elsewhere, and the log of who dialled."""

import re
from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.operations.ask_renewals import WITHIN_S
from servicehost.ports.attempts import AttemptsWanted
from servicehost.web.call import Call, Reply
from servicehost.web.identity_answers import AttemptAnswer, Attempts, Certificates, HostsAnswer, RenewalsAnswer
from servicehost.web.identity_orders import AttemptsQuery, HostsOrder, NoteQuery, RenewalsOrder, RevocationOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _unit_must_exist(call: Call) -> str:
    distribution_id = call.text("distribution_id")
    if await call.door.reads.unit(call.scope, distribution_id) is None:
        raise NotFound("unit_not_found", f"There is no unit {distribution_id}")
    return distribution_id


async def _certificates(call: Call) -> Reply:
    distribution_id = await _unit_must_exist(call)
    return Reply(value=Certificates.of(await call.door.reads.certificates(call.scope, distribution_id)))


async def _revoke_unit(call: Call) -> Reply:
    order = call.body(RevocationOrder)
    unit = call.text("distribution_id")
    return Reply(
        value=Certificates.of(await call.door.catalogue.revoke_unit(call.actor, unit, order.reason, order.note))
    )


async def _revoke_certificate(call: Call) -> Reply:
    order = call.body(RevocationOrder)
    number = call.text("serial_number")
    revoked = await call.door.catalogue.revoke_certificate(call.actor, number, order.reason, order.note)
    return Reply(value=Certificates.of(revoked))


async def _renew(call: Call) -> Reply:
    order = call.body(RenewalsOrder)
    units = await call.door.catalogue.ask_renewals(call.actor, order.units, order.note)
    return Reply(value=RenewalsAnswer(units=[unit.distribution_id for unit in units], within_s=WITHIN_S))


async def _release(call: Call) -> Reply:
    await call.door.catalogue.release_unit(call.actor, call.text("distribution_id"), call.query(NoteQuery).note)
    return Reply()


async def _move(call: Call) -> Reply:
    unit = call.text("distribution_id")
    hosts = await call.door.catalogue.move_unit(call.actor, unit, call.body(HostsOrder).hosts)
    return Reply(value=HostsAnswer(distribution_id=unit, hosts=hosts))


async def _take_back(call: Call) -> Reply:
    await call.door.catalogue.take_unit_back(call.actor, call.text("distribution_id"))
    return Reply()


async def _attempts_of_unit(call: Call) -> Reply:
    return await _attempts_page(call, await _unit_must_exist(call))


async def _attempts(call: Call) -> Reply:
    return await _attempts_page(call, None)


async def _attempts_page(call: Call, distribution_id: str | None) -> Reply:
    query = call.query(AttemptsQuery)
    wanted = AttemptsWanted(
        distribution_id=distribution_id,
        since=None if query.since is UNSET else _instant(query.since),
        outcome=None if query.outcome is UNSET else query.outcome.value,
        reason=None if query.reason is UNSET else query.reason,
        address=None if query.address is UNSET else query.address,
        after=query.after,
        limit=query.limit + 1,
        newest_first=query.newest_first,
    )
    found = await call.door.reads.attempts(call.scope, wanted)
    page = found[: query.limit]
    following = page[-1].attempt if len(found) > query.limit else None
    return Reply(value=Attempts(items=[AttemptAnswer.of(one) for one in page], next=following))


def _instant(text: str) -> int:
    """RFC 3339 as it is written by whoever has leap seconds and clocks finer than ours."""
    plain = _FINER.sub(r"\1", _LEAP.sub(":59", text))
    try:
        return from_rfc3339(plain)
    except ValueError as error:
        raise Invalid("query_invalid", f"since: {text!r} is no time as RFC 3339 writes it") from error


_LEAP: Final = re.compile(r":60(?=[.Zz+-])")
_FINER: Final = re.compile(r"(\.[0-9]{6})[0-9]+")
_UNIT: Final = ("distribution_id_malformed", "unit_not_found")
ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/units/{distribution_id}/certificates",
        handler=_certificates,
        name="listCertificates",
        summary="Every certificate the unit has had, and what became of it",
        tag="identity",
        answer=Certificates,
        problems=_UNIT,
    ),
    Route(
        method="POST",
        path="/api/v1/units/{distribution_id}/revocation",
        handler=_revoke_unit,
        name="revokeUnit",
        summary="Revoke every certificate of the unit and end its session, now",
        tag="identity",
        right=Right.REGISTER,
        body=RevocationOrder,
        answer=Certificates,
        problems=_UNIT,
    ),
    Route(
        method="POST",
        path="/api/v1/units/renewals",
        handler=_renew,
        name="askRenewals",
        summary="Want every certificate that these units hold now renewed",
        tag="identity",
        right=Right.REGISTER,
        body=RenewalsOrder,
        answer=RenewalsAnswer,
        problems=("no_units", "too_many_units", *_UNIT),
    ),
    Route(
        method="POST",
        path="/api/v1/certificates/{serial_number}/revocation",
        handler=_revoke_certificate,
        name="revokeCertificate",
        summary="Revoke one certificate and end the session that was opened with it, now",
        tag="identity",
        right=Right.REGISTER,
        body=RevocationOrder,
        answer=Certificates,
        problems=("certificate_not_found",),
    ),
    Route(
        method="DELETE",
        path="/api/v1/units/{distribution_id}/hold",
        handler=_release,
        name="releaseUnit",
        summary="Let a unit in again that was held because two units used its identity",
        tag="identity",
        right=Right.DISPATCH,
        query=NoteQuery,
        status=204,
        problems=(*_UNIT, "unit_not_held"),
    ),
    Route(
        method="PUT",
        path="/api/v1/units/{distribution_id}/hosts",
        handler=_move,
        name="moveUnit",
        summary="Send the unit to other hosts whenever it dials here",
        tag="identity",
        right=Right.DISPATCH,
        body=HostsOrder,
        answer=HostsAnswer,
        problems=(*_UNIT, "no_hosts", "too_many_hosts", "host_url_invalid"),
    ),
    Route(
        method="DELETE",
        path="/api/v1/units/{distribution_id}/hosts",
        handler=_take_back,
        name="takeUnitBack",
        summary="Let the unit in here again",
        tag="identity",
        right=Right.DISPATCH,
        status=204,
        problems=_UNIT,
    ),
    Route(
        method="GET",
        path="/api/v1/units/{distribution_id}/attempts",
        handler=_attempts_of_unit,
        name="listUnitAttempts",
        summary="The unit's attempts to open a session: when, from where, with what, and what came of them",
        tag="identity",
        query=AttemptsQuery,
        answer=Attempts,
        problems=_UNIT,
    ),
    Route(
        method="GET",
        path="/api/v1/attempts",
        handler=_attempts,
        name="listAttempts",
        summary="Everybody's attempts, strangers included",
        tag="identity",
        right=Right.INSPECT,
        query=AttemptsQuery,
        answer=Attempts,
    ),
)
