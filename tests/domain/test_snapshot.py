from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict
from servicehost.domain.snapshot import (
    Member,
    MemberNow,
    ModuleAt,
    Part,
    SnapshotPolicy,
    StaleMembers,
    check_room,
    check_seen,
    kept_as,
    restored_rows,
)
from tests.builders.estate import a_revision

CODE = "nxe000000001"
RAN = (ModuleAt(module=0, revision=2), ModuleAt(module=1, revision=3))
MEMBER = Member(service_code=CODE, working=3, startup=2, running=RAN)


def row(revision: int, module: int) -> Revision:
    return a_revision(CODE, "nxm000000001", module=module, revision=revision, digest=f"{revision}/{module}")


KEPT = {(CODE, number): (row(number, 0), row(number, 1)) for number in (2, 3)}


@pytest.mark.parametrize(
    ("part", "digests"),
    [
        (Part.WORKING, ["3/0", "3/1"]),
        (Part.STARTUP, ["2/0", "2/1"]),
        (Part.RUNNING, ["2/0", "3/1"]),  # each module as it ran
    ],
)
def test_each_part_is_brought_back_whole(part: Part, digests: list[str]) -> None:
    assert [one.digest for one in restored_rows(MEMBER, part, KEPT)] == digests


@pytest.mark.parametrize(
    ("member", "part"),
    [
        (Member(service_code=CODE), Part.WORKING),
        (Member(service_code=CODE, working=1), Part.STARTUP),
        (Member(service_code=CODE, working=1, running=(ModuleAt(module=1, revision=1),)), Part.RUNNING),
    ],
)
def test_what_an_adapter_did_not_have_cannot_be_had_back(member: Member, part: Part) -> None:
    assert kept_as(member, part) == ()


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (MEMBER, ()),
        (Member(service_code=CODE, working=4, startup=2, running=RAN), (Part.WORKING,)),
        (Member(service_code=CODE, working=3, startup=3), (Part.STARTUP, Part.RUNNING)),
    ],
)
def test_what_has_changed_since_is_named(now: Member, changed: tuple[Part, ...]) -> None:
    assert MemberNow(then=MEMBER, now=now).changed == changed


Check = Callable[[dict[str, int], dict[str, int]], None]


def refused(check: Check, seen: dict[str, int], standing: dict[str, int]) -> list[str]:
    """The adapters that it names."""
    try:
        check(seen, standing)
    except StaleMembers as stale:
        return [one.service_code for one in stale.changed]
    return []


CODES = st.sampled_from("abcdef")


def every_change_is_seen(check: Check) -> None:
    @given(st.dictionaries(CODES, st.integers(0, 2)), st.dictionaries(CODES, st.integers(1, 2)))
    def holds(seen: dict[str, int], standing: dict[str, int]) -> None:
        changed = sorted(code for code, revision in seen.items() if standing.get(code, 0) != revision)
        assert refused(check, seen, standing) == changed

    holds()


def test_a_restoration_is_refused_for_each_adapter_that_was_changed_since_it_was_looked_at() -> None:
    every_change_is_seen(check_seen)


def newer_only(seen: dict[str, int], standing: dict[str, int]) -> None:
    """A mutant: an adapter that has no config any more would be overlooked."""
    check_seen({code: one for code, one in seen.items() if standing.get(code, 0) >= one}, standing)


def first_only(seen: dict[str, int], standing: dict[str, int]) -> None:
    """A mutant: looks at one adapter."""
    check_seen(dict(sorted(seen.items())[:1]), standing)


@pytest.mark.parametrize("mutant", [newer_only, first_only])
def test_a_laxer_check_would_be_found_out(mutant: Check) -> None:
    with pytest.raises(AssertionError):
        every_change_is_seen(mutant)


def test_many_changed_adapters_are_counted_and_the_first_hundred_named() -> None:
    with pytest.raises(StaleMembers) as caught:
        check_seen({f"nxe{number:09d}": 1 for number in range(150)}, {})
    assert (len(caught.value.changed), caught.value.unlisted) == (100, 50)


@pytest.mark.parametrize(("members", "kept", "code"), [(3, 0, "too_many_members"), (2, 5, "too_many_snapshots")])
def test_snapshots_are_bounded_by_name(members: int, kept: int, code: str) -> None:
    with pytest.raises(Conflict) as caught:
        check_room(["x"] * members, kept, SnapshotPolicy(max_members=2, kept=5))
    assert caught.value.code == code
    check_room(["x", "y"], 4, SnapshotPolicy(max_members=2, kept=5))
