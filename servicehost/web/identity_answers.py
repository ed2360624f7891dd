"""Answers about units' certificates, hosts, attempts, and how far a boot has come."""

import msgspec

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.config import ModuleState
from servicehost.domain.config_state import ConfigState, ConfigView, Stage, StuckIn, config_state
from servicehost.domain.instant import rfc3339
from servicehost.domain.presence import Presence
from servicehost.domain.rule import Text
from servicehost.ports.reads import UnitView
from servicehost.web.answers import Time, time_or_none

__all__ = [
    "AttemptAnswer",
    "Attempts",
    "CertificateAnswer",
    "Certificates",
    "ConfigStateAnswer",
    "HostsAnswer",
    "RenewalsAnswer",
]


class CertificateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that was issued to a unit, and what became of it. `way`: how the unit proved itself."""

    serial_number: str
    fingerprint: str
    issued_at: Time
    not_after: Time
    way: str
    first_used_at: Time | None
    superseded_at: Time | None
    revoked_at: Time | None
    revoked_reason: str | None

    @classmethod
    def of(cls, one: Certificate) -> "CertificateAnswer":
        return cls(
            serial_number=one.serial_number,
            fingerprint=one.fingerprint,
            issued_at=rfc3339(one.issued_at),
            not_after=rfc3339(one.not_after),
            way=one.way,
            first_used_at=time_or_none(one.first_used_at),
            superseded_at=time_or_none(one.superseded_at),
            revoked_at=time_or_none(one.revoked_at),
            revoked_reason=one.revoked_reason,
        )


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their issue."""

    items: list[CertificateAnswer]

    @classmethod
    def of(cls, certificates: list[Certificate]) -> "Certificates":
        return cls(items=[CertificateAnswer.of(one) for one in certificates])


class RenewalsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The units that were asked: those in session at once, the others when they come. Each begins at random within
    `within_s` seconds."""

    units: list[str]
    within_s: int


class HostsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The hosts that a unit is told."""

    distribution_id: str
    hosts: tuple[str, ...]


class AttemptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to open a session, and what came of it. `distribution_id` is what the certificate said, if any."""

    attempt: int
    at: Time
    host: str
    address: str
    distribution_id: str | None
    certificate: str | None
    tls_version: str | None
    outcome: AttemptOutcome
    reason: str
    detail: str | None

    @classmethod
    def of(cls, one: Attempt) -> "AttemptAnswer":
        return cls(
            attempt=one.attempt,
            at=rfc3339(one.at),
            host=one.host,
            address=one.remote_address,
            distribution_id=one.distribution_id,
            certificate=one.certificate,
            tls_version=one.tls_version,
            outcome=one.outcome,
            reason=one.reason,
            detail=one.detail,
        )


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[AttemptAnswer]
    next: int | None


class ConfigStateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far the unit's boot has come. `stuck_in`, `cause` and `triage` are set when it does not go on by itself."""

    stage: Stage
    stuck_in: StuckIn | None
    cause: str | None
    triage: Text | None

    @classmethod
    def of(cls, view: UnitView, presence: Presence) -> "ConfigStateAnswer":
        return cls.of_state(
            config_state(
                ConfigView(
                    presence=presence,
                    serving=view.service_code is not None,
                    heard_at=view.session.heard_at,
                    module=next((state for state in view.modules if state.module == 0), ModuleState()),
                    startup=view.startup,
                    push=view.push,
                    last_attempt=view.last_attempt,
                )
            )
        )

    @classmethod
    def of_state(cls, state: ConfigState) -> "ConfigStateAnswer":
        return cls(stage=state.stage, stuck_in=state.stuck_in, cause=state.cause, triage=state.triage)
