"""The bootstrap door, put together: enrolment, the location service, files for units and results from them."""

import ssl
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from servicehost.backends.authority.ours import issued_by
from servicehost.backends.offered_modules import OfferedModules
from servicehost.bootstrap.door import DoorEnded, DoorLimits
from servicehost.bootstrap.est import EST, EstDoor
from servicehost.bootstrap.files import FILES, FilesRoom
from servicehost.bootstrap.front import Front
from servicehost.bootstrap.listener import BootstrapListener, log_end
from servicehost.bootstrap.location import PATH, LocationRoom
from servicehost.bootstrap.results import RESULTS, ResultsRoom
from servicehost.domain.certificate import CertificateFault, CertificateRefused, UnitIdentity
from servicehost.domain.instant import as_datetime
from servicehost.locating import location_of
from servicehost.opened import Parts
from servicehost.operations.catalogue import Catalogue
from servicehost.ports.authority import Authority
from servicehost.sessions.door import AdaptersDoor
from servicehost.sessions.identity import read_identity

__all__ = ["open_bootstrap_door"]


def open_bootstrap_door(
    parts: Parts,
    context: ssl.SSLContext,
    catalogue: Catalogue,
    adapters_door: AdaptersDoor,
    offers: OfferedModules,
) -> BootstrapListener:
    door = parts.settings.bootstrap_door

    def ended(end: DoorEnded) -> None:
        parts.metrics.count("bootstrap_endings_total", end.code.value)
        log_end(end)

    def now() -> datetime:
        return as_datetime(parts.clock.wall())

    limits = DoorLimits(
        connections=door.max_connections,
        handshake=door.handshake_due_s,
        header=door.header_due_s,
        body=door.body_due_s,
        answer=door.answer_due_s,
        stall=door.write_stall_s,
        linger=door.linger_s,
    )
    est = EstDoor(
        ca_certificates=parts.trust.ca_certificates,
        enrol=catalogue.enrol_unit,
        enrol_by_birth=catalogue.enrol_by_birth,
        reenrol=catalogue.reenrol_unit,
        read_identity=read_identity,
        makers=parts.makers.der,
        chain_in_answer=door.chain_in_answer,
    )
    location = location_of(
        parts.settings,
        parts.authority,
        now=now,
        listening=lambda: _Listening(adapters_door.addresses, listener.addresses),
    )
    files = FilesRoom(offers, unit_of=partial(_unit_of_ours, parts.authority), now=now)
    results = ResultsRoom(catalogue.tasks.upload_result, unit_of=partial(_unit_of_ours, parts.authority), now=now)
    rooms = {EST: est.respond, PATH: LocationRoom(location).respond, FILES: files.respond, RESULTS: results.respond}
    front = Front(rooms)
    listener = BootstrapListener(context, front.respond, now=now, limits=limits, ended=ended)
    return listener


class _Listening(NamedTuple):
    adapters_door: Sequence[tuple[str, int]]
    bootstrap_door: Sequence[tuple[str, int]]


async def _unit_of_ours(authority: Authority, certificate: bytes) -> UnitIdentity:
    """TLS lets makers' certificates through this door as well: those name units, but are nobody's right to anything."""
    if not await issued_by(authority, certificate):
        raise CertificateRefused(CertificateFault.FOREIGN, "the certificate was not issued by this host's authority")
    return read_identity(certificate)
