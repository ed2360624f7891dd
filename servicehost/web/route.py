"""One row of the route table: it registers a handler and documents it, so neither can be without the other."""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.domain.codes import MASTER_ID_PATTERN
from servicehost.domain.contract import check_customer_code, check_management_code, check_service_code
from servicehost.domain.depot import DEPOT_PATTERN
from servicehost.domain.errors import Invalid
from servicehost.domain.module import MAX_MODULE
from servicehost.domain.people import CONSENTABLE, Right
from servicehost.domain.place import postal_digits
from servicehost.domain.webhook import SIGNATURE_CODES
from servicehost.web.call import MAX_NUMBER, Call, Reply

__all__ = ["PATH_PARAMETERS", "PathParameter", "Route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathParameter:
    """How a part of a path is read and described."""

    read: Callable[[str], str | int]
    schema: dict[str, Any]
    says: str


def _distribution_id(text: str) -> str:
    try:
        return parse_distribution_id(text)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error


def _serial_number(text: str) -> str:
    if _SERIAL.fullmatch(text) is None:
        raise Invalid("path_invalid", f"{text[:48]!r} is no serial number: write it in hex, without colons")
    return text.upper()


def _master_id(text: str) -> str:
    if not re.fullmatch(MASTER_ID_PATTERN, text):
        raise Invalid("path_invalid", f"{text[:40]!r} is no Master ID: MID and eight digits are")
    return text


def _depot(text: str) -> str:
    if not re.fullmatch(DEPOT_PATTERN, text):
        raise Invalid("path_invalid", f"{text[:40]!r} is no name of a depot: small letters, digits and hyphens are")
    return text


def _postal_code(text: str) -> str:
    digits = postal_digits(text)
    if digits is None:
        raise Invalid("path_invalid", f"{text[:20]!r} is no postal code: seven digits are, like 100-0001")
    return digits


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:20]) <= MAX_NUMBER:
        raise Invalid("path_invalid", f"{text[:40]!r} is no number from 1 to {MAX_NUMBER}")
    return int(text)


def _module(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:4]) > MAX_MODULE:
        raise Invalid("path_invalid", f"{text[:40]!r} is no module: 0 to {MAX_MODULE} are")
    return int(text)


_SERIAL: Final = re.compile("[0-9A-Fa-f]{2,48}")
_NUMBER_SCHEMA: Final = {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER}
PATH_PARAMETERS: Final = {
    "management_code": PathParameter(
        read=check_management_code,
        schema={"type": "string", "pattern": "^nxm[0-9]{9}$"},
        says="Code of the management contract",
    ),
    "customer_code": PathParameter(
        read=check_customer_code,
        schema={"type": "string", "pattern": "^nxc[0-9]{9}$"},
        says="Code of the customer; its last digit checks the others",
    ),
    "service_code": PathParameter(
        read=check_service_code,
        schema={"type": "string", "pattern": "^nxe[0-9]{9}$"},
        says="Service code of the adapter",
    ),
    "master_id": PathParameter(
        read=_master_id,
        schema={"type": "string", "pattern": MASTER_ID_PATTERN},
        says="Master ID of the person",
    ),
    "distribution_id": PathParameter(
        read=_distribution_id,
        schema={"type": "string", "pattern": "^([0-9A-Fa-f]{4}-){7}[0-9A-Fa-f]{4}$"},
        says="Distribution ID of the unit",
    ),
    "serial_number": PathParameter(
        read=_serial_number,
        schema={"type": "string", "pattern": "^[0-9A-Fa-f]{2,48}$"},
        says="Serial number of the certificate, hex",
    ),
    "depot": PathParameter(
        read=_depot,
        schema={"type": "string", "pattern": DEPOT_PATTERN},
        says="Name of the depot; `main` is where stock lies unless a depot was named",
    ),
    "postal_code": PathParameter(
        read=_postal_code,
        schema={"type": "string", "pattern": "^[0-9]{3}-?[0-9]{4}$"},
        says="Postal code, with or without its hyphen",
    ),
    "area": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the closed area"),
    "area_proposal": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the proposal"),
    "delegate": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the delegate"),
    "fault": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the fault"),
    "exchange": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the exchange"),
    "reaction": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the reaction"),
    "return": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the return"),
    "charge": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the charge"),
    "request": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the enrolment request"),
    "consent": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the consent"),
    "proposal": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the config proposal"),
    "call": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the call"),
    "module": PathParameter(
        read=_module,
        schema={"type": "integer", "minimum": 0, "maximum": MAX_MODULE},
        says="Number of the module; 0 is the main one",
    ),
    "task": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the task"),
    "batch": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the batch of tasks"),
    "group": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the group"),
    "query": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the saved query"),
    "preset": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the preset command"),
    "push": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the push"),
    "schedule": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the schedule"),
    "snapshot": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the snapshot"),
    "rollout": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the rollout"),
    "revision": PathParameter(read=_number, schema=_NUMBER_SCHEMA, says="Number of the config revision"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method on one path."""

    method: str
    path: str
    handler: Callable[[Call], Awaitable[Reply]]
    name: str
    """The operation's name in the OpenAPI document; unique."""
    summary: str
    tag: str
    right: Right | None = Right.READ
    """What the caller must be allowed; None: nothing. The use cases demand it again themselves."""
    token: bool = True
    """Whether a bearer token is asked for."""
    signed: bool = False
    """Whether a signature over the very bytes of the body is asked for; the handler gets those, and decodes them."""
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    example: dict[str, Any] | None = None
    """One body, as JSON has it, for the document; left out, one is made of the body's fields."""
    raw: str | None = None
    """Media type of a body that is not JSON."""
    max_body_bytes: int | None = None
    """Of this route's bodies, where the door's own bound is too small."""
    answer: type[msgspec.Struct] | None = None
    """None: an answer without JSON."""
    media_type: str | None = None
    """Of an answer that is not JSON."""
    status: int = 200
    problems: tuple[str, ...] = ()
    """Codes of refusals besides those that follow from the fields above."""
    if_match: bool = False
    etag: bool = False

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """In the order of the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def pattern(self, fixed: Collection[str]) -> str:
        """The path for the router: no parameter takes the place of a word that stands in one of the `fixed` paths."""
        pattern, head = "", ""
        for part in self.path.split("/")[1:]:
            words = [path.removeprefix(f"{head}/") for path in fixed if path.startswith(f"{head}/")]
            not_these = "|".join(sorted(re.escape(word) for word in words if "/" not in word))
            guarded = part.startswith("{") and not_these
            pattern += f"/{{{part[1:-1]}:(?!(?:{not_these})(?:/|$))[^{{}}/]+}}" if guarded else f"/{part}"
            head += f"/{part}"
        return pattern

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that this route can answer with."""
        codes = list(self.problems)
        if self.token:
            codes += ["no_token", "token_invalid"]
        if self.signed:
            codes += SIGNATURE_CODES
        if self.right is not None:
            codes.append("no_right")
        if self.right in CONSENTABLE:
            codes.append("consent_needed")
        if self.body is not None or self.raw is not None:
            codes += ["body_interrupted", "body_too_slow", "body_too_large", "media_type_unsupported"]
        if self.body is not None:
            codes += ["body_not_json", "body_invalid"]
        codes += ["query_invalid"] + ["path_invalid"] * bool(self.path_parameters)
        codes += ["request_malformed", "expectation_failed", "host_fault"]
        if self.method != "GET":
            codes += ["busy", "store_full"]
        if self.if_match:
            codes += ["if_match_required", "if_match_invalid", "revision_conflict"]
        return tuple(dict.fromkeys(codes))
