"""Problems (RFC 9457): every error that the API answers with, its status and its stable code in one table."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from servicehost.domain.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    InvalidTable,
    NotFound,
    Refused,
    StaleEdit,
    StoreFull,
    Unauthenticated,
)

__all__ = ["MEDIA_TYPE", "STATUS", "Malformed", "Problem", "ProblemError", "listed", "problem_for", "status_of"]

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[dict[str, int]] = {
    # of any request
    "not_found": 404,
    "method_not_allowed": 405,
    "host_fault": 500,
    "not_ready": 503,
    "too_many_streams": 503,
    # of its body, query and path
    "body_not_json": 400,
    "body_interrupted": 400,
    "request_malformed": 400,
    "body_too_slow": 408,
    "body_too_large": 413,
    "media_type_unsupported": 415,
    "expectation_failed": 417,
    "body_invalid": 422,
    "query_invalid": 422,
    "path_invalid": 422,
    "if_match_invalid": 422,
    "bad_management_code": 422,
    "bad_service_code": 422,
    "bad_customer_code": 422,
    # a schema says how a code looks, not that its last digit fits
    "bad_check_digit": 409,
    "code_unreadable": 409,
    "code_of_another_kind": 409,
    "distribution_id_malformed": 422,
    "model_serial_malformed": 422,
    # of the caller
    "no_token": 401,
    "token_invalid": 401,
    "log_in_failed": 401,
    "no_right": 403,
    "consent_needed": 403,
    "password_change_required": 403,
    "password_wrong": 403,
    "password_too_short": 422,
    "password_too_long": 422,
    "password_is_master_id": 422,
    "password_unchanged": 422,
    "too_many_tries": 429,
    "log_ins_busy": 503,
    # of contracts, people, units, adapters
    "contract_not_found": 404,
    "customer_not_found": 404,
    "customer_exists": 409,
    "contract_ended": 409,
    "end_in_the_past": 409,
    "no_option": 409,
    "unit_ordered_already": 409,
    "delegate_not_found": 404,
    "delegate_may_not_attend": 409,
    "delegate_unnamed": 409,
    "delegate_ends_before_it_begins": 409,
    "too_many_delegates": 409,
    "not_of_a_contract": 409,
    "password_chosen": 409,
    "link_refused": 403,
    "no_contract": 404,
    "no_unit": 404,
    "bound_already": 409,
    "person_not_found": 404,
    "erases_oneself": 409,
    "attends_open_exchange": 409,
    "contract_exists": 409,
    "master_id_taken": 409,
    "unit_not_found": 404,
    "unit_exists": 409,
    "unit_bound": 409,
    "request_not_found": 404,
    "request_decided": 409,
    "unit_revoked": 409,
    "unit_held": 409,
    "unit_lost": 409,
    "unit_stolen": 409,
    "unit_returned": 409,
    "unit_retired": 409,
    "unit_not_bound": 409,
    "unit_replaced": 409,
    "unit_not_missing": 409,
    # of tables of units
    "csv_is_cp932": 422,
    "csv_not_utf8": 422,
    "csv_header": 422,
    "csv_malformed": 422,
    "csv_empty": 422,
    "too_many_rows": 422,
    "rows_invalid": 422,
    "row_length": 422,
    "row_twice": 422,
    "cell_empty": 422,
    "cell_unknown": 422,
    "certificate_not_found": 404,
    "revocation_reason_unknown": 422,
    "unit_not_held": 409,
    "no_hosts": 422,
    "too_many_hosts": 422,
    "host_url_invalid": 422,
    "adapter_not_found": 404,
    "adapter_exists": 409,
    "adapter_bound": 409,
    "no_unit_bound": 404,
    "no_free_code": 503,
    # of configs and pushes
    "no_config": 404,
    "no_such_revision": 404,
    "revision_conflict": 412,
    "if_match_required": 428,
    "not_running": 404,
    "across_contracts": 409,
    "diff_too_slow": 409,
    "diffs_busy": 503,
    "config_empty": 422,
    "config_too_large": 422,
    "config_not_utf8": 422,
    "module_too_large": 422,
    "module_not_utf8": 422,
    "main_module_empty": 409,
    "too_many_modules": 409,
    "modules_unknown": 409,
    "no_such_module": 404,
    "no_adapters": 422,
    "too_many_adapters": 422,
    "service_code_twice": 422,
    "revision_and_body": 422,
    "operating_through_adapter": 409,
    "push_not_found": 404,
    "push_on_trial": 409,
    "push_ended": 409,
    # of consents, proposals and calls
    "consent_not_found": 404,
    "consent_expired": 409,
    "consent_ends_too_early": 409,
    "consent_too_long": 409,
    "consent_too_far_ahead": 409,
    "one_grantee": 422,
    "right_not_consentable": 422,
    "not_of_the_provider": 409,
    "proposal_not_found": 404,
    "proposal_decided": 409,
    "proposal_overtaken": 409,
    "not_your_proposal": 403,
    "call_not_found": 404,
    "call_missing": 409,
    "call_not_yours": 409,
    "call_concluded": 409,
    "call_in_the_future": 409,
    "caller_not_registered": 409,
    "caller_registered": 409,
    "caller_unnamed": 422,
    "reference_missing": 409,
    "reference_meaningless": 409,
    "words_too_long": 422,
    # of faults and exchanges
    "fault_not_found": 404,
    "exchange_not_found": 404,
    "reaction_not_found": 404,
    "unknown_order": 404,
    "not_yours_to_state": 403,
    "not_the_attendee": 403,
    "fault_closed": 409,
    "reason_needed": 409,
    "exchange_open": 409,
    "exchange_ended": 409,
    "not_judged": 409,
    "not_reserved": 409,
    "not_ordered": 409,
    "not_arrived": 409,
    "not_swapped": 409,
    "not_accepted": 409,
    "not_confirmed": 409,
    "swapped_already": 409,
    "confirmed_already": 409,
    "reserved_already": 409,
    "model_unknown": 409,
    "no_spare": 409,
    "not_in_stock": 409,
    "wrong_model": 409,
    "unit_reserved": 409,
    "depot_not_found": 404,
    "spare_not_found": 404,
    "stocked_elsewhere": 409,
    "spare_is_out": 409,
    "bad_threshold": 422,
    "no_fitting_spare": 409,
    "does_not_fit": 409,
    "served_before": 409,
    "bad_verdict": 422,
    "stranger_asks": 409,
    "no_override": 409,
    "ordered_already": 409,
    "not_closed": 409,
    "reopen_too_late": 409,
    "exchange_settling": 409,
    "not_a_former_exchange": 409,
    "serves_already": 409,
    "not_standby": 409,
    "other_contract": 409,
    "standby_silent": 409,
    "standby_has_exchange": 409,
    "unit_may_return": 409,
    "return_open": 409,
    "return_not_found": 404,
    "return_exists": 409,
    "return_not_received": 409,
    "return_received_already": 409,
    "return_not_owed": 409,
    "accessory_here_already": 409,
    "no_such_accessory": 422,
    "bad_inspection": 422,
    "custody_not_there": 409,
    "custody_same_place": 409,
    "custody_may_not_follow": 409,
    "custody_before_the_last": 409,
    "charge_not_found": 404,
    "charge_withdrawn": 409,
    "charge_decided": 409,
    "no_price": 409,
    "no_evidence": 422,
    "reason_too_long": 422,
    "note_too_long": 422,
    "bad_answer": 422,
    "evidence_too_long": 422,
    "no_reason": 422,
    "force_needs_reason": 409,
    "time_malformed": 422,
    "bad_fact": 422,
    "location_too_long": 422,
    "location_empty": 409,
    # of places and closed areas
    "postal_code_unknown": 409,
    "postal_code_malformed": 409,
    "postal_code_elsewhere": 409,
    "prefecture_unknown": 409,
    "municipality_unknown": 409,
    "municipality_former": 409,
    "ward_missing": 409,
    "rest_missing": 409,
    "rest_too_long": 409,
    "addressee_missing": 409,
    "addressee_too_long": 409,
    "telephone_malformed": 409,
    "area_not_found": 404,
    "area_unknown": 409,
    "area_state_open": 409,
    "review_missing": 409,
    "ends_in_the_past": 409,
    "proposal_withdrawn": 409,
    "effective_in_the_past": 409,
    "nothing_stated": 422,
    "not_entry_item": 409,
    "bought_from_reseller": 409,
    "no_declared_location": 409,
    "option_not_waiting": 409,
    "attendance_contradicts": 422,
    "attendee_missing": 422,
    # of errands
    "no_visit_expected": 409,
    "window_empty": 409,
    "window_in_the_past": 409,
    "window_too_long": 409,
    "window_too_far": 409,
    "windows_overlap": 409,
    "no_appointment": 409,
    "no_visit_under_way": 409,
    "appointment_agreed_already": 409,
    "window_not_proposed": 409,
    "change_needs_reason": 409,
    "errand_not_ordered": 409,
    "no_such_milestone": 409,
    "time_not_yet": 409,
    "times_out_of_order": 409,
    "lateness_reason_required": 409,
    "not_late": 409,
    "no_work_sheet": 409,
    "nothing_reported": 409,
    "told_before": 409,
    # of carriers
    "no_carrier_here": 404,
    "webhook_headers_missing": 401,
    "webhook_headers_malformed": 401,
    "webhook_signature_wrong": 401,
    "webhook_out_of_time": 401,
    "webhook_id_used": 409,
    "webhook_secrets_unusable": 503,
    "webhook_secrets_malformed": 422,
    "webhook_secrets_shared": 422,
    # of the authority
    "rolled_over_elsewhere": 409,
    "authority_unavailable": 409,
    "no_rollover": 409,
    "units_would_be_stranded": 409,
    # of the store
    "busy": 503,
    "store_full": 507,
}

_BY_KIND: Final[dict[type[Refused], int]] = {
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    Busy: 503,
    StoreFull: 507,
}


class Malformed(Refused):
    """A request that cannot be read, as HTTP or as JSON."""


class ProblemError(msgspec.Struct, frozen=True, kw_only=True):
    """One of many things that are wrong: the line of the file, from 1, and its column (null: the whole row)."""

    detail: str
    code: str
    line: int
    column: str | None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong. `code` is stable and may be relied upon; `detail` is for people and says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    """This one occurrence: the log has it under the same name."""
    errors: list[ProblemError] | UnsetType = UNSET
    """Everything that is wrong, where one request can be wrong in many places; in the order of the lines."""
    unlisted: int | UnsetType = UNSET
    """How many more there are than `errors` lists."""
    standing_revision: int | UnsetType = UNSET
    """Of a stale edit: the revision that stands."""
    expected_revision: int | UnsetType = UNSET
    """And the one that the edit was made upon."""
    links: dict[str, str] | UnsetType = UNSET
    """Where to look: `standing` and `expected` are both versions, `diff` what lies between them."""


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal: its code's, else its kind's."""
    by_code = STATUS.get(refused.code)
    return by_code if by_code is not None else _BY_KIND.get(type(refused), 400)


def listed(refused: Refused) -> dict[str, Any]:
    """The members that list what is wrong, for a refusal that has more than one thing to say."""
    if isinstance(refused, StaleEdit):
        return _both_versions(refused)
    if not isinstance(refused, InvalidTable):
        return {}
    errors = [
        ProblemError(detail=cell.text, code=cell.code, line=cell.line, column=cell.column) for cell in refused.cells
    ]
    return {"errors": errors, "unlisted": refused.unlisted}


def _both_versions(stale: StaleEdit) -> dict[str, Any]:
    base = f"/api/v1/adapters/{stale.service_code}/config"
    links = {"standing": f"{base}/revisions/{stale.standing}"} if stale.standing else {}
    if stale.expected:
        links["expected"] = f"{base}/revisions/{stale.expected}"
    if len(links) == 2:  # noqa: PLR2004 - both of them
        links["diff"] = f"{base}/diff?left={stale.expected}&right={stale.standing}"
    return {"standing_revision": stale.standing, "expected_revision": stale.expected, "links": links}


def problem_for(code: str, status: int, detail: str, request_id: str, **more: Any) -> Problem:
    """The problem document of one refusal; `more` are the members of `listed`."""
    return Problem(
        type=f"urn:servicehost:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=f"urn:servicehost:request:{request_id}",
        **more,
    )
