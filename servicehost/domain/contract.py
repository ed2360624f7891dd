"""Management contracts (the tenants), their codes, and who sees what."""

import re
from typing import Final

import msgspec

from servicehost.domain import check_digit
from servicehost.domain.errors import Conflict, Invalid

__all__ = [
    "CUSTOMER_PREFIX",
    "EVERYTHING",
    "MANAGEMENT_PREFIX",
    "SERVICE_PREFIX",
    "ManagementContract",
    "Scope",
    "check_customer_code",
    "check_management_code",
    "check_not_ended",
    "check_service_code",
]

CUSTOMER_PREFIX: Final = "nxc"
MANAGEMENT_PREFIX: Final = "nxm"
SERVICE_PREFIX: Final = "nxe"
_MANAGEMENT_CODE: Final = re.compile(r"nxm[0-9]{9}")
_SERVICE_CODE: Final = re.compile(r"nxe[0-9]{9}")
_CUSTOMER_CODE: Final = re.compile(r"nxc[0-9]{9}")


class ManagementContract(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's contract: the tenant to which adapters, configs, pushes and people belong.

    `ends_at` may lie ahead; `ended_at` is when the host has carried the end out, `erased_at` when it has erased what
    says something of people. `customer_code` is None for a contract from before customers were on record.
    """

    management_code: str
    label: str
    created_at: int
    customer_code: str | None = None
    ends_at: int | None = None
    end_reason: str = ""
    ended_at: int | None = None
    erased_at: int | None = None

    def has_ended(self, now: int) -> bool:
        """Whether its end has come, carried out or not."""
        return self.ends_at is not None and self.ends_at <= now


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


def check_not_ended(contract: ManagementContract, now: int) -> None:
    """Raises Conflict `contract_ended` when its end has come: nothing is added to it any more."""
    if contract.has_ended(now):
        raise Conflict("contract_ended", f"The management contract {contract.management_code} has ended")


def check_customer_code(code: str) -> str:
    """The code itself; raises Invalid `bad_customer_code` unless it is `nxc` and nine digits, `bad_check_digit` unless
    the last of them fits the others."""
    if not _CUSTOMER_CODE.fullmatch(code):
        raise Invalid("bad_customer_code", f"{code[:40]!r} is no customer code: nxc and nine digits are")
    if not check_digit.holds(code.removeprefix(CUSTOMER_PREFIX)):
        raise Invalid("bad_check_digit", f"{code} is mistyped: its last digit does not fit the others")
    return code


def check_service_code(code: str) -> str:
    """The code itself; raises Invalid unless it is `nxe` and nine digits."""
    if not _SERVICE_CODE.fullmatch(code):
        raise Invalid("bad_service_code", f"{code!r} is no service code: nxe and nine digits are")
    return code
