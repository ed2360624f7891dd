"""Settings of contracts: what customers are handed, and what becomes of a contract that has ended."""

from typing import Annotated

import msgspec

__all__ = ["ContractsSettings"]


class ContractsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[contracts]`: what customers are handed, and what becomes of a contract that has ended."""

    link_life_h: Annotated[int, msgspec.Meta(ge=1, le=2_160)] = 168
    """How many hours the link to a first password is good; it is good once in any case."""

    panel_url: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^(https?://[^\s/?#]+)?$")] = ""
    """Address of the panel as customers reach it, as https://panel.example.jp; empty: that of who makes the notice."""

    erase_after_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 90
    """How many days after a management contract's end what says something of its people is erased for good."""

    ends_every_s: Annotated[float, msgspec.Meta(ge=0.05, le=3_600)] = 30.0
    """Pause between two looks for contracts, adapters and options whose end has come."""
