from typing import Any

import msgspec
import pytest

from servicehost.domain.acceptance import Point, UnitSeen, accepted, check

GOOD = UnitSeen(
    startup="sha256:1",
    running="sha256:1",
    expected_firmware="1.0",
    firmware="1.0",
    reports=3,
    in_session=True,
    since_swap=True,
    certified=True,
)
BAD: dict[Point, list[dict[str, Any]]] = {
    Point.RUNS_STARTUP: [{"running": None}, {"running": "sha256:2"}],
    Point.FIRMWARE: [{"firmware": "1.1"}, {"firmware": None}],
    Point.REPORTS: [{"reports": 2}],
    Point.OWN_SESSION: [{"in_session": False}, {"certified": False}],
}


def test_a_unit_for_which_every_point_holds_is_accepted() -> None:
    assert accepted(check(GOOD, (), 5))


@pytest.mark.parametrize(("point", "change"), [(point, one) for point, many in BAD.items() for one in many])
def test_each_point_alone_keeps_a_unit_from_being_accepted(point: Point, change: dict[str, Any]) -> None:
    points = check(msgspec.structs.replace(GOOD, **change), (), 5)

    assert [one.point for one in points if not one.holds] == [point]
    assert not accepted(points)


def test_reports_and_session_from_before_the_swap_count_for_nothing() -> None:
    points = check(msgspec.structs.replace(GOOD, since_swap=False), (), 5)

    assert [one.point for one in points if not one.holds] == [Point.REPORTS, Point.OWN_SESSION]


def test_what_is_not_expected_is_not_missed() -> None:
    fresh = msgspec.structs.replace(GOOD, startup=None, running=None, expected_firmware=None, firmware="9")
    assert accepted(check(fresh, (), 5))


def test_nothing_checked_is_not_accepted() -> None:
    assert not accepted(())
    assert not accepted(check(GOOD, (), 5)[1:])


def test_a_point_keeps_the_time_since_when_it_stands_as_it_does() -> None:
    first = check(msgspec.structs.replace(GOOD, reports=2), (), 5)
    second = check(GOOD, first, 9)

    assert {point.point: point.at for point in second} == {
        Point.RUNS_STARTUP: 5,
        Point.FIRMWARE: 5,
        Point.REPORTS: 9,
        Point.OWN_SESSION: 5,
    }
