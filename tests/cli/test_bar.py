"""The progress bar of the command line."""

import pytest

from servicehost.cli.bar import bar, progress_bar


@pytest.mark.parametrize(("done", "filled"), [(0, 0), (1, 10), (2, 20), (3, 30)])
def test_it_is_filled_by_what_is_done(done: int, filled: int) -> None:
    assert bar(done, 3) == f"[{'#' * filled}{'.' * (30 - filled)}] {done}/3"


def test_it_is_full_only_when_all_is_done_and_of_nothing_empty() -> None:
    assert "." in bar(9_999, 10_000)
    assert bar(0, 0).startswith("[.")


@pytest.mark.parametrize(("total", "watched", "drawn"), [(3, True, True), (3, False, False), (0, True, False)])
def test_it_is_drawn_for_whoever_watches_and_only_beside_what_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, total: int, watched: bool, drawn: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched)
    with progress_bar("tasks", total) as draw:
        draw(2)
    said = capsys.readouterr()
    assert (said.out, "tasks [" in said.err, "2/3" in said.err) == ("", drawn, drawn)
