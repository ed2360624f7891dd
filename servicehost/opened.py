"""What a process opens before anything runs: the database, the authority, and what they are handed around in."""

import asyncio
import os
from dataclasses import dataclass
from typing import Protocol

from servicehost.backends.authority.external import CommandAuthority
from servicehost.backends.authority.makers import Makers
from servicehost.backends.authority.passphrase import read_passphrase
from servicehost.backends.authority.rolling import FilesAuthority
from servicehost.backends.sql.migrate import migrate
from servicehost.backends.sql.reads import SqlReads, open_reads
from servicehost.backends.sql.store import SqlStore
from servicehost.backends.sql.writer import DatabaseLock, Writer, open_writer_engine
from servicehost.door_trust import DoorTrust
from servicehost.ports.authority import Authority
from servicehost.ports.clock import Clock
from servicehost.ports.rollover import Succession
from servicehost.runtime.metrics import Metrics
from servicehost.settings.store import AuthoritySettings, StoreSettings
from servicehost.settings.tables import Settings

__all__ = ["OurAuthority", "Parts", "Truth", "open_authority", "open_truth"]


@dataclass(frozen=True, slots=True)
class Truth:
    """The database, opened by this process alone."""

    store: SqlStore
    reads: SqlReads

    async def close(self) -> None:
        """After everything that uses it."""
        await self.reads.close()
        await self.store.close()


async def open_truth(settings: StoreSettings) -> Truth:
    """Lock the database, bring it to this version's tables, open it. Raises Conflict `database_in_use`."""
    lock = DatabaseLock(settings.database)
    try:
        await asyncio.to_thread(migrate, settings.database)
        writer = Writer(open_writer_engine(settings.database, max_page_count=settings.max_page_count))
        return Truth(SqlStore(writer, lock), open_reads(settings.database, connections=settings.reader_connections))
    except BaseException:
        lock.release()
        raise


class OurAuthority(Authority, Succession, Protocol):
    """What this host asks of its authority."""


def open_authority(settings: AuthoritySettings, *, beside: bool = False) -> OurAuthority:
    """`beside` a host that may be running: nothing that it has begun is finished or cleared away.

    Raises AuthorityFileError, and OSError for a passphrase file that cannot be read.
    """
    if settings.backend == "command":
        assert settings.anchors_file is not None  # noqa: S101 - the settings have seen to it
        return CommandAuthority(
            settings.command, anchors=settings.anchors_file, chain=settings.chain_file, due_s=settings.command_due_s
        )
    passphrase = read_passphrase(settings.passphrase_file, settings.passphrase_variable or None, os.environ)
    return FilesAuthority(settings.folder, passphrase=passphrase, beside=beside)


@dataclass(frozen=True, slots=True)
class Parts:
    """What several of the functions below need."""

    settings: Settings
    truth: Truth
    authority: OurAuthority
    trust: DoorTrust
    clock: Clock
    metrics: Metrics
    makers: Makers
