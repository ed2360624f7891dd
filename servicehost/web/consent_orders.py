"""Bodies and queries of requests about consents, config proposals and calls. Optional fields are left out."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.codes import MASTER_ID_PATTERN
from servicehost.domain.config_proposal import DraftState
from servicehost.domain.consent import ConsentState
from servicehost.domain.phone_call import MAX_SAID, CallerMatch, CallOutcome
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import Config, Instant, Limit, Line, ManagementCode, Number, ServiceCode, Words

__all__ = [
    "CONSENT_RULES",
    "AcceptanceOrder",
    "CallOrder",
    "CallsQuery",
    "ConclusionOrder",
    "ConsentOrder",
    "ConsentsQuery",
    "DeclineOrder",
    "ProposalOrder",
    "ProposalsQuery",
    "WithdrawalOrder",
]

After = Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")]
MasterId = Annotated[str, Meta(pattern=MASTER_ID_PATTERN, max_length=64)]
# Several lines are allowed here, other control characters are not.
_TEXT: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
Said = Annotated[str, Meta(max_length=MAX_SAID, pattern=_TEXT)]
_NAMED: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f][^\x00-\x1f\x7f]*(?!\n)$"


class ConsentOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is allowed, to everybody of a role or to one person of the provider. Without `service_codes`: for every
    adapter of the contract. Without `begins_at`: from now on; without `ends_at`: for the usual time.

    `call` is needed from the provider's people, who record what an operation manager said in it.
    """

    rights: Annotated[
        list[Literal["edit_config", "push_config", "operate", "see_secrets", "exchange"]],
        Meta(min_length=1, max_length=5, description="One that is named twice counts once"),
    ]
    reason: Words
    to_role: Literal["support", "dispatcher"] | UnsetType = UNSET
    to_person: MasterId | UnsetType = UNSET
    service_codes: Annotated[list[ServiceCode], Meta(max_length=1_000)] = []
    begins_at: Instant | UnsetType = UNSET
    ends_at: Instant | UnsetType = UNSET
    call: Number | UnsetType = UNSET


class ConsentsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Consents, of one contract or all; with `service_code` those that reach that adapter."""

    management_code: ManagementCode | UnsetType = UNSET
    service_code: ServiceCode | UnsetType = UNSET
    state: ConsentState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class WithdrawalOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is withdrawn."""

    reason: Line = ""


class ProposalOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole text of a proposed config, and why it is proposed."""

    body: Config
    reason: Words


class ProposalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Config proposals, of one adapter or all."""

    service_code: ServiceCode | UnsetType = UNSET
    state: DraftState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class AcceptanceOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`overtake`: accept it although somebody has saved a config since it was written."""

    overtake: bool = False


class DeclineOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a proposal is declined."""

    reason: Words


class CallOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call: who they say they are (a name, a Master ID, or both), the number they call from, the service code they
    name, what was said and what was answered. Without `at`: now."""

    caller_name: Annotated[str, Meta(min_length=1, max_length=100, pattern=_NAMED)] | UnsetType = UNSET
    master_id: MasterId | UnsetType = UNSET
    calling_number: Annotated[str, Meta(max_length=32, pattern=r"^[0-9+()\- ]*(?!\n)$")] = ""
    service_code: ServiceCode | UnsetType = UNSET
    at: Instant | UnsetType = UNSET
    said: Said = ""
    answered: Said = ""


class ConclusionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a call led to; `reference` is the number of that fault, exchange or consent."""

    outcome: CallOutcome
    reference: Number | UnsetType = UNSET
    answered: Said = ""


class CallsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Calls, oldest or newest first; `open_only`: those of which it is not recorded yet what they led to."""

    management_code: ManagementCode | UnsetType = UNSET
    service_code: ServiceCode | UnsetType = UNSET
    match: CallerMatch | UnsetType = UNSET
    open_only: bool = False
    after: After = 0
    limit: Limit = 100
    newest_first: bool = False


CONSENT_RULES: Final[dict[str, dict[str, Any]]] = {
    "ConsentOrder": {"oneOf": [{"required": ["to_role"]}, {"required": ["to_person"]}]},
    "CallOrder": {"anyOf": [{"required": ["caller_name"]}, {"required": ["master_id"]}]},
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
