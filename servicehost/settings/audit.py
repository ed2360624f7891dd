"""Settings of the audit: where its heads are carried, and the key that signs them."""

from pathlib import Path

import msgspec

__all__ = ["AuditSettings"]


class AuditSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[audit]`: the heads of the audit's chains, outside the database."""

    heads_folder: Path = Path("store/audit-heads")
    """Folder of a file a day with the signed heads; copy it, and the public key, to where this host cannot write."""
    key_file: Path = Path("store/audit-key.pem")
    """Private key that signs heads, made when there is none; beside it, with .pub at the end, its public key."""
