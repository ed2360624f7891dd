"""Bodies and queries of requests that carry a whole management contract."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.web.orders import Line

__all__ = ["MAX_IMPORT_BYTES", "ExportBody", "ImportContractQuery"]

MAX_IMPORT_BYTES: Final = 256 * 1024 * 1024
_PAIR: Final = "nxe[0-9]{9}:nxe[0-9]{9}"


class ExportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to_key`: a public key, X25519 or RSA, in PEM. With it the export is whole and sealed to that key; without it
    secret values are masked and binary modules left out, as the manifest says."""

    to_key: Annotated[str, Meta(min_length=1, max_length=8_192)] | UnsetType = UNSET
    reason: Line = ""


class ImportContractQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `apply` nothing is written, and the answer says what would be. `map`: pairs of service codes, as in the
    archive and as here, `nxe000000001:nxe000000055,…`; adapters that it does not name keep theirs."""

    apply: bool = False
    map: Annotated[str, Meta(max_length=7_500, pattern=f"^({_PAIR}(,{_PAIR})*)?$")] = ""
    reason: Line = ""
