import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.code_reading import CodeKind, read_any_code, read_code
from servicehost.domain.codes import CUSTOMER_CODE_SPAN, SERVICE_CODE_SPAN, customer_code, service_code
from servicehost.domain.contract import check_customer_code
from servicehost.domain.errors import Invalid

FULL_WIDTH = str.maketrans("0123456789nxemc", "０１２３４５６７８９ｎｘｅｍｃ")


@pytest.mark.parametrize(
    "typed",
    [
        "nxe123456789",
        "NXE123456789",
        "ｎｘｅ１２３４５６７８９",
        "ＮＸＥ１２３４５６７８９",
        " nxe123456789\n",
        "nxe-123-456-789",
        "nxe 123 456 789",
        "nxe\u3000123\u2212456\u2010789",
        "ｎｘｅー１２３ー４５６ー７８９",
        "nxe\uff70123456789",
    ],
)
def test_what_can_only_be_meant_one_way_is_read(typed: str) -> None:
    assert read_code(typed, CodeKind.SERVICE) == "nxe123456789"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456789", "code_unreadable"),
        ("nxe12345678", "code_unreadable"),
        ("nxe1234567890", "code_unreadable"),
        ("nxeO23456789", "code_unreadable"),
        ("nxz123456789", "code_unreadable"),
        ("", "code_unreadable"),
        ("nxe123456789" + " " * 60, "code_unreadable"),
        ("nxm123456789", "code_of_another_kind"),
        ("nxc000000011", "bad_check_digit"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_is_right(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_code(typed, CodeKind.SERVICE)
    assert refused.value.code == code


def test_a_code_of_another_kind_is_told_by_its_name() -> None:
    with pytest.raises(Invalid, match="nxm000000001 is a management code; a service code begins with nxe"):
        read_code("NXM-000000001", CodeKind.SERVICE)


@given(st.integers(0, CUSTOMER_CODE_SPAN - 1))
def test_every_customer_code_that_is_given_out_is_read_again(number: int) -> None:
    code = customer_code(number)
    assert check_customer_code(code) == code
    assert read_any_code(code.upper().translate(FULL_WIDTH)).code == code
    assert read_any_code(f"{code[:3]}-{code[3:6]}-{code[6:]}").kind is CodeKind.CUSTOMER


@given(st.integers(0, SERVICE_CODE_SPAN - 1), st.text(alphabet=" -\u2010\u2212\u30fc\u3000", max_size=3))
def test_no_forgiven_character_makes_another_code(number: int, between: str) -> None:
    code = service_code(number)
    assert read_code(between.join(code), CodeKind.SERVICE) == code


@given(st.text(max_size=70))
def test_whatever_is_typed_is_a_code_or_a_refusal(typed: str) -> None:
    try:
        code = read_any_code(typed).code
    except Invalid as refused:
        code = refused.code
    assert len(code) == 12 or code in {"code_unreadable", "bad_check_digit"}
