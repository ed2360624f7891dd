"""`servicehost snapshot` against a host's own door."""

from typing import get_args

from servicehost.cli.snapshot import PartWord
from servicehost.domain.snapshot import Part
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE
from tests.cli.test_consent import Output, Run, Said, cases, run, said  # noqa: F401 - fixtures
from tests.web.test_snapshots import saves


def test_the_words_of_the_command_are_the_hosts() -> None:
    assert set(get_args(PartWord)) == {part.value for part in Part}


async def test_a_snapshot_is_taken_looked_at_restored_and_deleted(
    cases: CaseApi,
    run: Run,
    said: Said,
    capsys: Output,
) -> None:
    await saves(cases, "hostname a\n")
    anna = cases.anna
    taken = await said(anna, "snapshot", "take", "before", "--reason", "the move")
    assert (taken["snapshot"], taken["members"]) == (1, 1)
    await saves(cases, "hostname b\n")
    (row,) = (await said(anna, "snapshot", "show", "1", "--changed"))["items"]
    assert (row["working"], row["working_now"], row["changed"]) == (1, 2, "working")
    assert await run(anna, "snapshot", "diff", "1") == 0
    assert "-hostname a\n+hostname b\n" in capsys.readouterr().out
    assert await run(anna, "snapshot", "restore", "1") == 3
    assert f"{CODE}: working revision 1 then, 2 now" in capsys.readouterr().err
    (restored,) = (await said(anna, "snapshot", "restore", "1", "--yes"))["items"]
    assert restored == {"service_code": CODE, "revision": 3, "saved": True}
    assert [one["name"] for one in (await said(anna, "snapshot", "list"))["items"]] == ["before"]
    assert (await said(anna, "snapshot", "delete", "1", "--reason", "done"))["snapshot"] == 1
    assert await run(anna, "snapshot", "restore", "1", "nxe000000077") == 3
    capsys.readouterr()
