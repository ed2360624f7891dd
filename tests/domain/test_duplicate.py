"""Two boxes with one identity are found; one box that flaps, however badly, is not."""

import pytest

from servicehost.domain.duplicate import (
    ANSWERING_MS,
    WITHIN_MS,
    Standing,
    Takeover,
    is_duplicate,
    remembered,
    takeover,
)

MINUTE = 60_000


def played(hellos: list[tuple[int, str, int | None]]) -> bool:
    """Whether a unit is held after these hellos: instant, boot, and when its session before was heard last (None: it
    had ended)."""
    takeovers: tuple[Takeover, ...] = ()
    boot: str | None = None
    for at, boot_id, heard_at in hellos:
        last = Standing(boot_id=boot, heard_at=heard_at or 0, ended=heard_at is None)
        takeovers = remembered(takeovers, takeover(last, boot_id, "192.0.2.1", at), at)
        if is_duplicate(takeovers, at):
            return True
        boot = boot_id
    return False


def alternating(boots: str, every_ms: int) -> list[tuple[int, str, int | None]]:
    """One hello after the other, each taking over a session that was heard a moment before."""
    return [(i * every_ms, boot, i * every_ms - 5) for i, boot in enumerate(boots, start=1)]


@pytest.mark.parametrize(
    "hellos",
    [
        pytest.param(alternating("ABAB", 4_000), id="two boxes, each back within seconds"),
        pytest.param(alternating("ABAB", 90_000), id="two boxes that take a minute and a half each"),
        pytest.param(alternating("ABCA", 4_000), id="three boxes"),
        pytest.param(alternating("ABAACAB", 4_000), id="two boxes of which one starts anew now and then"),
    ],
)
def test_two_boxes_are_found(hellos: list[tuple[int, str, int | None]]) -> None:
    assert played(hellos)


@pytest.mark.parametrize(
    "hellos",
    [
        pytest.param(alternating("AAAAAAAA", 4_000), id="a line that breaks without a word: the boot stays"),
        pytest.param(alternating("ABCDEFGH", 4_000), id="a box that starts again and again: no boot comes back"),
        pytest.param(alternating("AB", 4_000), id="one reboot"),
        pytest.param(alternating("ABA", 4_000), id="two takeovers: one too few to accuse anybody"),
        pytest.param(alternating("ABABAB", 3 * MINUTE), id="too slow to wear anybody down"),
        pytest.param([(i * 4_000, boot, None) for i, boot in enumerate("ABABAB")], id="sessions that had ended"),
        pytest.param(
            [(i * 70_000, boot, i * 70_000 - ANSWERING_MS - 1) for i, boot in enumerate("ABABAB")],
            id="sessions nobody has heard for a minute: their host is gone",
        ),
    ],
)
def test_one_box_is_never_accused(hellos: list[tuple[int, str, int | None]]) -> None:
    assert not played(hellos)


def test_a_first_hello_takes_nothing_over() -> None:
    nobody = Standing(boot_id=None, heard_at=0, ended=False)
    assert takeover(nobody, "A", "192.0.2.1", 5) is None


def test_what_is_remembered_is_recent_and_bounded() -> None:
    one = Takeover(at=0, of_boot="A", by_boot="B")
    many = tuple(Takeover(at=at, of_boot="A", by_boot="B") for at in range(20))
    assert remembered((one,), None, WITHIN_MS + 1) == ()
    assert remembered((one,), None, WITHIN_MS) == (one,)
    kept = remembered(many, Takeover(at=30, of_boot="B", by_boot="A"), 30)
    assert (len(kept), kept[-1].at) == (8, 30)
