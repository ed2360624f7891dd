"""Files that wait for units, as the bootstrap door needs to know of them."""

from pathlib import Path
from typing import Protocol

import msgspec

from servicehost.domain.certificate import UnitIdentity

__all__ = ["Offered", "OfferedFile"]


class OfferedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on this host's disk. What is in it never changes while it is offered: another content is another file."""

    path: Path
    digest: str
    """SHA-256 of the whole content, 64 lower-case hex digits: its entity tag, and what the unit checks it by."""
    media_type: str = "application/octet-stream"


class Offered(Protocol):
    """Whoever offers files answers for who may have which."""

    async def find(self, unit: UnitIdentity, token: str) -> OfferedFile | None:
        """The file that `token` names, if this unit may have it; None alike for no such file and for another's.

        `unit` is proven by TLS and its dates hold. Whether its certificate has been revoked is for the answerer to
        know, who knows the unit. `token` is a stranger's word of at most 128 letters, digits, `-` and `_`.
        """
        ...
