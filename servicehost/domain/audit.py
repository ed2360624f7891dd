"""The audit: what was done and decided, by whom and why, in chains in which nothing can be changed unseen.

There is one chain for each management contract and one, `system`, for what belongs to none. A record is one JSON
object. Its encoding follows RFC 8785 for the values that occur: objects whose keys are lower-case letters, digits and
`_`, sorted; strings, in which only `"`, `\\` and control characters are escaped, these as `\\b \\t \\n \\f \\r` or
`\\u00xx`; integers of at most 53 bits; true, false, null; arrays. No white space, UTF-8, and no fractions at all.

    hash of record n = SHA-256(hash of record n-1, 32 bytes || record n),   hash of record 0 = 32 zero bytes

What says something of a person stands in a record only encrypted under that person's key, so that the key can be
destroyed and the chain still holds: the hash covers the cipher text.
"""

import enum
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

__all__ = [
    "BEGINNING",
    "ERASED",
    "SYSTEM",
    "Action",
    "AuditEntry",
    "Personal",
    "Sealed",
    "Whose",
    "assemble",
    "canonical",
    "chain_of",
    "follow_hash",
    "readable",
]

SYSTEM: Final = "system"
BEGINNING: Final = bytes(32)
ERASED: Final = "erased"
_FORMAT: Final = 1
_MAX_INTEGER: Final = 2**53 - 1
_KEY: Final = re.compile(r"[a-z0-9_]{1,64}")


class Action(enum.StrEnum):
    """What was done: the name of the use case. Each is said by people, except those of the host at the end."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a deed
    ADD_PERSON = "add_person"
    ADD_PROVIDER_PERSON = "add_provider_person"
    ERASE_PERSON = "erase_person"
    ERASE_NAMED = "erase_named"
    ADD_CUSTOMER = "add_customer"
    ADD_CONTRACT = "add_contract"
    WRITE_MEMO = "write_memo"
    ADD_DELEGATE = "add_delegate"
    END_DELEGATE = "end_delegate"
    END_CONTRACT = "end_contract"
    CONTINUE_CONTRACT = "continue_contract"
    END_OPTION = "end_option"
    CONTINUE_OPTION = "continue_option"
    MAKE_NOTICE = "make_notice"
    CHOOSE_PASSWORD = "choose_password"  # noqa: S105 - the name of a deed
    REGISTER_UNIT = "register_unit"
    IMPORT_UNITS = "import_units"
    CHANGE_UNIT_LIFE = "change_unit_life"
    MOVE_UNIT = "move_unit"
    TAKE_UNIT_BACK = "take_unit_back"
    RELEASE_UNIT = "release_unit"
    REVOKE_UNIT = "revoke_unit"
    REVOKE_CERTIFICATE = "revoke_certificate"
    APPROVE_ENROLMENT = "approve_enrolment"
    DENY_ENROLMENT = "deny_enrolment"
    ISSUE_ENROLMENT_TOKEN = "issue_enrolment_token"  # noqa: S105 - the name of a deed
    ADD_ADAPTER = "add_adapter"
    END_ADAPTER = "end_adapter"
    BIND_UNIT = "bind_unit"
    UNBIND_UNIT = "unbind_unit"
    SAVE_CONFIG = "save_config"
    SAVE_MODULE = "save_module"
    RESTORE_REVISION = "restore_revision"
    SAVE_BLANKS = "save_blanks"
    EXPORT_TENANT = "export_tenant"
    IMPORT_TENANT = "import_tenant"
    TAKE_SNAPSHOT = "take_snapshot"
    DELETE_SNAPSHOT = "delete_snapshot"
    RESTORE_SNAPSHOT = "restore_snapshot"
    PUSH_CONFIG = "push_config"
    CANCEL_PUSH = "cancel_push"
    CREATE_ROLLOUT = "create_rollout"
    START_ROLLOUT = "start_rollout"
    APPROVE_ROLLOUT = "approve_rollout"
    PAUSE_ROLLOUT = "pause_rollout"
    RESUME_ROLLOUT = "resume_rollout"
    HALT_ROLLOUT = "halt_rollout"
    ROLL_BACK_ROLLOUT = "roll_back_rollout"
    SCHEDULE_PUSH = "schedule_push"
    SCHEDULE_TASK = "schedule_task"
    CANCEL_SCHEDULE = "cancel_schedule"
    RETIME_SCHEDULE = "retime_schedule"
    REFUSE_SCHEDULE = "refuse_schedule"
    ORDER_TASK = "order_task"
    CANCEL_TASK = "cancel_task"
    CANCEL_BATCH = "cancel_batch"
    READ_RESULT = "read_result"
    SET_TERMS = "set_terms"
    DECLARE_LOCATION = "declare_location"
    ATTACH_OPTION = "attach_option"
    DETACH_OPTION = "detach_option"
    DECIDE_OPTION = "decide_option"
    STATE_SITE = "state_site"
    SET_SHIPPING_ADDRESS = "set_shipping_address"
    CLOSE_AREA = "close_area"
    REOPEN_AREA = "reopen_area"
    DECIDE_AREA_PROPOSAL = "decide_area_proposal"
    DECIDE_AREA_PROPOSALS = "decide_area_proposals"
    STOCK_UNIT = "stock_unit"
    OPEN_DEPOT = "open_depot"
    SET_STOCK_THRESHOLD = "set_stock_threshold"
    MOVE_SPARE = "move_spare"
    REPLACE_UNIT = "replace_unit"
    SWAP_IN_STANDBY = "swap_in_standby"
    PROMOTE_ADAPTER = "promote_adapter"
    OVERRIDE_VERDICT = "override_verdict"
    ASK_RENEWALS = "ask_renewals"
    CHOOSE_DESTINATION = "choose_destination"
    RECALL_ORDER = "recall_order"
    WITHDRAW_OVERRIDE = "withdraw_override"
    REOPEN_EXCHANGE = "reopen_exchange"
    RECORD_TRIAGE = "record_triage"
    ANSWER_TRIAGE = "answer_triage"
    CLOSE_FAULT = "close_fault"
    REQUEST_EXCHANGE = "request_exchange"
    STATE_FACT = "state_fact"
    RESERVE_UNIT = "reserve_unit"
    SWAP_UNIT = "swap_unit"
    CONFIRM_RECOVERY = "confirm_recovery"
    CANCEL_EXCHANGE = "cancel_exchange"
    FAIL_EXCHANGE = "fail_exchange"
    PROPOSE_APPOINTMENT = "propose_appointment"
    AGREE_APPOINTMENT = "agree_appointment"
    REPORT_ERRAND = "report_errand"
    REPORT_MISSED_VISIT = "report_missed_visit"
    EXPLAIN_LATENESS = "explain_lateness"
    RESEND_REACTION = "resend_reaction"
    NOTE_SHIPPED = "note_shipped"
    RECEIVE_RETURN = "receive_return"
    INSPECT_RETURN = "inspect_return"
    WRITE_OFF_RETURN = "write_off_return"
    APPROVE_CHARGE = "approve_charge"
    WAIVE_CHARGE = "waive_charge"
    GIVE_CONSENT = "give_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    RECORD_CALL = "record_call"
    CONCLUDE_CALL = "conclude_call"
    PROPOSE_CONFIG = "propose_config"
    ACCEPT_PROPOSAL = "accept_proposal"
    DECLINE_PROPOSAL = "decline_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    MAKE_GROUP = "make_group"
    CHANGE_GROUP = "change_group"
    DROP_GROUP = "drop_group"
    CHANGE_MEMBERS = "change_members"
    TAG_ADAPTERS = "tag_adapters"
    SAVE_QUERY = "save_query"
    CHANGE_QUERY = "change_query"
    DROP_QUERY = "drop_query"
    SAVE_PRESET = "save_preset"
    CHANGE_PRESET = "change_preset"
    DROP_PRESET = "drop_preset"
    BEGIN_ROLLOVER = "begin_rollover"
    END_ROLLOVER = "end_rollover"
    ABORT_ROLLOVER = "abort_rollover"
    # decided by the host, or told to it by a unit or a carrier
    ISSUE_CERTIFICATE = "issue_certificate"
    HOLD_UNIT = "hold_unit"
    JUDGE_EXCHANGE = "judge_exchange"
    ORDER_EXCHANGE = "order_exchange"
    TAKE_ARRIVAL = "take_arrival"
    TAKE_ERRAND_NOTICE = "take_errand_notice"
    SETTLE_SWAP = "settle_swap"
    CHECK_ACCEPTANCE = "check_acceptance"
    CLOSE_EXCHANGE = "close_exchange"
    LAPSE_RETURN = "lapse_return"
    CALL_OFF_RETURN = "call_off_return"
    PROPOSE_CHARGE = "propose_charge"
    WITHDRAW_CHARGE = "withdraw_charge"
    APPLY_LOCATION = "apply_location"
    CARRY_OUT_CONTRACT_END = "carry_out_contract_end"
    CARRY_OUT_ADAPTER_END = "carry_out_adapter_end"
    CARRY_OUT_OPTION_END = "carry_out_option_end"
    ERASE_CONTRACT = "erase_contract"


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Under whose key something is kept: a `person` by Master ID, somebody `named` without one, or the `contract`.

    The contract's own key is for what says where its sites are. `management_code` None: the provider's.
    """

    kind: str
    name: str
    management_code: str | None

    @classmethod
    def person(cls, master_id: str, management_code: str | None) -> "Whose":
        """Somebody who can log in."""
        return cls(kind="person", name=master_id, management_code=management_code)

    @classmethod
    def named(cls, name: str, management_code: str | None) -> "Whose":
        """Somebody known by name alone; the name is compared without case and outer blanks."""
        return cls(kind="named", name=name.strip().casefold()[:100], management_code=management_code)

    @classmethod
    def contract(cls, management_code: str) -> "Whose":
        """The contract itself."""
        return cls(kind="contract", name="", management_code=management_code)


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """A text that says something of a person: a name, an address, where they called from, their own words."""

    whose: Whose
    text: str


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A personal text as it stands in a record: base64 of nonce and cipher text, and the number of the key."""

    key: int
    sealed: str


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What a use case has to say; the store gives it its place in the chain.

    `management_code` None: the system's chain. `consent` numbers the customer's consent under which it was done; a
    record of what needed none lacks the field. `before` and `after` hold JSON values and Personal, never a secret.
    """

    management_code: str | None
    at: int
    action: Action
    subject: str
    actor: str = "host"
    role: str | None = None
    consent: int | None = None
    token: str | None = None
    source: Personal | None = None
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    reason: str | Personal | None = None


Sealer: TypeAlias = Callable[[Personal, str], Sealed]
"""Encrypts a text, bound to its place."""


def chain_of(management_code: str | None) -> str:
    """The name of the chain."""
    return SYSTEM if management_code is None else management_code


def assemble(entry: AuditEntry, number: int, seal: Sealer) -> bytes:
    """The record as it is kept and hashed. Raises ValueError for a value that JSON of our kind does not have."""
    chain = chain_of(entry.management_code)
    left_out = {"management_code"} | ({"consent"} if entry.consent is None else set())
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__ if name not in left_out}
    record = fields | {"format": _FORMAT, "chain": chain, "number": number}
    return canonical(_sealed(record, f"{chain}/{number}", seal))


def _sealed(value: Any, place: str, seal: Sealer) -> Any:
    if isinstance(value, Personal):
        kept = seal(value, place)
        return {"key": kept.key, "sealed": kept.sealed}
    if isinstance(value, Mapping):
        return {name: _sealed(one, f"{place}/{name}", seal) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_sealed(one, f"{place}/{index}", seal) for index, one in enumerate(value)]
    return value


def readable(record: Any, place: str, unseal: Callable[[Sealed, str], str]) -> Any:
    """A record, decoded, with every sealed value replaced by what `unseal` makes of it at its place."""
    if isinstance(record, dict):
        if record.keys() == {"key", "sealed"}:
            return unseal(Sealed(key=record["key"], sealed=record["sealed"]), place)
        return {name: readable(one, f"{place}/{name}", unseal) for name, one in record.items()}
    if isinstance(record, list):
        return [readable(one, f"{place}/{index}", unseal) for index, one in enumerate(record)]
    return record


def canonical(value: Any) -> bytes:
    """The one encoding of a value; a lone surrogate becomes a question mark. Raises ValueError as `assemble` does."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(name, str) or not _KEY.fullmatch(name):
                raise ValueError(f"{name!r} cannot be a key in the audit")
            _check(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _check(one)
    elif isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise ValueError(f"{value} has more than 53 bits")
    elif value is not None and not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} has no place in the audit")


def follow_hash(previous: bytes, record: bytes) -> bytes:
    """The hash of a record that follows one with the hash `previous`."""
    return hashlib.sha256(previous + record).digest()
