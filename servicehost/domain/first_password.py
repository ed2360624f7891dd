"""The link by which somebody chooses their first password: a secret that is good once, for a while, for one person."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

import msgspec

__all__ = ["LINK_BYTES", "LINK_REFUSED", "FirstPasswordLink", "hash_link", "link_of"]

LINK_BYTES: Final = 32
"""256 bits of chance: half of them would do."""
LINK_REFUSED: Final = (
    "This link is not good (any more), or not with this Master ID. Each is good once and for a limited time; ask your "
    "provider for a new one."
)
"""Said of a link that is unknown, used, expired or of somebody else: a stranger learns nothing of which it is."""
_PREFIX: Final = "shfp_"
_MAX_LINK: Final = 100


class FirstPasswordLink(msgspec.Struct, frozen=True, kw_only=True):
    """As it is kept: of the secret only its hash. `voided_at`: a later link took its place, or the contract ended."""

    link_hash: str
    management_code: str | None
    person_id: int
    made_at: int
    made_by: str
    expires_at: int
    used_at: int | None = None
    voided_at: int | None = None

    def is_good(self, now: int) -> bool:
        """Whether it may still be used at `now`."""
        return self.used_at is None and self.voided_at is None and now < self.expires_at


def link_of(lots: bytes) -> str:
    """The secret part of the link's address. Raises ValueError unless there are LINK_BYTES of chance."""
    if len(lots) != LINK_BYTES:
        raise ValueError(f"a link takes {LINK_BYTES} bytes of chance, not {len(lots)}")
    return _PREFIX + urlsafe_b64encode(lots).decode().rstrip("=")


def hash_link(link: str) -> str:
    """What is kept of a link, or looked for when one is shown; whatever a stranger may have sent."""
    return sha256(link[:_MAX_LINK].encode("utf-8", "replace")).hexdigest()
