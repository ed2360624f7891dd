"""Settings of people: log-in, passwords, tokens."""

from typing import Annotated

import msgspec

__all__ = ["People"]


class People(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people log in."""

    token_life_h: Annotated[int, msgspec.Meta(ge=1, le=8_760)] = 12
    """How long an API token is good for."""

    hashes_at_once: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    """How many passwords are checked at the same moment; each takes 64 MiB."""

    hashes_waiting: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 32
    """How many more may wait for that; further ones are told to come back."""

    tries_per_person: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 10
    """Failed log-ins with one Master ID before it has to wait."""

    person_refill_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 30
    """After how many seconds one more try with that Master ID is allowed."""

    tries_per_address: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 30
    """Failed log-ins from one address (IPv6: one /64) before it has to wait."""

    address_refill_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 2
    """After how many seconds one more try from that address is allowed."""

    remembered_keys: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 10_000
    """How many Master IDs, and how many addresses, are counted at the same time."""
