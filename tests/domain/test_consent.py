"""Who may do what to which adapter because a customer has consented: never more than was said, never later."""

import importlib.util
import sys
from collections.abc import Collection
from itertools import product
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import servicehost.domain.consent as rules
from servicehost.domain.consent import (
    Consent,
    ConsentPolicy,
    ConsentState,
    check_span,
    consent_for,
    empowered,
)
from servicehost.domain.errors import Conflict, Forbidden
from servicehost.domain.people import CONSENTABLE, Actor, Right, Role, Warrant
from servicehost.domain.unit import Adapter

replace = msgspec.structs.replace
A, B = "nxe000000001", "nxe000000002"
MINE, OTHER = "nxm000000001", "nxm000000002"
CONSENT = Consent(
    number=7,
    management_code=MINE,
    given_by="anna",
    recorded_by="anna",
    rights=(Right.EDIT_CONFIG,),
    given_at=10,
    begins_at=10,
    ends_at=20,
    to_role=Role.SUPPORT,
    service_codes=(A,),
)


def who(role: Role = Role.SUPPORT, master_id: str = "saki", management_code: str | None = None) -> Actor:
    return Actor(person_id=1, master_id=master_id, name=master_id, role=role, management_code=management_code)


def adapter(code: str = A, management_code: str = MINE) -> Adapter:
    return Adapter(service_code=code, management_code=management_code, memo="", created_at=0)


@pytest.mark.parametrize(
    ("now", "withdrawn_at", "state"),
    [
        (9, None, ConsentState.PLANNED),
        (10, None, ConsentState.IN_FORCE),
        (19, None, ConsentState.IN_FORCE),
        (20, None, ConsentState.EXPIRED),
        (15, 15, ConsentState.WITHDRAWN),
        (14, 15, ConsentState.IN_FORCE),
        (9, 9, ConsentState.WITHDRAWN),
        (99, 15, ConsentState.WITHDRAWN),
    ],
)
def test_a_consent_begins_and_ends_by_the_clock_alone(now: int, withdrawn_at: int | None, state: ConsentState) -> None:
    assert replace(CONSENT, withdrawn_at=withdrawn_at).state(now) is state


def test_it_allows_what_it_names_to_whom_it_names_for_the_adapters_it_names_and_nothing_else() -> None:
    people = [who(), who(Role.DISPATCHER, "dora"), who(Role.SUPPORT, "sora"), who(Role.OPERATION_MANAGER, "ben", MINE)]
    adapters = [adapter(), adapter(B), adapter(A, OTHER)]
    allowed = {
        (actor.master_id, right, one.service_code, one.management_code, now)
        for actor, right, one, now in product(people, Right, adapters, (9, 10, 19, 20))
        if CONSENT.allows(actor, right, one, now)
    }
    assert allowed == {(name, Right.EDIT_CONFIG, A, MINE, now) for name in ("saki", "sora") for now in (10, 19)}


def test_one_given_to_a_person_is_theirs_alone_and_one_without_adapters_is_for_the_whole_contract() -> None:
    own = replace(CONSENT, to_role=None, to_person="saki", service_codes=())
    assert own.allows(who(), Right.EDIT_CONFIG, adapter(B), 10)
    assert not own.allows(who(master_id="sora"), Right.EDIT_CONFIG, adapter(B), 10)
    assert not own.allows(who(), Right.EDIT_CONFIG, adapter(B, OTHER), 10)


def test_what_is_not_the_customers_to_give_no_consent_gives() -> None:
    everything = replace(CONSENT, rights=tuple(Right))
    allowed = {right for right in Right if everything.allows(who(), right, adapter(), 10)}
    assert allowed == CONSENTABLE


def test_under_a_consent_the_actor_carries_its_number_and_by_their_own_right_none() -> None:
    under = empowered(who(), [Right.EDIT_CONFIG], [adapter()], [CONSENT], 10)
    assert under[A].warrant == Warrant(consent=7, given_by="anna")
    manager = who(Role.OPERATION_MANAGER, "anna", MINE)
    assert empowered(manager, [Right.EDIT_CONFIG], [adapter()], [CONSENT], 10)[A] == manager


def test_of_several_the_one_that_lasts_longest_is_named() -> None:
    others = [CONSENT, replace(CONSENT, number=8, ends_at=30), replace(CONSENT, number=9, ends_at=25)]
    found = consent_for(who(), [Right.EDIT_CONFIG], adapter(), others, 10)
    assert found is not None
    assert found.number == 8


def test_each_adapter_needs_its_own_and_the_refusal_names_those_that_lack_one() -> None:
    with pytest.raises(Forbidden) as refused:
        empowered(who(), [Right.EDIT_CONFIG], [adapter(), adapter(B)], [CONSENT], 10)
    assert refused.value.code == "consent_needed"
    assert B in refused.value.text
    assert A not in refused.value.text
    assert "propose" in refused.value.text


def test_two_consents_that_allow_a_half_each_are_not_one() -> None:
    push = replace(CONSENT, number=8, rights=(Right.PUSH_CONFIG,))
    with pytest.raises(Forbidden):
        empowered(who(), [Right.EDIT_CONFIG, Right.PUSH_CONFIG], [adapter()], [CONSENT, push], 10)
    both = replace(CONSENT, rights=(Right.EDIT_CONFIG, Right.PUSH_CONFIG))
    assert empowered(who(), [Right.EDIT_CONFIG, Right.PUSH_CONFIG], [adapter()], [both], 10)[A].warrant is not None


def test_where_no_consent_could_help_none_is_asked_for() -> None:
    with pytest.raises(Forbidden) as refused:
        empowered(who(), [Right.DISPATCH], [adapter()], [CONSENT], 10)
    assert refused.value.code == "no_right"


INSTANTS = st.integers(min_value=0, max_value=40)


SPANS = st.tuples(INSTANTS, INSTANTS, st.none() | INSTANTS)


@given(
    span=SPANS,
    now=INSTANTS,
    rights=st.frozensets(st.sampled_from(sorted(CONSENTABLE)), min_size=1),
    codes=st.frozensets(st.sampled_from([A, B])),
)
def test_nobody_acts_outside_the_span_or_after_the_withdrawal(
    span: tuple[int, int, int | None], now: int, rights: Collection[Right], codes: Collection[str]
) -> None:
    begins, ends, withdrawn = span
    consent = replace(
        CONSENT,
        begins_at=begins,
        ends_at=ends,
        withdrawn_at=withdrawn,
        rights=tuple(sorted(rights)),
        service_codes=tuple(sorted(codes)),
    )
    allowed = consent.allows(who(), Right.PUSH_CONFIG, adapter(), now)
    in_span = begins <= now < ends and (withdrawn is None or now < withdrawn)
    assert allowed == (in_span and Right.PUSH_CONFIG in rights and (not codes or A in codes))


HOUR, DAY = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("begins_at", "ends_at", "code"),
    [
        (100, 100, "consent_ends_too_early"),
        (0, 100, "consent_ends_too_early"),
        (100, 100 + 24 * HOUR, None),
        (100, 101 + 24 * HOUR, "consent_too_long"),
        (100 + 31 * DAY, 101 + 31 * DAY, None),
        (101 + 31 * DAY, 102 + 31 * DAY, "consent_too_far_ahead"),
    ],
)
def test_a_span_ends_in_time_and_begins_soon(begins_at: int, ends_at: int, code: str | None) -> None:
    if code is None:
        check_span(begins_at, ends_at, 100, ConsentPolicy())
        return
    with pytest.raises(Conflict) as refused:
        check_span(begins_at, ends_at, 100, ConsentPolicy())
    assert refused.value.code == code


def _who_may(module: ModuleType) -> set[tuple[str, Right, str, str, int, bool]]:
    """Everything that this rule lets anybody do because of three consents, one of them withdrawn."""
    fields = {name: getattr(CONSENT, name) for name in CONSENT.__struct_fields__}
    everything = {**fields, "rights": tuple(Right), "to_role": None, "to_person": "dora", "service_codes": ()}
    given = [module.Consent(**fields), module.Consent(**everything), module.Consent(**fields | {"withdrawn_at": 15})]
    people = [who(), who(Role.DISPATCHER, "dora"), who(Role.SUPPORT, "dora", MINE), who(Role.SUPPORT, "sora", MINE)]
    adapters = [adapter(), adapter(B), adapter(A, OTHER)]
    return {
        (f"{actor.master_id} {actor.management_code}", right, one.service_code, one.management_code, now, number == 2)
        for number, consent in enumerate(given)
        for actor, right, one, now in product(people, Right, adapters, (9, 10, 14, 15, 19, 20))
        if consent.allows(actor, right, one, now)
    }


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("right in CONSENTABLE\n            and ", ""),
        ("            and right in self.rights\n", ""),
        ("            and actor.management_code is None\n", ""),
        ("self.to_person == actor.master_id or ", ""),
        (" or self.to_role is actor.role", " or True"),
        ("            and self.management_code == adapter.management_code\n", ""),
        ("not self.service_codes or ", ""),
        ("adapter.service_code in self.service_codes", "True"),
        ("self.state(now) is ConsentState.IN_FORCE", "True"),
        ("if now < self.begins_at", "if now <= self.begins_at"),
        ("if now < self.ends_at", "if now <= self.ends_at"),
        ("self.withdrawn_at <= now", "self.withdrawn_at < now"),
        ("self.withdrawn_at is not None and", "False and"),
    ],
)
def test_a_rule_that_is_broken_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    assert _who_may(_mutant(tmp_path, right, wrong)) != _who_may(rules)


def _mutant(folder: Path, right: str, wrong: str) -> ModuleType:
    source = Path(rules.__file__).read_text()
    assert right in source
    (folder / "mutant.py").write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("mutant_consent", folder / "mutant.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["mutant_consent"] = made
    spec.loader.exec_module(made)
    return made
