"""Wire structs to nouns of the domain, and back. No wire struct goes deeper than this room."""

from protocol import messages
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.masking import DEFAULT_MASKS
from servicehost.domain.push import Rejected
from servicehost.domain.status import Status

__all__ = ["module_states", "rejected", "status", "wire_mark"]

_WireMark = messages.Mark | messages.OfferedMark | messages.FailedMark


def _mark(mark: _WireMark | None) -> Mark | None:
    if mark is None:
        return None
    if isinstance(mark, messages.FailedMark):
        return Mark(
            revision=mark.revision, digest=mark.digest, push=mark.push, reason=mark.reason, text=mark.text or None
        )
    if isinstance(mark, messages.OfferedMark):
        return Mark(revision=mark.revision, digest=mark.digest, push=mark.push)
    return Mark(revision=mark.revision, digest=mark.digest)


def module_states(states: tuple[messages.ModuleState, ...]) -> tuple[ModuleState, ...]:
    """What a hello says of the unit's modules."""
    return tuple(
        ModuleState(
            module=state.module,
            running=_mark(state.running),
            startup=_mark(state.startup),
            last_offered=_mark(state.last_offered),
            last_failed=_mark(state.last_failed),
            confirmed=_mark(state.confirmed),
            trial=state.trial,
            name=state.name,
            version=state.version,
        )
        for state in states
    )


def wire_mark(mark: Mark | None) -> messages.Mark | None:
    """A mark as the wire says it."""
    return None if mark is None else messages.Mark(revision=mark.revision, digest=mark.digest)


def rejected(parameters: tuple[messages.Rejected, ...]) -> tuple[Rejected, ...]:
    """What a unit did not take as written. It may quote its config: secrets in that are masked for everybody."""
    return tuple(
        Rejected(
            parameter=_masked(one.parameter),
            reason=one.reason,
            substitution=None if one.substitution is None else _masked(one.substitution),
        )
        for one in parameters
    )


def _masked(text: str) -> str:
    return DEFAULT_MASKS.masker(None).masked(text).text


def status(report: messages.Report, at: int) -> Status:
    """A report, heard at the instant `at`."""
    return Status(
        reported_at=at,
        uptime_s=report.uptime_s,
        cpu_percent=report.cpu_percent,
        memory_percent=report.memory_percent,
        temperature_c=report.temperature_c,
        health={component: str(state) for component, state in report.health.items()},
        running=tuple(Mark(revision=mark.revision, digest=mark.digest) for mark in report.running),
        addresses=report.addresses,
    )
