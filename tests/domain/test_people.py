"""Who may do what, and which passwords are taken."""

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Forbidden, Invalid
from servicehost.domain.people import CONSENTABLE, Actor, Right, Role, Warrant, check_password, demand, demand_at_door

MAY = {
    Role.OPERATION_MANAGER: {
        Right.READ,
        Right.EDIT_CONFIG,
        Right.PUSH_CONFIG,
        Right.LOOK_INTO_UNITS,
        Right.OPERATE,
        Right.SEE_SECRETS,
        Right.EXCHANGE,
        Right.LOOK_AFTER_SITES,
        Right.CONSENT,
    },
    Role.SUPPORT: {
        Right.READ,
        Right.LOOK_INTO_UNITS,
        Right.TRIAGE,
        Right.INSPECT,
        Right.LOOK_UP,
        Right.ANSWER_CALLS,
        Right.PROPOSE,
    },
    Role.DISPATCHER: {
        Right.READ,
        Right.LOOK_INTO_UNITS,
        Right.REGISTER,
        Right.MANAGE_PEOPLE,
        Right.TRIAGE,
        Right.DISPATCH,
        Right.INSPECT,
        Right.LOOK_UP,
        Right.ROLL_OVER,
        Right.ANSWER_CALLS,
        Right.PROPOSE,
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


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", [Role.SUPPORT, Role.DISPATCHER])
def test_at_the_door_the_providers_people_pass_where_a_consent_could_help(role: Role, right: Right) -> None:
    if right in MAY[role] or right in CONSENTABLE:
        demand_at_door(actor(role), right)
        return
    with pytest.raises(Forbidden):
        demand_at_door(actor(role), right)


def test_a_customers_person_is_judged_at_the_door_by_their_role_alone() -> None:
    with pytest.raises(Forbidden):
        demand_at_door(actor(Role.SUPPORT, "nxm000000001"), Right.EDIT_CONFIG)


def test_who_acts_under_a_consent_is_named_with_its_number_and_giver_in_at_most_64_characters() -> None:
    acts = msgspec.structs.replace(actor(Role.SUPPORT), master_id="MID00000002")
    under = msgspec.structs.replace(acts, warrant=Warrant(consent=10**9, given_by="MID00000001"))
    assert (acts.author, under.author) == ("MID00000002", "MID00000002 under consent 1000000000 of MID00000001")
    assert len(under.author) <= 64


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
