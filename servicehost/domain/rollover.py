"""A rollover of the certificate authority: two trust anchors in force, and who would be stranded if it ended now.

It begins with the present anchor in force alone and ends with one in force alone: the next one, or, turned back, the
present one again. In between both are in force, so that every unit can be served whichever it knows. It may end once
no unit depends on the anchor that leaves.
"""

from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.unit import Life

__all__ = ["IN_LIFE", "Hindrance", "Paper", "Rollover", "Towards", "Trusting", "hindrance"]

IN_LIFE: Final = frozenset({Life.REGISTERED, Life.BOUND, Life.REPLACED})
"""Units that will, or may, phone home again with what they have."""


class Towards(StrEnum):
    """Which anchor will be left in force."""

    NEXT = "next"
    PRESENT = "present"
    """Turned back: the rollover is being abandoned."""


class Hindrance(StrEnum):
    """Why the end would strand a unit."""

    NOT_SEEN = "not_seen"
    """It has not been heard since the rollover began."""
    ANCHOR_MISSING = "anchor_missing"
    """It does not hold the anchor that stays: it could not know the host any more."""
    OLD_CERTIFICATE = "old_certificate"
    """Its certificate leads to the anchor that leaves: TLS would refuse it."""


class Rollover(msgspec.Struct, frozen=True, kw_only=True):
    """A rollover under way. Anchors are named by the SHA-256 of their DER, 64 lower-case hex digits."""

    begun_at: int
    begun_by: str
    present: str
    next: str
    towards: Towards
    cross_signed: bool
    """Whether the present root vouches for the next one, so that who holds only the former still knows the host."""

    @property
    def stays(self) -> str:
        """The anchor that will be left in force."""
        return self.next if self.towards is Towards.NEXT else self.present

    @property
    def leaves(self) -> str:
        """The anchor that will be in force no more."""
        return self.present if self.towards is Towards.NEXT else self.next


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate issued to a unit and not revoked. `anchor` is empty where it was not recorded."""

    fingerprint: str
    anchor: str
    issued_at: int


class Trusting(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one unit's trust."""

    unit_id: int
    distribution_id: str
    life: Life
    anchors: tuple[str, ...] | None
    """The anchors it says it holds; None: it never said."""
    papers: tuple[Paper, ...]
    """Oldest first."""
    shown: str | None = None
    """Fingerprint of the certificate of its last session; None: it never had one."""
    shown_anchor: str = ""
    """The anchor which that certificate leads to, as the host judged it then; empty where it did not."""
    shown_revoked: bool = False
    seen_at: int | None = None
    """When it was last heard."""


def hindrance(unit: Trusting, rollover: Rollover) -> Hindrance | None:
    """Why the rollover's end would strand the unit; None when it would not.

    A unit without a certificate, or with revoked ones only, depends on no anchor. What is not known counts against the
    end, but for one thing: a certificate issued before the rollover began leads to the present anchor, since there was
    no other.
    """
    if unit.life not in IN_LIFE or not (unit.papers or (unit.shown is not None and not unit.shown_revoked)):
        return None
    # The doors' own certificate leads to the present anchor all the while: whoever phones home holds that one.
    lacks_anchor = rollover.towards is Towards.NEXT and rollover.next not in (unit.anchors or ())
    if not lacks_anchor and _leads_to(unit, rollover) == rollover.stays:
        return None
    if not _seen_since(unit, rollover):
        return Hindrance.NOT_SEEN
    return Hindrance.ANCHOR_MISSING if lacks_anchor else Hindrance.OLD_CERTIFICATE


def _seen_since(unit: Trusting, rollover: Rollover) -> bool:
    """Whoever knows the next anchor in any way has been here since it came into being."""
    if rollover.next in (unit.anchors or ()) or unit.shown_anchor == rollover.next:
        return True
    return unit.seen_at is not None and unit.seen_at >= rollover.begun_at


def _leads_to(unit: Trusting, rollover: Rollover) -> str:
    """The anchor of the certificate the unit uses: one that is not shown yet counts only where none can be shown."""
    if unit.shown is None or unit.shown_revoked:
        in_use = unit.papers[-1] if unit.papers else None
    elif unit.shown_anchor:
        return unit.shown_anchor
    else:
        in_use = next((paper for paper in unit.papers if paper.fingerprint == unit.shown), None)
    if in_use is None:
        return ""
    if not in_use.anchor and in_use.issued_at < rollover.begun_at:
        return rollover.present
    return in_use.anchor
