"""Whether who calls is registered, and what a call can lead to."""

import msgspec
import pytest

from servicehost.domain.errors import Conflict
from servicehost.domain.phone_call import (
    Caller,
    CallerMatch,
    CallOutcome,
    Manager,
    PhoneCall,
    check_outcome,
    conclude,
    match_caller,
    plain_name,
)

M, To = CallerMatch, CallOutcome
MANAGERS = [
    Manager(master_id="MID00000001", name="山田 花子"),
    Manager(master_id="MID00000002", name="Sato Jiro"),
    Manager(master_id="MID00000003", name="SATO  Jiro"),
]
OPEN = PhoneCall(
    call=1,
    management_code="nxm000000001",
    service_code=None,
    at=1,
    recorded_at=1,
    recorded_by="saki",
    caller_name="山田花子",
    calling_number="",
    match=M.REGISTERED,
    manager="MID00000001",
    said="",
    answered="",
)


@pytest.mark.parametrize(
    ("name", "master_id", "match", "manager"),
    [
        ("山田花子", "", M.REGISTERED, "MID00000001"),
        ("山田\u3000花子", "", M.REGISTERED, "MID00000001"),
        ("", "MID00000002", M.REGISTERED, "MID00000002"),
        ("ｓａｔｏ jiro", "MID00000002", M.REGISTERED, "MID00000002"),
        ("Sato Jiro", "", M.AMBIGUOUS, None),
        ("Sato Jiro", "MID00000001", M.CONTRADICTED, None),
        ("山田花子", "MID99999999", M.UNREGISTERED, None),
        ("鈴木 一郎", "", M.UNREGISTERED, None),
        ("山田", "", M.UNREGISTERED, None),
        (" ", "", M.UNREGISTERED, None),
    ],
)
def test_a_caller_is_matched_by_name_and_master_id(
    name: str, master_id: str, match: CallerMatch, manager: str | None
) -> None:
    assert match_caller(Caller(name=name, master_id=master_id), MANAGERS) == (match, manager)


def test_a_contract_without_managers_serves_nobody() -> None:
    assert match_caller(Caller(name="山田 花子"), []) == (M.UNREGISTERED, None)


def test_names_are_compared_without_width_case_and_blanks() -> None:
    assert plain_name(" ＹＡＭＡＤＡ\u3000Hanako ") == plain_name("yamadahanako")


@pytest.mark.parametrize("match", CallerMatch)
@pytest.mark.parametrize("outcome", CallOutcome)
@pytest.mark.parametrize("reference", [None, 3])
def test_a_call_leads_somewhere_only_for_whom_is_served(
    match: CallerMatch, outcome: CallOutcome, reference: int | None
) -> None:
    call = msgspec.structs.replace(OPEN, match=match)
    served, led = match is M.REGISTERED, outcome in (To.FAULT, To.EXCHANGE, To.CONSENT)
    fits = (outcome is To.NOTHING or served == led) and (reference is not None) == led
    if fits:
        check_outcome(call, outcome, reference)
        return
    with pytest.raises(Conflict):
        check_outcome(call, outcome, reference)


def test_a_call_is_concluded_once() -> None:
    concluded = conclude(OPEN, To.FAULT, 3, "sent it back", by="saki", at=9)
    assert (concluded.outcome, concluded.reference, concluded.answered, concluded.concluded_at) == (
        To.FAULT,
        3,
        "sent it back",
        9,
    )
    assert conclude(concluded, To.FAULT, 3, "", by="sora", at=10) == concluded
    with pytest.raises(Conflict) as refused:
        conclude(concluded, To.NOTHING, None, "", by="saki", at=10)
    assert refused.value.code == "call_concluded"
