"""Codes of the field, and who sees what."""

from collections.abc import Callable

import pytest

from servicehost.domain.contract import EVERYTHING, Scope, check_management_code, check_service_code
from servicehost.domain.errors import Invalid

ONE, TWO = "nxm000000001", "nxm000000002"


@pytest.mark.parametrize(
    ("scope", "owner", "seen"),
    [
        (Scope(management_code=ONE), ONE, True),
        (Scope(management_code=ONE), TWO, False),
        (Scope(management_code=ONE), None, False),
        (EVERYTHING, ONE, True),
        (EVERYTHING, None, True),
    ],
)
def test_a_scope_sees_its_own_contract_and_everything_sees_all(scope: Scope, owner: str | None, seen: bool) -> None:
    assert scope.sees(owner) is seen


@pytest.mark.parametrize(("check", "good"), [(check_management_code, ONE), (check_service_code, "nxe000000001")])
def test_a_code_is_three_letters_and_nine_digits(check: Callable[[str], str], good: str) -> None:
    assert check(good) == good
    other = good.replace("nxe", "nxm") if "nxe" in good else good.replace("nxm", "nxe")
    for bad in ("", good[:-1], good + "0", good + "\n", " " + good, good.upper(), good[:-1] + "１", other):
        with pytest.raises(Invalid) as refused:
            check(bad)
        assert repr(bad) in refused.value.text
