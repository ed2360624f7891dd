"""Config bodies that fit into a push, and what progress makes of a unit's module state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.config import (
    MAX_BODY_BYTES,
    Mark,
    ModuleState,
    check_body,
    with_confirmed,
    with_failed,
)
from servicehost.domain.errors import Invalid

OLD, NEW = Mark(revision=1, digest="sha256:old"), Mark(revision=2, digest="sha256:new")
OFFERED = Mark(revision=2, digest="sha256:new", push=7)
ON_TRIAL = ModuleState(module=3, running=NEW, startup=OLD, confirmed=OLD, last_offered=OFFERED, trial=7)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "config_empty"),
        ("\ud800", "config_not_utf8"),
        ("x" * (MAX_BODY_BYTES + 1), "config_too_large"),
        ("é" * (MAX_BODY_BYTES // 2 + 1), "config_too_large"),
        ("\x01" * (MAX_BODY_BYTES // 2), "config_too_large"),  # six bytes each, once escaped
    ],
)
def test_a_body_that_cannot_travel_is_refused_by_name(body: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_body(body)
    assert refused.value.code == code


@pytest.mark.parametrize("body", ["x", "x" * MAX_BODY_BYTES, "日本語\r\n\t"])
def test_a_body_is_kept_byte_by_byte(body: str) -> None:
    assert check_body(body) == body.encode()


@given(st.text(max_size=200))
def test_any_text_is_a_body_or_refused(body: str) -> None:
    if body:
        assert check_body(body).decode() == body
    else:
        with pytest.raises(Invalid):
            check_body(body)


def test_what_is_confirmed_runs_and_is_what_the_unit_starts_with() -> None:
    after = with_confirmed(ON_TRIAL, NEW)
    assert after == ModuleState(module=3, running=NEW, startup=NEW, confirmed=NEW, last_offered=OFFERED)


def test_what_failed_is_remembered_and_the_unit_runs_what_it_had_confirmed() -> None:
    failed = Mark(revision=2, digest="sha256:new", push=7, reason="apply_failed")
    after = with_failed(ON_TRIAL, failed)
    assert after == ModuleState(
        module=3, running=OLD, startup=OLD, confirmed=OLD, last_offered=OFFERED, last_failed=failed
    )
