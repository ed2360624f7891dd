"""Bodies and queries about units' certificates, holds, hosts and attempts."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.attempt import AttemptOutcome
from servicehost.domain.certificate_standing import MAX_HOSTS, RevocationReason
from servicehost.operations.ask_renewals import MAX_UNITS
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import DistributionId, Limit, Line

__all__ = ["AttemptsQuery", "HostsOrder", "NoteQuery", "RenewalsOrder", "RevocationOrder"]

_PORT: Final = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HOST: Final = rf"^wss://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:{_PORT})?(/session)?(?!\n)$"
Host = Annotated[str, Meta(max_length=255, pattern=_HOST)]
_WORD: Final = "^[a-z0-9_]*(?!\n)$"


class RevocationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why certificates are revoked, as RFC 5280 has it, and what people should know of it."""

    reason: RevocationReason
    note: Line = ""


class RenewalsOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units whose certificates are to be renewed, and why."""

    units: Annotated[list[DistributionId], Meta(min_length=1, max_length=MAX_UNITS)]
    note: Line = ""


class NoteQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found when somebody looked."""

    note: Line = ""


class HostsOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hosts that carry the unit from now on, in the order to dial them."""

    hosts: Annotated[list[Host], Meta(min_length=1, max_length=MAX_HOSTS, extra_json_schema={"uniqueItems": True})]


class AttemptsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Attempts that fit every filter given, newest first unless asked otherwise."""

    since: Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})] | UnsetType = UNSET
    outcome: AttemptOutcome | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=64, pattern=_WORD)] | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    limit: Limit = 100
    newest_first: bool = True
