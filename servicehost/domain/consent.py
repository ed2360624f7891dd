"""Recorded consents: an operation manager allows the provider's people, for a while, what is the customer's.

Running and mending the customer's network is the customer's. A consent names who gave it, to whom, for what, for which
adapters, from when until when and why. It ends by itself: whether it is in force is asked at each use, by the time.
"""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from servicehost.domain.errors import Conflict, Forbidden
from servicehost.domain.people import CONSENTABLE, Actor, Right, Role, Warrant, has_right
from servicehost.domain.unit import Adapter

__all__ = ["Consent", "ConsentPolicy", "ConsentState", "check_span", "consent_for", "empowered"]

_NAMED = 3
_DEEDS: Mapping[Right, str] = {
    Right.EDIT_CONFIG: "edit the config of",
    Right.PUSH_CONFIG: "push a config to",
    Right.OPERATE: "order tasks that change something on",
    Right.SEE_SECRETS: "see the secret values of",
    Right.EXCHANGE: "speak for the customer about",
}


class ConsentState(enum.StrEnum):
    """How a consent stands at an instant."""

    PLANNED = "planned"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ConsentPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds: how long a consent lasts unless said otherwise, at most, and how far ahead it may begin.

    All are (U) values: the terms of the service say that the network is the customer's to run, and no more.
    """

    usual_ms: int = 4 * 3_600_000
    longest_ms: int = 24 * 3_600_000
    ahead_ms: int = 31 * 86_400_000


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One consent. Given to everybody of `to_role` or to the person `to_person`, one of them; for the adapters
    `service_codes` (none: every one of the contract); from `begins_at` up to, and not including, `ends_at`.

    `given_by` is the operation manager; `recorded_by` is they themselves or whoever took their `call`.
    """

    number: int
    management_code: str
    given_by: str
    recorded_by: str
    rights: tuple[Right, ...]
    given_at: int
    begins_at: int
    ends_at: int
    to_role: Role | None = None
    to_person: str | None = None
    service_codes: tuple[str, ...] = ()
    reason: str = ""
    call: int | None = None
    withdrawn_at: int | None = None
    withdrawn_by: str | None = None

    def state(self, now: int) -> ConsentState:
        """What has come to its end stays ended, whatever was said of it later."""
        if self.withdrawn_at is not None and self.withdrawn_at <= now:
            return ConsentState.WITHDRAWN
        if now < self.begins_at:
            return ConsentState.PLANNED
        return ConsentState.IN_FORCE if now < self.ends_at else ConsentState.EXPIRED

    def allows(self, actor: Actor, right: Right, adapter: Adapter, now: int) -> bool:
        """Whether the actor may do that to that adapter at that instant because of this consent."""
        return (
            right in CONSENTABLE
            and right in self.rights
            and actor.management_code is None
            and (self.to_person == actor.master_id or self.to_role is actor.role)
            and self.management_code == adapter.management_code
            and (not self.service_codes or adapter.service_code in self.service_codes)
            and self.state(now) is ConsentState.IN_FORCE
        )


def consent_for(
    actor: Actor, rights: Collection[Right], adapter: Adapter, consents: Iterable[Consent], now: int
) -> Consent | None:
    """The consent that allows all of this, if there is one; of several the one that lasts longest."""
    fitting = [one for one in consents if all(one.allows(actor, right, adapter, now) for right in rights)]
    return max(fitting, key=lambda one: (one.ends_at, one.number), default=None)


def empowered(
    actor: Actor, rights: Collection[Right], adapters: Sequence[Adapter], consents: Collection[Consent], now: int
) -> dict[str, Actor]:
    """Who acts upon each adapter, by service code: the actor by their own right, or under a consent in force.

    This is the one place where the two are weighed. Raises Forbidden: `no_right` where no consent could help,
    `consent_needed` when one is missing for any of the adapters; the text says for which, and what to do.
    """
    lacking = [right for right in rights if not has_right(actor, right)]
    if not lacking:
        return {adapter.service_code: actor for adapter in adapters}
    if actor.management_code is not None or not CONSENTABLE.issuperset(lacking):
        words = ", ".join(right.value.replace("_", " ") for right in lacking)
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to {words}")
    found = {one.service_code: consent_for(actor, lacking, one, consents, now) for one in adapters}
    missing = [code for code, consent in found.items() if consent is None]
    if missing:
        raise Forbidden("consent_needed", _remedy(actor, lacking, missing))
    return {code: _under(actor, consent) for code, consent in found.items() if consent is not None}


def _under(actor: Actor, consent: Consent) -> Actor:
    warrant = Warrant(consent=consent.number, given_by=consent.given_by)
    return msgspec.structs.replace(actor, warrant=warrant)


def _remedy(actor: Actor, lacking: Collection[Right], missing: Sequence[str]) -> str:
    deeds = " and ".join(_DEEDS[right] for right in lacking)
    named = ", ".join(missing[:_NAMED]) + (f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else "")
    text = (
        f"{actor.master_id} ({actor.role}) may {deeds} {named} only under a consent in force. Let an operation manager"
        " of the contract give it, or record the one they give in a call (POST /api/v1/contracts/…/consents)"
    )
    proposing = "; without it, propose the config" if Right.EDIT_CONFIG in lacking else ""
    return text + proposing


def check_span(begins_at: int, ends_at: int, now: int, policy: ConsentPolicy) -> None:
    """Raises Conflict `consent_ends_too_early`, `consent_too_long`, `consent_too_far_ahead`."""
    if ends_at <= max(begins_at, now):
        raise Conflict("consent_ends_too_early", "A consent ends after it begins, and in the future")
    if ends_at - begins_at > policy.longest_ms:
        hours = policy.longest_ms // 3_600_000
        raise Conflict("consent_too_long", f"A consent lasts {hours} hours at most; give another one when it has ended")
    if begins_at - now > policy.ahead_ms:
        days = policy.ahead_ms // 86_400_000
        raise Conflict("consent_too_far_ahead", f"A consent begins within {days} days")
