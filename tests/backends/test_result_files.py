"""Large results on the disk: piece by piece, bounded, and there after everything else is gone."""

from hashlib import sha256
from pathlib import Path

import pytest

from servicehost.backends.result_files import FilesOfResults
from servicehost.ports.uploads import Held, ResultFile, ResultsFull, WrongOffset

FILE = ResultFile(task=7, issued_ms=1_000, module=2)
OTHER = ResultFile(task=7, issued_ms=1_000, module=3)


def files(folder: Path, most_bytes: int = 100) -> FilesOfResults:
    return FilesOfResults(folder / "results", most_bytes=most_bytes)


async def test_a_file_grows_by_pieces_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    one = files(tmp_path)
    assert await one.held(FILE) == Held(size_bytes=0)
    assert await one.append(FILE, 0, b"abc", 5) == Held(size_bytes=3)
    assert await one.open(FILE) is None  # it is not whole
    again = files(tmp_path)
    assert await again.held(FILE) == Held(size_bytes=3)
    assert await again.append(FILE, 3, b"de", 5) == Held(size_bytes=5)
    digest = f"sha256:{sha256(b'abcde').hexdigest()}"
    assert [await again.finish(FILE), await again.finish(FILE)] == [digest, digest]
    assert await again.held(FILE) == Held(size_bytes=5, whole=True)
    path = await again.open(FILE)
    assert path is not None
    assert Path(path).read_bytes() == b"abcde"
    assert [one.name for one in (tmp_path / "results").iterdir()] == ["7-1000-2"]


@pytest.mark.parametrize("first", [0, 2, 4])
async def test_a_piece_that_does_not_follow_is_refused_with_what_is_held(tmp_path: Path, first: int) -> None:
    one = files(tmp_path)
    await one.append(FILE, 0, b"abc", 9)
    with pytest.raises(WrongOffset) as refused:
        await one.append(FILE, first, b"x", 9)
    assert refused.value.held == Held(size_bytes=3)


async def test_nothing_is_added_to_a_whole_file(tmp_path: Path) -> None:
    one = files(tmp_path)
    await one.append(FILE, 0, b"abc", 3)
    await one.finish(FILE)
    with pytest.raises(WrongOffset):
        await one.append(FILE, 3, b"x", 4)


async def test_a_folder_without_room_refuses_by_name_and_takes_again_what_was_made_room_for(tmp_path: Path) -> None:
    one = files(tmp_path, most_bytes=10)
    await one.append(FILE, 0, b"abc", 8)
    for total in (8, 9):
        with pytest.raises(ResultsFull) as refused:
            await one.append(OTHER, 0, b"x" * total, total)
        assert refused.value.code == "results_full"
    assert await one.append(FILE, 3, b"defgh", 8) == Held(size_bytes=8)
    (name, _), *_ = await one.listed("", 9)
    await one.remove([name])
    assert await one.append(OTHER, 0, b"x" * 9, 9) == Held(size_bytes=9)


async def test_what_is_there_is_listed_a_part_at_a_time_and_nothing_that_is_not_ours(tmp_path: Path) -> None:
    one = files(tmp_path)
    assert await one.listed("", 9) == []
    await one.append(FILE, 0, b"a", 2)
    await one.append(OTHER, 0, b"a", 1)
    await one.finish(OTHER)
    (tmp_path / "results" / "notes.txt").write_text("a person's own")
    assert await one.listed("", 1) == [("7-1000-2.partial", FILE)]
    assert await one.listed("7-1000-2.partial", 1) == [("7-1000-3", OTHER)]
    await one.remove(["7-1000-2.partial", "7-1000-3", "7-1000-3"])
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["notes.txt"]
