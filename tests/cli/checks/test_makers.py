"""The doctor looks at makers' authorities."""

from pathlib import Path

import pytest

from servicehost.cli.checks.makers import check_makers
from servicehost.settings.load import load
from tests.builders.birth import Maker
from tests.builders.hosts import a_founded_host


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(a_founded_host(tmp_path).settings).parent


def findings(folder: Path, *makers: Path) -> list[str]:
    flags = [f"enrolment.makers={','.join(map(str, makers))}"] if makers else []
    settings = load(folder / "servicehost.toml", environment={}, flags=flags).settings
    found = list(check_makers(settings.authority, settings.enrolment))
    assert [one for one in found if one.severity != "ok" and not one.remedy] == []
    return [f"{one.severity} {one.code}" for one in found]


def test_without_makers_there_is_nothing_to_say(folder: Path) -> None:
    assert findings(folder) == []


def test_what_a_start_would_refuse_is_an_error_and_the_rest_is_fine(folder: Path) -> None:
    maker = Maker(folder)
    assert findings(folder, maker.root) == ["ok makers_readable"]
    assert findings(folder, maker.root, folder / "none.pem") == ["error authority_file_missing"]
    assert findings(folder, folder / "authority" / "root.pem") == ["error maker_is_our_authority"]


def test_an_authority_of_ours_that_cannot_be_read_is_another_checks_business(folder: Path) -> None:
    maker = Maker(folder)
    (folder / "authority" / "root.pem").unlink()
    assert findings(folder, maker.root) == []
