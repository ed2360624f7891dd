"""Who may do what, and which passwords are taken."""

import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Forbidden, Invalid
from servicehost.domain.people import Actor, Right, Role, check_password, demand

MAY = {
    Role.OPERATION_MANAGER: {Right.READ, Right.EDIT_CONFIG, Right.PUSH_CONFIG, Right.EXCHANGE, Right.LOOK_AFTER_SITES},
    Role.SUPPORT: {Right.READ, Right.TRIAGE, Right.INSPECT, Right.LOOK_UP},
    Role.DISPATCHER: {
        Right.READ,
        Right.REGISTER,
        Right.MANAGE_PEOPLE,
        Right.TRIAGE,
        Right.DISPATCH,
        Right.INSPECT,
        Right.LOOK_UP,
        Right.ROLL_OVER,
    },
}


def actor(role: Role, management_code: str | None = None) -> Actor:
    return Actor(person_id=1, master_id="somebody", name="Somebody", role=role, management_code=management_code)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_rights_and_no_other(role: Role, right: Right) -> None:
    if right in MAY[role]:
        demand(actor(role), right)
        return
    with pytest.raises(Forbidden) as refused:
        demand(actor(role), right)
    assert refused.value.code == "no_right"


def test_only_the_providers_people_see_everything() -> None:
    assert actor(Role.SUPPORT).scope == EVERYTHING
    assert actor(Role.OPERATION_MANAGER, "nxm000000001").scope == Scope(management_code="nxm000000001")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("x" * 257, "password_too_long"),
        ("Some-Body-0001", "password_is_master_id"),
        ("twelve chars", None),
        ("x" * 256, None),
    ],
)
def test_a_password_is_long_enough_and_not_the_master_id(password: str, code: str | None) -> None:
    if code is None:
        assert check_password(password, "some-body-0001") == password
        return
    with pytest.raises(Invalid) as refused:
        check_password(password, "some-body-0001")
    assert refused.value.code == code
