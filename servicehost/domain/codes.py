"""How the codes that the service gives out itself are spelled. Chance is an argument: a rule draws no lots."""

from typing import Final

from servicehost.domain.check_digit import check_digit

__all__ = [
    "CUSTOMER_CODE_SPAN",
    "DIGITS",
    "MANAGEMENT_CODE_SPAN",
    "MASTER_ID_PATTERN",
    "MASTER_ID_SPAN",
    "SERVICE_CODE_SPAN",
    "customer_code",
    "management_code",
    "master_id",
    "one_time_password",
    "service_code",
]

MASTER_ID_SPAN: Final = 10**8
SERVICE_CODE_SPAN: Final = 10**9
MANAGEMENT_CODE_SPAN: Final = 10**9
CUSTOMER_CODE_SPAN: Final = 10**8
MASTER_ID_PATTERN: Final = r"^MID[0-9]{8}$"
"""Nothing in the field prescribes one: three letters that say what it is, and digits that a telephone carries."""

DIGITS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that are read for another: 0 and o, 1, i and l."""


def master_id(number: int) -> str:
    """The Master ID of a number from 0 to MASTER_ID_SPAN, exclusive."""
    return f"MID{number:08d}"


def service_code(number: int) -> str:
    """The service code of a number from 0 to SERVICE_CODE_SPAN, exclusive."""
    return f"nxe{number:09d}"


def management_code(number: int) -> str:
    """The management code of a number from 0 to MANAGEMENT_CODE_SPAN, exclusive."""
    return f"nxm{number:09d}"


def customer_code(number: int) -> str:
    """The customer code of a number from 0 to CUSTOMER_CODE_SPAN, exclusive.

    Nothing in the field prescribes one (U). It looks like its sisters, `nxm` and `nxe`, so that it is read out, typed
    and printed as they are; and since people give it without anything beside it that would tell a slip, its last digit
    checks the eight before it.
    """
    digits = f"{number:08d}"
    return f"nxc{digits}{check_digit(digits)}"


def one_time_password(lots: bytes) -> str:
    """A password to be read out and typed once: four groups of five. Two bytes of chance make one character.

    Raises ValueError unless there are 40 bytes.
    """
    if len(lots) != 40:  # noqa: PLR2004 - twenty characters of almost five bits each
        raise ValueError(f"a one-time password takes 40 bytes of chance, not {len(lots)}")
    drawn = [DIGITS[int.from_bytes(lots[at : at + 2]) % len(DIGITS)] for at in range(0, 40, 2)]
    return "-".join("".join(drawn[at : at + 5]) for at in range(0, 20, 5))
