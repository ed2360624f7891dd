"""People, their roles and what they may do."""

import enum
from typing import Final

import msgspec

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Forbidden, Invalid

__all__ = [
    "CONSENTABLE",
    "MIN_PASSWORD",
    "NO_CONTACT",
    "RIGHTS",
    "Actor",
    "Contact",
    "Person",
    "Right",
    "Role",
    "Warrant",
    "check_password",
    "demand",
    "demand_at_door",
    "has_right",
]

MIN_PASSWORD: Final = 12


class Role(enum.StrEnum):
    """Who somebody is to the service."""

    OPERATION_MANAGER = "operation_manager"
    SUPPORT = "support"
    DISPATCHER = "dispatcher"


class Right(enum.StrEnum):
    """What somebody may do."""

    READ = "read"
    EDIT_CONFIG = "edit_config"
    PUSH_CONFIG = "push_config"
    SEE_SECRETS = "see_secrets"
    """See the secret values of configs, which are masked for everybody else."""
    REGISTER = "register"
    MANAGE_PEOPLE = "manage_people"
    EXCHANGE = "exchange"
    """Speak for the customer in an exchange: the site, the attendee, "swap now", cancel, confirm."""
    LOOK_AFTER_SITES = "look_after_sites"
    """Write memos, name who may attend, sort adapters into groups and by tags, keep queries and presets."""
    TRIAGE = "triage"
    """Say what caused a fault, and pass on what was heard from a site."""
    DISPATCH = "dispatch"
    """Stock, orders, downgrades, failures, contract terms, parked reactions, holds, units carried elsewhere."""
    INSPECT = "inspect"
    """See what belongs to no customer: who knocked and was nobody's unit."""
    LOOK_UP = "look_up"
    """Ask whose a code is: the customer, their people, the unit behind it."""
    ROLL_OVER = "roll_over"
    """Begin and end a rollover of the certificate authority."""
    CONSENT = "consent"
    """Allow the provider's people, for a while, what is the customer's."""
    ANSWER_CALLS = "answer_calls"
    """Take calls, record them, and record a consent that is given in one."""
    LOOK_INTO_UNITS = "look_into_units"
    """Order tasks that only look: ping, traceroute, read config and status."""
    OPERATE = "operate"
    """Order tasks that change something, or carry out more than people may read: commands, reboots, debug dumps."""
    PROPOSE = "propose"
    """Lay a config before the customer, who takes it or not."""


RIGHTS: Final = {
    Role.OPERATION_MANAGER: frozenset(
        {
            Right.READ,
            Right.EDIT_CONFIG,
            Right.PUSH_CONFIG,
            Right.LOOK_INTO_UNITS,
            Right.OPERATE,
            Right.SEE_SECRETS,
            Right.EXCHANGE,
            Right.LOOK_AFTER_SITES,
            Right.CONSENT,
        }
    ),
    # The provider reads, records and proposes; running and mending the customer's network is the customer's.
    Role.SUPPORT: frozenset(
        {
            Right.READ,
            Right.LOOK_INTO_UNITS,
            Right.TRIAGE,
            Right.INSPECT,
            Right.LOOK_UP,
            Right.ANSWER_CALLS,
            Right.PROPOSE,
        }
    ),
    Role.DISPATCHER: frozenset(
        {
            Right.READ,
            Right.LOOK_INTO_UNITS,
            Right.REGISTER,
            Right.MANAGE_PEOPLE,
            Right.TRIAGE,
            Right.DISPATCH,
            Right.INSPECT,
            Right.LOOK_UP,
            Right.ROLL_OVER,
            Right.ANSWER_CALLS,
            Right.PROPOSE,
        }
    ),
}

CONSENTABLE: Final = frozenset({Right.EDIT_CONFIG, Right.PUSH_CONFIG, Right.SEE_SECRETS, Right.OPERATE, Right.EXCHANGE})
"""What an operation manager can allow the provider's people; nothing else is the customer's to give."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation manager is reached, as the registration has it; empty: not said."""

    organisation: str = ""
    telephone: str = ""
    mail: str = ""


NO_CONTACT: Final = Contact()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who logs in with a Master ID. The provider's people belong to no management contract."""

    person_id: int
    master_id: str
    name: str
    role: Role
    management_code: str | None
    password_hash: str
    password_one_time: bool
    contact: Contact = NO_CONTACT


class Warrant(msgspec.Struct, frozen=True, kw_only=True):
    """The consent under which somebody acts: its number, and the Master ID of who gave it."""

    consent: int
    given_by: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is logged in."""

    person_id: int
    master_id: str
    name: str
    role: Role
    management_code: str | None
    source: str = ""
    """The address they call from, as the socket has it; empty when nobody called."""
    token: str = ""
    """By what the audit knows the token they hold: the first digits of its hash."""
    warrant: Warrant | None = None
    """Set for a deed that is not theirs by right; None: they act by their own."""

    @property
    def author(self) -> str:
        """Who did it, as rows and events name them: at most 64 characters."""
        if self.warrant is None:
            return self.master_id
        return f"{self.master_id} under consent {self.warrant.consent} of {self.warrant.given_by}"

    @property
    def scope(self) -> Scope:
        """How far they see."""
        return EVERYTHING if self.management_code is None else Scope(management_code=self.management_code)


def has_right(actor: Actor, right: Right) -> bool:
    """Whether the actor's role has the right."""
    return right in RIGHTS[actor.role]


def demand_at_door(actor: Actor, right: Right) -> None:
    """The same as `demand`, where it is not known yet what is asked of which adapter.

    Somebody of the provider is let through to where a consent is looked for (`domain.consent.empowered`).
    """
    if right in CONSENTABLE and actor.management_code is None:
        return
    demand(actor, right)


def demand(actor: Actor, right: Right) -> None:
    """Raises Forbidden `no_right` unless the actor's role has the right. No consent helps here."""
    if not has_right(actor, right):
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to {right.value.replace('_', ' ')}")


def check_password(password: str, master_id: str) -> str:
    """The password itself. Raises Invalid when it is too short or the Master ID (NIST SP 800-63B: length counts)."""
    if len(password) < MIN_PASSWORD:
        raise Invalid("password_too_short", f"A password has at least {MIN_PASSWORD} characters")
    if len(password) > 256:  # noqa: PLR2004 - argon2 is fed no novels
        raise Invalid("password_too_long", "A password has at most 256 characters")
    if password.casefold() == master_id.casefold():
        raise Invalid("password_is_master_id", "The Master ID itself is no password")
    return password
