"""The example shows every setting, its meaning and its default."""

import tomllib
from pathlib import Path

import msgspec

from servicehost.settings.describe import described
from servicehost.settings.example import EXAMPLE, example_text
from servicehost.settings.load import load
from servicehost.settings.tables import Settings

ROOT = Path(__file__).resolve().parents[2]
ALL = {
    table.name: {field.name for field in msgspec.structs.fields(table.type)}
    for table in msgspec.structs.fields(Settings)
}


def test_the_example_in_the_repository_is_the_one_that_the_tables_make() -> None:
    assert (ROOT / EXAMPLE).read_text("utf-8") == example_text()


def test_the_example_names_every_setting_and_no_other() -> None:
    parsed = tomllib.loads(example_text())
    assert {table: set(keys) for table, keys in parsed.items()} == ALL


def test_the_values_of_the_example_are_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_text(example_text(), "utf-8")
    (tmp_path / "empty.toml").write_text("", "utf-8")
    example = load(tmp_path / "example.toml", environment={}).settings
    assert example == load(tmp_path / "empty.toml", environment={}).settings


def test_every_setting_has_a_meaning_and_a_default_and_stands_under_it() -> None:
    lines = example_text().splitlines()
    for one in described():
        assert one.meaning.endswith("."), f"[{one.table}] {one.key}"
        assert one.default is not msgspec.NODEFAULT, f"[{one.table}] {one.key}"
    assignments = [at for at, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert [lines[at] for at in assignments if not lines[at - 1].startswith("# ")] == []


def test_durations_sizes_and_lives_carry_their_unit_in_the_name() -> None:
    units = ("_s", "_ms", "_h", "_days", "_bytes")
    bare = [one.key for one in described() if isinstance(one.default, float) and not one.key.endswith(units)]
    assert bare == []
