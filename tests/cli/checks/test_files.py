"""The doctor looks at the limit of open files."""

from servicehost.cli.checks.files import check_open_files
from servicehost.runtime.limits import OpenFiles
from servicehost.settings.adapters_door import AdaptersDoorSettings

DOOR = AdaptersDoorSettings(max_sessions=1000, max_handshakes=64, reserved_files=128)


def test_what_the_hard_limit_allows_is_fine_even_if_the_soft_one_is_low() -> None:
    assert [one.severity for one in check_open_files(DOOR, OpenFiles(soft=256, hard=1192))] == ["ok"]


def test_a_limit_below_what_the_sessions_need_is_a_warning_with_the_number() -> None:
    (one,) = check_open_files(DOOR, OpenFiles(soft=256, hard=1191))
    assert (one.severity, one.code, "LimitNOFILE=1192" in one.remedy) == ("warning", "open_files_short", True)
