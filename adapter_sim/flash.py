"""What a box remembers without power: values only, written as a whole, and their form on disk."""

import os
from pathlib import Path

import msgspec

from adapter_sim.modules import MAIN, StoredModule
from adapter_sim.stored_task import StoredTask
from protocol.messages import FailedMark, Mark, OfferAnswer, OfferedMark, Target

__all__ = ["Flash", "FlashError", "StoredConfig", "StoredTrial", "read_flash", "write_flash"]


class StoredConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One revision, as it was offered. What the box substituted it works out again from the body."""

    mark: Mark
    body: str
    others: tuple[StoredModule, ...] = ()
    """The modules beside the main one that have a config."""

    def mark_of(self, module: int) -> Mark | None:
        """What it holds of a module."""
        if module == MAIN:
            return self.mark
        return next((one.mark for one in self.others if one.module == module), None)


class StoredTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A push that was stored and has not ended. Found at boot, it says that the power went in between."""

    push: int
    config: StoredConfig
    answer: OfferAnswer
    confirm_timeout_s: int
    modules: tuple[int, ...] = (MAIN,)
    """Which the offer held: they are on trial."""
    target: Target = "both"


class Flash(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of a box that outlives a power cut. What was offered or failed last is kept of one module."""

    startup: StoredConfig | None = None
    confirmed: Mark | None = None
    confirmed_push: int | None = None
    confirmed_answer: OfferAnswer | None = None
    last_offered: OfferedMark | None = None
    last_failed: FailedMark | None = None
    offered_module: int = MAIN
    failed_module: int = MAIN
    trial: StoredTrial | None = None
    task: StoredTask | None = None
    """The last one that was begun."""
    pending: StoredTrial | None = None
    """What was pushed to startup alone: the next boot tries it, and every one after that until it is confirmed."""
    stored_push: int | None = None
    stored_answer: OfferAnswer | None = None
    """The last push to startup alone, and what was answered."""
    hosts: tuple[str, ...] = ()
    """Where a host has sent the unit, in the order to dial; none: the hosts it was born with."""


class FlashError(Exception):
    """A file that should hold a box's flash does not."""


def read_flash(path: Path) -> Flash:
    """The flash kept in `path`, empty when there is no such file. Raises FlashError, naming the file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Flash)
    except FileNotFoundError:
        return Flash()
    except (OSError, msgspec.DecodeError) as error:
        raise FlashError(f"{path}: {error}") from error


def write_flash(path: Path, flash: Flash) -> None:
    """Keep `flash` in `path`, whole or not at all. Survives the end of this process; it is not synced to the disk."""
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(flash))
    os.replace(beside, path)
