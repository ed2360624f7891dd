import re

import pytest

from servicehost.domain.codes import (
    DIGITS,
    MASTER_ID_PATTERN,
    MASTER_ID_SPAN,
    management_code,
    master_id,
    one_time_password,
    service_code,
)
from servicehost.domain.contract import check_management_code, check_service_code
from servicehost.domain.people import check_password


def test_codes_have_the_form_that_is_checked_elsewhere() -> None:
    assert check_service_code(service_code(7)) == "nxe000000007"
    assert check_management_code(management_code(999_999_999)) == "nxm999999999"
    assert re.fullmatch(MASTER_ID_PATTERN, master_id(MASTER_ID_SPAN - 1))


def test_a_one_time_password_is_a_password_that_can_be_read_out() -> None:
    password = one_time_password(bytes(range(40)))
    assert check_password(password, "MID00000001") == password
    assert re.fullmatch(f"([{DIGITS}]{{5}}-){{3}}[{DIGITS}]{{5}}", password)
    assert not set(DIGITS) & set("01oil")


def test_chance_must_be_enough() -> None:
    with pytest.raises(ValueError, match="40 bytes"):
        one_time_password(b"little")
