"""Settings of enrolment: whom the host takes a unit's word from, and who must say yes."""

from pathlib import Path
from typing import Annotated

import msgspec

__all__ = ["EnrolmentSettings"]


class EnrolmentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[enrolment]`: how units get their certificates at the bootstrap door."""

    makers: tuple[Path, ...] = ()
    """PEM files of makers' authorities: registered units enrol by a birth certificate of theirs."""
    birth_dates_count: bool = True
    """Refuse a birth certificate outside its own dates; false: only who signed it counts."""
    approval: bool = False
    """A dispatcher must approve each enrolment by birth certificate."""
    retry_after_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 60
    """How soon a unit that waits for a decision is told to ask again."""
    waiting_per_unit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    """How many keys of one unit may wait for a decision at the same time."""
    tries_per_address: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 200
    """Refused enrolments from one address (IPv6: one /64) before it has to wait."""
    address_refill_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 2
    """After how many seconds one more try from that address is allowed."""
    remembered_addresses: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 10_000
    """How many addresses are counted at the same time."""
