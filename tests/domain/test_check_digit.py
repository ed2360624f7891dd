from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import check_digit
from servicehost.domain.check_digit import holds

DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=12)


def checked(digits: str) -> str:
    return digits + check_digit.check_digit(digits)


def test_damms_own_example() -> None:
    assert check_digit.check_digit("572") == "4"


@given(DIGITS)
def test_digits_with_their_check_digit_hold(digits: str) -> None:
    assert holds(checked(digits))


@given(DIGITS, st.data())
def test_every_single_wrong_digit_is_told(digits: str, data: st.DataObject) -> None:
    right = checked(digits)
    at = data.draw(st.integers(0, len(right) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != right[at]))
    assert not holds(right[:at] + wrong + right[at + 1 :])


@given(DIGITS, st.data())
def test_two_neighbours_changed_about_are_told(digits: str, data: st.DataObject) -> None:
    right = checked(digits)
    at = data.draw(st.integers(0, len(right) - 2))
    one, two = right[at], right[at + 1]
    assert holds(right[:at] + two + one + right[at + 2 :]) == (one == two)


def test_a_table_that_is_changed_in_one_place_is_seen() -> None:
    """The rules above would catch a slip of the pen in the table."""
    table = [list(row) for row in check_digit._TABLE]
    table[3][5] = table[3][6]
    pairs = [(row, one, two) for row in range(10) for one in range(10) for two in range(one)]
    assert any(table[row][one] == table[row][two] for row, one, two in pairs)
    assert not any(check_digit._TABLE[row][one] == check_digit._TABLE[row][two] for row, one, two in pairs)
