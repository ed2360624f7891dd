"""From a file, the environment and flags to settings."""

from pathlib import Path

import pytest

from servicehost.cli.credentials import CA_VARIABLE, TOKEN_FILE_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE
from servicehost.cli.settings import VARIABLE
from servicehost.domain.custody import Part
from servicehost.settings.fault import SettingsError
from servicehost.settings.load import load
from servicehost.settings.tables import Settings


def written(folder: Path, text: str) -> Path:
    file = folder / "servicehost.toml"
    file.write_text(text, "utf-8")
    return file


def problem_of(file: Path | None = None, environment: dict[str, str] | None = None, *flags: str) -> tuple[str, str]:
    """Code and whole text of the only problem."""
    with pytest.raises(SettingsError) as raised:
        load(file, environment=environment or {}, flags=flags)
    (problem,) = raised.value.problems
    return problem.code, str(problem)


def test_flags_win_over_the_environment_and_that_over_the_file_and_that_over_the_default(tmp_path: Path) -> None:
    file = written(tmp_path, '[log]\nformat = "console"\nlevel = "error"\n[host]\nname = "from-file"\n')
    environment = {"SERVICEHOST_LOG_LEVEL": "warning", "SERVICEHOST_HOST_NAME": "from-env"}
    loaded = load(file, environment=environment, flags=["host.name=from-flag"])
    settings = loaded.settings
    assert (settings.log.format, settings.log.level, settings.host.name) == ("console", "warning", "from-flag")
    assert settings.adapters_door.port == Settings().adapters_door.port
    assert loaded.origins == {
        ("log", "format"): f"{file}: [log] format",
        ("log", "level"): "environment variable SERVICEHOST_LOG_LEVEL",
        ("host", "name"): "flag host.name",
    }


def test_text_from_the_environment_becomes_numbers_truths_lists_and_paths(tmp_path: Path) -> None:
    environment = {
        "SERVICEHOST_ADAPTERS_DOOR_PORT": "1234",
        "SERVICEHOST_ADAPTERS_DOOR_ADDRESSES": "127.0.0.1, ::1",
        "SERVICEHOST_ADAPTERS_DOOR_DRAIN_OVER_S": "1.5",
        "SERVICEHOST_METRICS_PROCESS": "false",
        "SERVICEHOST_STORE_DATABASE": "here.sqlite3",
    }
    settings = load(written(tmp_path, ""), environment=environment).settings
    door = settings.adapters_door
    assert (door.port, door.addresses, door.drain_over_s) == (1234, ("127.0.0.1", "::1"), 1.5)
    assert (settings.metrics.process, settings.store.database) == (False, tmp_path / "here.sqlite3")


def test_relative_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[store]\ndatabase = "a/b.sqlite3"\n[host]\nrun_folder = "/run/servicehost"\n')
    settings = load(file, environment={}).settings
    assert settings.store.database == tmp_path / "a/b.sqlite3"
    assert settings.host.run_folder == Path("/run/servicehost")
    assert settings.authority.folder == tmp_path / "authority"


def test_an_empty_path_means_none_where_none_is_allowed_and_is_wrong_elsewhere(tmp_path: Path) -> None:
    file = written(tmp_path, '[authority]\npassphrase_file = ""\n')
    assert load(file, environment={}).settings.authority.passphrase_file is None
    assert problem_of(None, None, "store.database=")[0] == "wrong_value"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[adapters_dor]\nport = 1\n", "unknown_table", ("[adapters_dor]", "did you mean [adapters_door]?")),
        ("[adapters_door]\nprot = 1\n", "unknown_key", ("[adapters_door] prot", "did you mean port?")),
        ("[log]\nmax_sessions = 1\n", "unknown_key", ("it belongs to [adapters_door]",)),
        ("[log]\nzzzzzz = 1\n", "unknown_key", ("[log] has format, level",)),
        ('[adapters_door]\nport = "8443"\n', "wrong_value", ("Expected `int`", "'8443'", "it is 8443 unless set")),
        ("[adapters_door]\nport = 70000\n", "wrong_value", ("<= 65535", "TCP port")),
        ('[log]\nformat = "xml"\n', "wrong_value", ("'json' or 'console'", "'xml'")),
        ("log = 3\n", "wrong_value", ("write [log]",)),
        ("[log\n", "not_toml", ("line 1",)),
        ("[adapters_door]\ndrain_over_s = 20\ndrain_close_by_s = 10\n", "contradiction", ("drain_close_by_s",)),
        ('[adapters_door]\naddresses = ["localhost"]\n', "bad_address", ("'localhost'",)),
        ("[bootstrap_door]\naddresses = []\n", "no_address", ("at least one",)),
        ('[operators_door]\naddresses = ["192.0.2.1"]\n', "plain_http_exposed", ("192.0.2.1", "behind_proxy")),
        ('[operators_door]\ncertificate = "a.pem"\n', "half_a_certificate", ("certificate_key",)),
    ],
)
def test_every_mistake_in_the_file_is_named_with_its_place_and_what_would_be_right(
    tmp_path: Path, text: str, code: str, words: tuple[str, ...]
) -> None:
    file = written(tmp_path, text)
    said, whole = problem_of(file)
    assert said == code
    assert whole.startswith(str(file))
    assert [word for word in words if word not in whole] == []


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, "[nowhere]\n[log]\nlevel = 1\nfromat = 2\n")
    with pytest.raises(SettingsError) as raised:
        load(file, environment={"SERVICEHOST_LOG_COLOUR": "1"}, flags=["log"])
    codes = [problem.code for problem in raised.value.problems]
    assert sorted(codes) == ["unknown_key", "unknown_key", "unknown_table", "wrong_value", "wrong_value"]


def test_mistakes_in_the_environment_and_in_flags_are_named_too() -> None:
    assert problem_of(None, {"SERVICEHOST_SOTRE_DATABASE": "x"})[0] == "unknown_table"
    code, text = problem_of(None, {"SERVICEHOST_STORE_DATABSE": "x"})
    assert (code, "SERVICEHOST_STORE_DATABSE" in text, "did you mean database?" in text) == ("unknown_key", True, True)
    assert problem_of(None, None, "store.max_page_count=many")[0] == "wrong_value"


def test_what_an_orchestrator_says_of_a_service_of_our_name_is_not_for_us() -> None:
    environment = {
        "SERVICEHOST_SERVICE_HOST": "10.0.0.1",
        "SERVICEHOST_PORT_8443_TCP": "x",
        "SERVICEHOST_LOOP": "asyncio",
    }
    assert load(None, environment=environment).origins == {}


def test_what_is_said_to_the_commands_that_speak_to_a_host_is_no_setting() -> None:
    names = (URL_VARIABLE, TOKEN_VARIABLE, TOKEN_FILE_VARIABLE, CA_VARIABLE, VARIABLE)
    assert load(None, environment=dict.fromkeys(names, "x")).origins == {}


def test_plain_http_may_leave_loopback_behind_a_proxy_or_not_at_all_with_a_certificate() -> None:
    exposed = "operators_door.addresses=192.0.2.1"
    load(None, environment={}, flags=[exposed, "operators_door.behind_proxy=true"])
    load(None, environment={}, flags=[exposed, "operators_door.certificate=a", "operators_door.certificate_key=b"])


def test_a_missing_file_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    code, text = problem_of(tmp_path / "absent.toml")
    assert (code, "servicehost init" in text) == ("settings_missing", True)


PRICES = '{ "SA-W2" = { unit = 30000, ac_adapter = 3000 }, "*" = { unit = 20000 } }'


def test_a_price_list_and_accessories_are_tables_by_model_wherever_they_are_written(tmp_path: Path) -> None:
    text = f'[exchanges]\nprices = {PRICES}\naccessories = {{ "SA-W2" = ["antenna"] }}\n'
    for loaded in (
        load(written(tmp_path, text), environment={}),
        load(
            written(tmp_path, ""),
            environment={"SERVICEHOST_EXCHANGES_PRICES": PRICES},
            flags=['exchanges.accessories={ "SA-W2" = ["antenna"] }'],
        ),
    ):
        exchanges = loaded.settings.exchanges
        assert exchanges.prices == {
            "SA-W2": {Part.UNIT: 30_000, Part.AC_ADAPTER: 3_000},
            "*": {Part.UNIT: 20_000},
        }
        assert exchanges.accessories == {"SA-W2": (Part.ANTENNA,)}


def test_a_price_or_an_accessory_that_makes_no_sense_is_refused_by_name() -> None:
    assert problem_of(None, None, "exchanges.prices=30000")[0] == "wrong_value"
    code, text = problem_of(None, None, "exchanges.prices={ SA")
    assert (code, "on one line" in text) == ("wrong_value", True)
    assert problem_of(None, None, 'exchanges.prices={ "SA-W2" = { unit = -1 } }')[0] == "wrong_value"
    assert problem_of(None, None, 'exchanges.accessories={ "SA-W2" = ["toner"] }')[0] == "wrong_value"
    code, text = problem_of(None, None, 'exchanges.accessories={ "SA-W2" = ["unit"] }')
    assert (code, "the unit itself" in text) == ("contradiction", True)


def test_a_host_that_changes_nothing_asks_for_the_accessories_of_the_list() -> None:
    assert Settings().exchanges.accessories["SA-W2"] == (Part.AC_ADAPTER, Part.LAN_CABLE)
    assert Settings().exchanges.prices == {}


def test_each_path_of_a_list_is_relative_to_the_file_too(tmp_path: Path) -> None:
    file = written(tmp_path, '[enrolment]\nmakers = ["one.pem", "/etc/two.pem"]\n')
    assert load(file, environment={}).settings.enrolment.makers == (tmp_path / "one.pem", Path("/etc/two.pem"))
    flagged = load(file, environment={}, flags=["enrolment.makers=a.pem, b.pem"]).settings.enrolment.makers
    assert flagged == (tmp_path / "a.pem", tmp_path / "b.pem")
