"""Somebody says what has become of a unit: returned, retired, lost, stolen, found, or to be used again."""

from typing import Final

import msgspec

from servicehost.domain.admission import Papers, TurnedAway, standing
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.certificate_standing import RevocationReason
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.event import Event, Severity
from servicehost.domain.life import MISSING, LifeSaid, demand_word, next_life
from servicehost.domain.people import Actor
from servicehost.domain.spare import SpareState
from servicehost.domain.unit import Binding, Life, Unit
from servicehost.operations.deed import deed, of_unit
from servicehost.operations.revoking import Revocation, Revoked, revoke_all, tell_sessions
from servicehost.operations.unit_named import spelled
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["change_unit_life"]


_NOTHING: Final = Revoked(count=0, fences=[])


class _Word(msgspec.Struct, frozen=True, kw_only=True):
    actor: Actor
    said: LifeSaid
    reason: str
    at: int


async def change_unit_life(
    actor: Actor, distribution_id: str, said: LifeSaid, reason: str, *, store: Store, clock: Clock, line: Line
) -> Unit:
    """The unit as it stands afterwards; said again, unchanged.

    Whoever is returned, retired, lost or stolen leaves the stock and has no session any more from the commit on: what
    is still said in one is stale, no config is handed out to it, and its next hello is refused by name. Its
    certificates are revoked as well: if it is used again, it needs a token made after that. A unit that serves an
    adapter can only be lost or stolen: its binding stands, so that an exchange can replace it.
    Raises Forbidden `no_right`; Invalid `distribution_id_malformed` or `no_reason`; NotFound `unit_not_found`;
    Conflict `unit_reserved` or a `LifeRefusal`.
    """
    demand_word(actor, said)
    if not reason.strip():
        raise Invalid("no_reason", "Say why: the reason is kept with the unit")
    known_as = spelled(distribution_id)
    word = _Word(actor=actor, said=said, reason=reason, at=clock.wall())

    def work(batch: Batch) -> tuple[Unit, list[FenceChange]]:
        unit = batch.unit(known_as)
        if unit is None:
            raise NotFound("unit_not_found", f"There is no unit {known_as}; register it first")
        return _moved(batch, unit, word)

    after, fences = await store.batch(actor.scope, work)
    tell_sessions(line, fences)
    return after


def _moved(batch: Batch, unit: Unit, word: _Word) -> tuple[Unit, list[FenceChange]]:
    binding = batch.binding_of_unit(unit.unit_id)
    life = next_life(unit.life, word.said, serving=binding is not None)
    if life is None:
        return unit, []
    after = msgspec.structs.replace(unit, life=life, life_since=word.at, life_reason=word.reason)
    away = standing(Papers(life=life), word.at)
    revoked = _NOTHING
    if isinstance(away, TurnedAway):
        _leave_stock(batch, unit, word.said)
        batch.fence_off(unit.unit_id, word.at, away.code.name.lower())
        revoked = revoke_all(batch, unit, _revocation(life, word), away.code)
    batch.set_life(unit.unit_id, life, word.at, word.reason)
    batch.add_events([_told(after, binding, word)])
    batch.append_audit([_recorded(unit, after, binding, word, revoked.count)])
    return after, revoked.fences


def _revocation(life: Life, word: _Word) -> Revocation:
    reason = RevocationReason.KEY_COMPROMISE if life is Life.STOLEN else RevocationReason.CESSATION_OF_OPERATION
    return Revocation(by=word.actor.master_id, actor=word.actor, reason=reason, at=word.at)


def _recorded(before: Unit, after: Unit, binding: Binding | None, word: _Word, revoked: int) -> AuditEntry:
    return of_unit(
        word.actor,
        word.at,
        Action.CHANGE_UNIT_LIFE,
        after,
        binding,
        before={"life": before.life.value},
        after={"life": after.life.value, "said": word.said.value, "revoked": revoked},
        note=word.reason,
    )


def _leave_stock(batch: Batch, unit: Unit, said: LifeSaid) -> None:
    """A unit that is reserved and goes astray stays with its exchange, which a person then fails by name."""
    spare = batch.spare(unit.unit_id)
    if spare is None:
        return
    if spare.state is not SpareState.RESERVED:
        batch.drop_spare(unit.unit_id)
    elif said not in (LifeSaid.LOST, LifeSaid.STOLEN):
        text = f"The unit is reserved for exchange {spare.exchange}; cancel that, or report why it failed, first"
        raise Conflict("unit_reserved", text)


def _told(unit: Unit, binding: Binding | None, word: _Word) -> Event:
    return deed(
        word.actor,
        word.at,
        "unit_registered_again" if word.said is LifeSaid.REGISTERED else f"unit_{word.said}",
        severity=Severity.WARNING if unit.life in MISSING else Severity.NOTICE,
        management_code=None if binding is None else binding.management_code,
        service_code=None if binding is None else binding.service_code,
        unit_id=unit.unit_id,
        note=word.reason,
        distribution_id=unit.distribution_id,
    )
