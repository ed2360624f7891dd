"""Bodies and queries of requests that carry a whole management contract."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.web.orders import Line

__all__ = ["ExportBody"]


class ExportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to_key`: a public key, X25519 or RSA, in PEM. With it the export is whole and sealed to that key; without it
    secret values are masked and binary modules left out, as the manifest says."""

    to_key: Annotated[str, Meta(min_length=1, max_length=8_192)] | UnsetType = UNSET
    reason: Line = ""
