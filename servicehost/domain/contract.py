"""Management contracts (the tenants), their codes, and who sees what."""

import re
from typing import Final

import msgspec

from servicehost.domain.errors import Invalid

__all__ = ["EVERYTHING", "ManagementContract", "Scope", "check_management_code", "check_service_code"]

_MANAGEMENT_CODE: Final = re.compile(r"nxm[0-9]{9}")
_SERVICE_CODE: Final = re.compile(r"nxe[0-9]{9}")


class ManagementContract(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's contract: the tenant to which adapters, configs, pushes and people belong."""

    management_code: str
    label: str
    created_at: int


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """How far a caller sees: one management contract, or (None) all of them: the provider's people and the host itself.

    Every read and every write on the store is made within a scope; outside it a thing is as if it were not there.
    """

    management_code: str | None

    def sees(self, management_code: str | None) -> bool:
        """Whether a thing of that contract (None: the provider's own) is visible."""
        return self.management_code is None or self.management_code == management_code


EVERYTHING: Final = Scope(management_code=None)


def check_management_code(code: str) -> str:
    """The code itself; raises Invalid unless it is `nxm` and nine digits."""
    if not _MANAGEMENT_CODE.fullmatch(code):
        raise Invalid("bad_management_code", f"{code!r} is no management code: nxm and nine digits are")
    return code


def check_service_code(code: str) -> str:
    """The code itself; raises Invalid unless it is `nxe` and nine digits."""
    if not _SERVICE_CODE.fullmatch(code):
        raise Invalid("bad_service_code", f"{code!r} is no service code: nxe and nine digits are")
    return code
