"""Who a unit is: its Distribution ID, the URN that carries it in a certificate, and its model-serial.

A ``DistributionId`` is a plain string at run time and a type of its own to the type checker, so it goes into frames,
rows and dictionaries as it is, yet no unchecked text passes for one. Each identity has exactly one spelling: two
identities are the same unit if and only if the strings are equal.
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Final, NewType

__all__ = [
    "DISTRIBUTION_ID_PATTERN",
    "MODEL_SERIAL_LENGTH",
    "UNIT_URN_PREFIX",
    "DistributionId",
    "IdentityError",
    "MalformedDistributionId",
    "MalformedModelSerial",
    "MalformedUnitUrn",
    "ModelSerial",
    "distribution_id_from_int",
    "distribution_id_to_int",
    "parse_distribution_id",
    "parse_model_serial",
    "parse_unit_urn",
    "unit_urn",
]

DistributionId = NewType("DistributionId", str)
"""128 bits as eight groups of four upper-case hex digits: ``0001-0000-0000-000B-02E0-4DFF-FE10-0128``."""

DISTRIBUTION_ID_PATTERN: Final = r"^([0-9A-F]{4}-){7}[0-9A-F]{4}$"
"""The canonical spelling, for JSON Schemas and documents."""

UNIT_URN_PREFIX: Final = "urn:servicehost:unit:"
MODEL_SERIAL_LENGTH: Final = 64
"""Characters at most: what X.520 allows a subject's serialNumber to hold."""

# Matched before any change of case: str.upper() turns one character, such as the ligature U+FB00, into the two letters
# "FF", which would then pass for digits.
_EITHER_CASE: Final = re.compile(r"([0-9A-Fa-f]{4}-){7}[0-9A-Fa-f]{4}")
_CANONICAL: Final = re.compile(DISTRIBUTION_ID_PATTERN)
# Only characters of ASN.1's PrintableString, the one type a subject's serialNumber may have.
_MODEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ()+./-]*[A-Za-z0-9()+])?")
_SERIAL: Final = re.compile(r"[A-Za-z0-9]+")
_SHOWN: Final = 80


class IdentityError(ValueError):
    """A text that should name a unit and does not. ``code`` may be relied upon; the message is for people."""

    code: ClassVar[str]


class MalformedDistributionId(IdentityError):
    """No eight groups of four hexadecimal digits."""

    code = "distribution_id_malformed"


class MalformedUnitUrn(IdentityError):
    """No `urn:servicehost:unit:` and a Distribution ID in its one spelling."""

    code = "unit_urn_malformed"


class MalformedModelSerial(IdentityError):
    """No model, hyphen and serial."""

    code = "model_serial_malformed"


@dataclass(frozen=True, slots=True)
class ModelSerial:
    """What is printed on the box. ``str()`` gives ``{model}-{serial}`` back, unchanged."""

    model: str
    serial: str

    def __str__(self) -> str:
        return f"{self.model}-{self.serial}"


def parse_distribution_id(text: str) -> DistributionId:
    """The Distribution ID that `text` spells in either case. Raises MalformedDistributionId; nothing is trimmed."""
    if _EITHER_CASE.fullmatch(text) is None:
        raise MalformedDistributionId(f"not a Distribution ID (eight groups of four hex digits): {_shown(text)}")
    return DistributionId(text.upper())


def distribution_id_from_int(number: int) -> DistributionId:
    """The Distribution ID of a 128-bit number. Raises MalformedDistributionId for one that is negative or too large."""
    if not 0 <= number < 1 << 128:
        raise MalformedDistributionId("a Distribution ID is a number of 128 bits")
    digits = f"{number:032X}"
    return DistributionId("-".join(digits[at : at + 4] for at in range(0, 32, 4)))


def distribution_id_to_int(distribution_id: DistributionId) -> int:
    """The 128-bit number behind it."""
    return int(distribution_id.replace("-", ""), 16)


def unit_urn(distribution_id: DistributionId) -> str:
    """The URI that a unit's certificate carries as its one alternative name."""
    return UNIT_URN_PREFIX + distribution_id


def parse_unit_urn(urn: str) -> DistributionId:
    """The Distribution ID in `urn`. Raises MalformedUnitUrn.

    Unlike a person's input this is read strictly: a certificate with another spelling was not issued by our rules, and
    an identity with two spellings is two identities to everything that compares strings.
    """
    identity = urn.removeprefix(UNIT_URN_PREFIX)
    if identity == urn or _CANONICAL.fullmatch(identity) is None:
        raise MalformedUnitUrn(f"not a unit's URN ({UNIT_URN_PREFIX}<Distribution ID>): {_shown(urn)}")
    return DistributionId(identity)


def parse_model_serial(text: str) -> ModelSerial:
    """Split ``{model}-{serial}`` at the *last* hyphen. Raises MalformedModelSerial.

    Makers put hyphens into model names (``SA-W2``) and number their boxes with letters and digits alone; the first
    hyphen would cut such a model in two. A serial with a hyphen therefore cannot be told apart and has no place here.
    """
    model, _, serial = text.rpartition("-")
    if len(text) > MODEL_SERIAL_LENGTH or _MODEL.fullmatch(model) is None or _SERIAL.fullmatch(serial) is None:
        raise MalformedModelSerial(
            f"not a model-serial ({{model}}-{{serial}}, at most {MODEL_SERIAL_LENGTH} characters): {_shown(text)}"
        )
    return ModelSerial(model=model, serial=serial)


def _shown(text: str) -> str:
    """`text` fit for a log line: quoted, escaped and bounded."""
    return ascii(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!a} and {len(text) - _SHOWN} characters more"
